package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// State is what one view of the page shows. Faults are sentences; none means that all is well.
type State struct {
	Appliance Appliance
	StandIn   string
	Version   string
	Taken     time.Time
	Server    string
	Nodes     []NodeRow
	Layers    []LayerRow
	Storage   []StorageRow
	Claims    []ClaimRow
	Ingress   []IngressRow
	Daemon    Health
	Faults    []string
}

// Healthy tells whether anything is wrong.
func (s State) Healthy() bool { return len(s.Faults) == 0 }

// FreePercent is the share of the registry's disk that is free.
func (s State) FreePercent() int {
	if s.Daemon.TotalBytes == 0 {
		return 0
	}
	return int(100 * s.Daemon.FreeBytes / s.Daemon.TotalBytes)
}

// NodeRow is one node.
type NodeRow struct {
	Name, Roles, State, Address, Kubelet, Runtime, System string
}

// LayerRow is one layer and how many of its pods are ready.
type LayerRow struct {
	Name, Summary, State string
	Ready, Wanted        int
}

// StorageRow is one StorageClass.
type StorageRow struct {
	Name, Provisioner string
	Default           bool
}

// ClaimRow is one claim of the daemon's namespace.
type ClaimRow struct {
	Name, Class, Size, State string
}

// IngressRow is one IngressClass.
type IngressRow struct {
	Name, Controller string
}

const (
	controlPlaneRole = "node-role.kubernetes.io/"
	defaultClass     = "storageclass.kubernetes.io/is-default-class"
)

// look asks for everything at once and tells what could not be read as faults, so that half an answer is still a page.
func look(ctx context.Context, appliance Appliance, cluster *Cluster, namespace string, daemon func(context.Context) (Health, error)) State {
	state := State{Appliance: appliance, StandIn: StandIn, Version: Version, Taken: time.Now().UTC()}
	var (
		nodes     []node
		workloads []workload
		claims    []claim
		classes   []class
		ingress   []class
		guard     sync.Mutex
		asking    sync.WaitGroup
	)
	ask := func(what string, question func() error) {
		asking.Go(func() {
			if err := question(); err != nil {
				guard.Lock()
				defer guard.Unlock()
				state.Faults = append(state.Faults, fmt.Sprintf("%s cannot be read: %v", what, err))
			}
		})
	}
	ask("The API server's version", func() error {
		var version struct {
			GitVersion string `json:"gitVersion"`
		}
		err := cluster.get(ctx, "/version", &version)
		state.Server = version.GitVersion
		return err
	})
	ask("The list of nodes", func() (err error) { nodes, err = listed[node](ctx, cluster, "/api/v1/nodes"); return })
	ask("The list of claims", func() (err error) {
		claims, err = listed[claim](ctx, cluster, "/api/v1/namespaces/"+namespace+"/persistentvolumeclaims")
		return
	})
	ask("The list of storage classes", func() (err error) {
		classes, err = listed[class](ctx, cluster, "/apis/storage.k8s.io/v1/storageclasses")
		return
	})
	ask("The list of ingress classes", func() (err error) {
		ingress, err = listed[class](ctx, cluster, "/apis/networking.k8s.io/v1/ingressclasses")
		return
	})
	for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet"} {
		ask("The list of "+kind+"s", func() error {
			found, err := listed[workload](ctx, cluster, "/apis/apps/v1/"+strings.ToLower(kind)+"s")
			guard.Lock()
			defer guard.Unlock()
			for _, one := range found {
				one.Kind = kind
				workloads = append(workloads, one)
			}
			return err
		})
	}
	ask("The daemon's health", func() (err error) { state.Daemon, err = daemon(ctx); return })
	asking.Wait()
	state.nodes(nodes)
	state.layers(workloads)
	state.claims(claims)
	state.classes(classes, ingress)
	if state.Daemon.Reason != "" {
		state.Faults = append(state.Faults, "The registry's disk: "+state.Daemon.Reason)
	}
	slices.Sort(state.Faults)
	return state
}

func (s *State) nodes(found []node) {
	for _, one := range found {
		row := NodeRow{
			Name: one.Metadata.Name, Roles: roles(one), State: "Not ready", Kubelet: one.Status.NodeInfo.KubeletVersion,
			Runtime: one.Status.NodeInfo.ContainerRuntimeVersion, System: one.Status.NodeInfo.OSImage,
		}
		for _, condition := range one.Status.Conditions {
			switch {
			case condition.Type == "Ready" && condition.Status == "True":
				row.State = "Ready"
			case condition.Type == "Ready":
				s.Faults = append(s.Faults, fmt.Sprintf("Node %s is not ready: %s", row.Name, condition.Message))
			case condition.Status == "True":
				s.Faults = append(s.Faults, fmt.Sprintf("Node %s has %s: %s", row.Name, condition.Type, condition.Message))
			}
		}
		if one.Spec.Unschedulable {
			row.State += ", takes no new pods"
		}
		for _, address := range one.Status.Addresses {
			if address.Type == "InternalIP" {
				row.Address = address.Address
			}
		}
		s.Nodes = append(s.Nodes, row)
	}
	slices.SortFunc(s.Nodes, func(a, b NodeRow) int { return strings.Compare(a.Name, b.Name) })
}

func roles(one node) string {
	var found []string
	for label := range one.Metadata.Labels {
		if role, ok := strings.CutPrefix(label, controlPlaneRole); ok {
			found = append(found, role)
		}
	}
	if len(found) == 0 {
		return "worker"
	}
	slices.Sort(found)
	return strings.Join(found, ", ")
}

func (s *State) layers(found []workload) {
	for _, layer := range s.Appliance.Layers {
		row := LayerRow{Name: layer.Name, Summary: layer.Summary, State: "Ready"}
		for _, one := range found {
			if !slices.ContainsFunc(layer.Workloads, func(each Selected) bool { return each.has(one) }) {
				continue
			}
			ready, wanted := one.ready()
			row.Ready, row.Wanted = row.Ready+ready, row.Wanted+wanted
			if ready < wanted {
				s.Faults = append(s.Faults, fmt.Sprintf("%s: %s %s/%s has %d of %d pods ready", layer.Name, one.Kind,
					one.Metadata.Namespace, one.Metadata.Name, ready, wanted))
			}
		}
		switch {
		case row.Ready < row.Wanted:
			row.State = "Not ready"
		case row.Wanted == 0 && len(layer.Workloads) > 0:
			row.State = "Nothing runs"
			s.Faults = append(s.Faults, layer.Name+": nothing of it runs")
		}
		s.Layers = append(s.Layers, row)
	}
}

func (s *State) claims(found []claim) {
	for _, one := range found {
		row := ClaimRow{Name: one.Metadata.Name, Class: one.Spec.StorageClassName, Size: one.Status.Capacity["storage"], State: one.Status.Phase}
		if row.State == "Lost" {
			s.Faults = append(s.Faults, fmt.Sprintf("Claim %s has lost its volume", row.Name))
		}
		s.Claims = append(s.Claims, row)
	}
	slices.SortFunc(s.Claims, func(a, b ClaimRow) int { return strings.Compare(a.Name, b.Name) })
}

func (s *State) classes(storage, ingress []class) {
	for _, one := range storage {
		s.Storage = append(s.Storage, StorageRow{
			Name: one.Metadata.Name, Provisioner: one.Provisioner, Default: one.Metadata.Annotations[defaultClass] == "true",
		})
	}
	for _, one := range ingress {
		s.Ingress = append(s.Ingress, IngressRow{Name: one.Metadata.Name, Controller: one.Spec.Controller})
	}
	slices.SortFunc(s.Storage, func(a, b StorageRow) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(s.Ingress, func(a, b IngressRow) int { return strings.Compare(a.Name, b.Name) })
}
