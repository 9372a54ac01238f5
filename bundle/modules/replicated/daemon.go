package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// daemon serves the ports of the image replicated.
func daemon(ctx context.Context) error {
	places := Places{}
	if _, err := readConf(places.Conf()); err != nil {
		return err
	}
	password, err := os.ReadFile(places.PushPassword())
	if err != nil {
		return err
	}
	if len(strings.TrimSpace(string(password))) == 0 {
		return fmt.Errorf("%s is empty, and everybody could write to the registry", places.PushPassword())
	}
	images, err := registry(ctx, places.Data(), strings.TrimSpace(string(password)))
	if err != nil {
		return err
	}
	// A socket of a container that was killed is still there, and in the way.
	if err := os.Remove(places.Socket()); err != nil && !os.IsNotExist(err) {
		return err
	}
	api := answers(places.Data(), identity("api", "Tells its health and what it is; it installs no application."))
	return serve(ctx, []Service{
		{Name: "registry", Address: ":9874", Handler: images, Certificate: pair(places.Certificate(), places.Key())},
		{Name: "api", Address: ":9876", Handler: api},
		{Name: "api of the pod", Address: places.Socket(), Handler: api, Unix: true},
		{Name: "internal api", Address: ":9877", Handler: answers(places.Data(),
			identity("internal api", "Tells its health and what it is; nothing calls it yet."))},
		{Name: "snapshots", Address: ":9878", Handler: answers(places.Data(),
			identity("snapshots", "Tells its health and what it is; it takes no snapshots."))},
	})
}

// Health is what /health answers.
type Health struct {
	Healthy bool   `json:"healthy"`
	Reason  string `json:"reason,omitempty"`
	// Bytes of the claim's file system.
	FreeBytes  uint64 `json:"freeBytes"`
	TotalBytes uint64 `json:"totalBytes"`
	// Repositories of the registry; -1 if they could not be counted.
	Repositories int `json:"repositories"`
}

// answers is /health, /version and / of one of the plain ports.
func answers(data string, who Identity) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		found := health(data)
		status := http.StatusOK
		if !found.Healthy {
			status = http.StatusServiceUnavailable
		}
		reply(w, status, found)
	})
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]string{"version": Version, "standIn": StandIn})
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, who) })
	return mux
}

// health writes to the claim: one that is mounted and read-only, or full, serves reads and is not healthy.
func health(data string) Health {
	found := Health{Repositories: repositories(filepath.Join(data, "registry"))}
	var space syscall.Statfs_t
	if err := syscall.Statfs(data, &space); err != nil {
		found.Reason = err.Error()
		return found
	}
	found.FreeBytes = space.Bavail * uint64(space.Bsize)
	found.TotalBytes = space.Blocks * uint64(space.Bsize)
	probe := filepath.Join(data, ".writable")
	if err := os.WriteFile(probe, []byte(time.Now().UTC().Format(time.RFC3339)), 0o600); err != nil {
		found.Reason = err.Error()
		return found
	}
	found.Healthy = true
	return found
}

// repositories counts those that hold a tag or a manifest, as the registry lays them out on the disk.
func repositories(root string) int {
	count := 0
	base := filepath.Join(root, "docker", "registry", "v2", "repositories")
	err := filepath.WalkDir(base, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case os.IsNotExist(err):
			return nil
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "_manifests":
			count++
			return fs.SkipDir
		case entry.IsDir() && strings.HasPrefix(entry.Name(), "_"):
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		return -1
	}
	return count
}

func reply(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(document)
}
