package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

func request(t *testing.T, server *httptest.Server, method, path, password string) int {
	t.Helper()
	asked, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if password != "" {
		asked.SetBasicAuth("anybody", password)
	}
	answer, err := server.Client().Do(asked)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func TestEverybodyReadsAndOnlyThePasswordWrites(t *testing.T) {
	handler, err := registry(t.Context(), t.TempDir(), "secret")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	const upload = "/v2/docker.io/library/one/blobs/uploads/"
	for _, one := range []struct {
		method, path, password string
		wanted                 int
	}{
		{http.MethodGet, "/v2/", "", http.StatusOK},
		{http.MethodGet, "/v2/docker.io/library/one/manifests/1", "", http.StatusNotFound},
		{http.MethodPost, upload, "", http.StatusUnauthorized},
		{http.MethodPost, upload, "wrong", http.StatusUnauthorized},
		{http.MethodDelete, "/v2/docker.io/library/one/manifests/1", "", http.StatusUnauthorized},
		{http.MethodPost, upload, "secret", http.StatusAccepted},
	} {
		if got := request(t, server, one.method, one.path, one.password); got != one.wanted {
			t.Errorf("%s %s with %q: %d, not %d", one.method, one.path, one.password, got, one.wanted)
		}
	}
}

func TestHealthCountsRepositoriesAndSeesADiskThatCannotBeWritten(t *testing.T) {
	data := t.TempDir()
	for _, name := range []string{"docker.io/library/one", "ghcr.io/some/other"} {
		path := filepath.Join(data, "registry", "docker", "registry", "v2", "repositories", name, "_manifests", "tags")
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	found := health(data)
	if !found.Healthy || found.Repositories != 2 || found.TotalBytes == 0 {
		t.Errorf("%+v", found)
	}
	if found := health(filepath.Join(data, "none")); found.Healthy || found.Reason == "" {
		t.Errorf("%+v", found)
	}
	// A directory in the probe's place cannot be written even by root.
	if err := os.Remove(filepath.Join(data, ".writable")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(data, ".writable"), 0o700); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(answers(data, identity("api", "")))
	defer server.Close()
	if got := request(t, server, http.MethodGet, "/health", ""); got != http.StatusServiceUnavailable {
		t.Error(got)
	}
}
