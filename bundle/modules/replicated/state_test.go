package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var answersOfServer = map[string]string{
	"/version": `{"gitVersion": "v1.35.4"}`,
	"/api/v1/nodes": `{"items": [
		{"metadata": {"name": "n2"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}},
		{"metadata": {"name": "n1", "labels": {"node-role.kubernetes.io/control-plane": ""}},
		 "status": {"conditions": [{"type": "DiskPressure", "status": "False"}, {"type": "Ready", "status": "True"}],
		            "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}]}}]}`,
	"/apis/apps/v1/deployments":  `{"items": [{"metadata": {"name": "replicated", "namespace": "default"}, "status": {"readyReplicas": 1}}]}`,
	"/apis/apps/v1/statefulsets": `{"items": []}`,
	"/apis/apps/v1/daemonsets": `{"items": [{"metadata": {"name": "weave-net", "namespace": "kube-system"},
		"status": {"numberReady": 2, "desiredNumberScheduled": 2}}]}`,
	"/apis/storage.k8s.io/v1/storageclasses":            `{"items": [{"metadata": {"name": "default"}, "provisioner": "example.com/p"}]}`,
	"/apis/networking.k8s.io/v1/ingressclasses":         `{"items": []}`,
	"/api/v1/namespaces/default/persistentvolumeclaims": `{"items": [{"metadata": {"name": "replicated-pv-claim"}, "status": {"phase": "Bound"}}]}`,
}

var appliance = Appliance{Stack: "dev", Registry: "10.100.100.101:9874", Layers: []Layer{
	{Name: "Network", Summary: "weave", Workloads: []Selected{{Namespace: "kube-system", Name: "weave-net"}}},
	{Name: "Replicated", Summary: "daemon", Workloads: []Selected{{Namespace: "default"}}},
}}

func healthyDaemon(context.Context) (Health, error) {
	return Health{Healthy: true, Repositories: 3, FreeBytes: 1 << 30, TotalBytes: 2 << 30}, nil
}

// served is an API server that answers as above but for what is changed, to those who show the token.
func served(t *testing.T, changed map[string]string) *Cluster {
	t.Helper()
	account := t.TempDir()
	if err := os.WriteFile(filepath.Join(account, "token"), []byte("token\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := changed[r.URL.Path]
		if !ok {
			text, ok = answersOfServer[r.URL.Path]
		}
		if !ok || text == "" || r.Header.Get("Authorization") != "Bearer token" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(server.Close)
	return &Cluster{base: server.URL, account: account, client: server.Client()}
}

func TestAHealthyApplianceHasNoFaults(t *testing.T) {
	state := look(t.Context(), appliance, served(t, nil), "default", healthyDaemon)
	if !state.Healthy() {
		t.Fatal(state.Faults)
	}
	if state.Server != "v1.35.4" || state.FreePercent() != 50 {
		t.Errorf("%+v", state)
	}
	if len(state.Nodes) != 2 || state.Nodes[0].Roles != "control-plane" || state.Nodes[0].Address != "10.0.0.1" || state.Nodes[1].Roles != "worker" {
		t.Errorf("%+v", state.Nodes)
	}
	if state.Layers[0].Ready != 2 || state.Layers[1].Wanted != 1 || state.Layers[1].State != "Ready" {
		t.Errorf("%+v", state.Layers)
	}
}

func TestEachThingThatIsWrongIsASentence(t *testing.T) {
	for _, one := range []struct {
		path, text, wanted string
	}{
		{"/apis/apps/v1/daemonsets", `{"items": []}`, "Network: nothing of it runs"},
		{
			"/apis/apps/v1/deployments",
			`{"items": [{"metadata": {"name": "replicated", "namespace": "default"}, "spec": {"replicas": 2}, "status": {"readyReplicas": 1}}]}`,
			"Replicated: Deployment default/replicated has 1 of 2 pods ready",
		},
		{
			"/api/v1/nodes",
			`{"items": [{"metadata": {"name": "n1"}, "status": {"conditions": [{"type": "Ready", "status": "Unknown", "message": "Kubelet stopped."}]}}]}`,
			"Node n1 is not ready: Kubelet stopped.",
		},
		{
			"/api/v1/nodes",
			`{"items": [{"metadata": {"name": "n1"}, "status": {"conditions": [{"type": "DiskPressure", "status": "True", "message": "full"}]}}]}`,
			"Node n1 has DiskPressure: full",
		},
		{"/api/v1/namespaces/default/persistentvolumeclaims", `{"items": [{"metadata": {"name": "c"}, "status": {"phase": "Lost"}}]}`, "Claim c has lost its volume"},
		{"/apis/storage.k8s.io/v1/storageclasses", "", "The list of storage classes cannot be read: the API server answers 403 Forbidden"},
	} {
		state := look(t.Context(), appliance, served(t, map[string]string{one.path: one.text}), "default", healthyDaemon)
		if !slices.ContainsFunc(state.Faults, func(fault string) bool { return strings.HasPrefix(fault, one.wanted) }) {
			t.Errorf("%s: %v", one.wanted, state.Faults)
		}
	}
}

func TestADaemonThatIsAwayIsAFaultAndTheRestIsShown(t *testing.T) {
	away := func(context.Context) (Health, error) { return Health{}, errors.New("away") }
	state := look(t.Context(), appliance, served(t, nil), "default", away)
	if len(state.Faults) != 1 || !strings.Contains(state.Faults[0], "The daemon's health cannot be read") {
		t.Error(state.Faults)
	}
	if len(state.Nodes) != 2 {
		t.Error(state.Nodes)
	}
}
