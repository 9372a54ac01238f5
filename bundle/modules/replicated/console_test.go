package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

func asked(t *testing.T, conf Conf, state State, password string) (int, string) {
	t.Helper()
	server := httptest.NewServer(pages(conf, func(context.Context) State { return state }))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if password != "" {
		request.SetBasicAuth("", password)
	}
	answer, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

var shown = State{
	Appliance: appliance, StandIn: StandIn, Version: "stable-2.56.0", Server: "v1.35.4",
	Nodes:   []NodeRow{{Name: "n1", State: "Ready"}},
	Storage: []StorageRow{{Name: "default", Provisioner: "<script>"}},
}

func TestThePageAsksForThePasswordAndTheProbeDoesNot(t *testing.T) {
	conf := Conf{DaemonAuthenticationType: "password", DaemonAuthenticationPassword: "right"}
	for password, wanted := range map[string]int{"": 401, "wrong": 401, "right": 200} {
		if got, _ := asked(t, conf, shown, password); got != wanted {
			t.Errorf("%q: %d", password, got)
		}
	}
	server := httptest.NewServer(pages(conf, func(context.Context) State { return shown }))
	defer server.Close()
	if got := request(t, server, http.MethodGet, "/health", ""); got != http.StatusOK {
		t.Error(got)
	}
	if got := request(t, server, http.MethodGet, "/appliance.json", ""); got != http.StatusUnauthorized {
		t.Error(got)
	}
}

func TestThePageSaysWhatItIsAndNeedsNothingFromOutside(t *testing.T) {
	_, text := asked(t, Conf{DaemonAuthenticationType: "anonymous"}, shown, "")
	for _, wanted := range []string{StandIn, "stable-2.56.0", "Everything works.", "v1.35.4 on 1 node.", "“dev”", `lang="en"`, "10.100.100.101:9874"} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the page lacks %q", wanted)
		}
	}
	for _, outside := range []string{"<script", "src=", "href=", "http://", "https://", "url("} {
		if strings.Contains(text, outside) {
			t.Errorf("the page holds %q", outside)
		}
	}
}

func TestFaultsStandFirstInWords(t *testing.T) {
	faulty := shown
	faulty.Faults = []string{"Node n2 is not ready: it is off"}
	_, text := asked(t, Conf{}, faulty, "")
	if strings.Contains(text, "Everything works") || !strings.Contains(text, "<li>Node n2 is not ready: it is off</li>") {
		t.Error(text)
	}
}

func TestTheDaemonIsAskedOverTheSocketOfThePod(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: answers(t.TempDir(), identity("api", ""))}}
	server.Start()
	defer server.Close()
	found, err := daemonHealth(socket)(t.Context())
	if err != nil || !found.Healthy {
		t.Error(found, err)
	}
}

func TestSizesAreForPeople(t *testing.T) {
	for bytes, wanted := range map[uint64]string{0: "0 B", 1536: "1.5 KiB", 10 << 30: "10 GiB"} {
		if got := size(bytes); got != wanted {
			t.Errorf("%d: %s", bytes, got)
		}
	}
}
