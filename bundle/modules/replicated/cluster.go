package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Cluster reads the API server with the pod's own account. It needs eight lists and nothing else, so it does without
// Kubernetes' client library, which is forty times as large as the rest of the page.
type Cluster struct {
	base    string
	account string
	client  *http.Client
}

// answerLimit bounds what one answer may take in memory.
const answerLimit = 64 << 20

// newCluster is the API server that every pod is told of.
func newCluster(places Places) (*Cluster, error) {
	authority, err := os.ReadFile(filepath.Join(places.Account(), "ca.crt"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("%s/ca.crt holds no certificate", places.Account())
	}
	host := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	return &Cluster{
		base:    "https://" + host,
		account: places.Account(),
		client: &http.Client{
			Timeout:   5 * time.Second,
			Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}},
		},
	}, nil
}

// get reads one path into a document.
func (c *Cluster) get(ctx context.Context, path string, into any) error {
	// Read anew each time: the token is exchanged while the pod lives.
	token, err := os.ReadFile(filepath.Join(c.account, "token"))
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	response, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, answerLimit))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the API server answers %s to %s", response.Status, path)
	}
	return json.Unmarshal(body, into)
}

type list[T any] struct {
	Items []T `json:"items"`
}

func listed[T any](ctx context.Context, c *Cluster, path string) ([]T, error) {
	var found list[T]
	err := c.get(ctx, path, &found)
	return found.Items, err
}

type metadata struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

type node struct {
	Metadata metadata `json:"metadata"`
	Spec     struct {
		Unschedulable bool `json:"unschedulable"`
	} `json:"spec"`
	Status struct {
		Conditions []struct {
			Type    string `json:"type"`
			Status  string `json:"status"`
			Message string `json:"message"`
		} `json:"conditions"`
		Addresses []struct {
			Type    string `json:"type"`
			Address string `json:"address"`
		} `json:"addresses"`
		NodeInfo struct {
			KubeletVersion          string `json:"kubeletVersion"`
			ContainerRuntimeVersion string `json:"containerRuntimeVersion"`
			OSImage                 string `json:"osImage"`
		} `json:"nodeInfo"`
	} `json:"status"`
}

// workload is a Deployment, a StatefulSet or a DaemonSet; the last counts under other names.
type workload struct {
	Kind     string
	Metadata metadata `json:"metadata"`
	Spec     struct {
		Replicas *int `json:"replicas"`
	} `json:"spec"`
	Status struct {
		ReadyReplicas          int `json:"readyReplicas"`
		NumberReady            int `json:"numberReady"`
		DesiredNumberScheduled int `json:"desiredNumberScheduled"`
	} `json:"status"`
}

func (w workload) ready() (ready, wanted int) {
	if w.Kind == "DaemonSet" {
		return w.Status.NumberReady, w.Status.DesiredNumberScheduled
	}
	wanted = 1
	if w.Spec.Replicas != nil {
		wanted = *w.Spec.Replicas
	}
	return w.Status.ReadyReplicas, wanted
}

type class struct {
	Metadata    metadata `json:"metadata"`
	Provisioner string   `json:"provisioner"`
	Spec        struct {
		Controller string `json:"controller"`
	} `json:"spec"`
}

type claim struct {
	Metadata metadata `json:"metadata"`
	Spec     struct {
		StorageClassName string `json:"storageClassName"`
	} `json:"spec"`
	Status struct {
		Phase    string            `json:"phase"`
		Capacity map[string]string `json:"capacity"`
	} `json:"status"`
}
