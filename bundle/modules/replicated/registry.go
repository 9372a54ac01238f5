package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"github.com/sirupsen/logrus"
)

// registry is distribution's own over a directory. Everybody who reaches it may read, since containerd on the nodes
// does so without a name; writing demands the password.
func registry(ctx context.Context, directory, password string) (http.Handler, error) {
	root := filepath.Join(directory, "registry")
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, err
	}
	// Only distribution's own program reads the level from the configuration; below debug, pulls are no news.
	if !slog.Default().Enabled(ctx, slog.LevelDebug) {
		logrus.SetLevel(logrus.WarnLevel)
	}
	config, err := configuration.Parse(strings.NewReader(fmt.Sprintf(`version: 0.1
log: {accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: %q}
  delete: {enabled: true}
http:
  addr: :9874
  secret: %q
`, root, rand.Text())))
	if err != nil {
		return nil, err
	}
	return writers(handlers.NewApp(ctx, config), password), nil
}

// writers lets everybody read, and those who know the password write.
func writers(next http.Handler, password string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if !reads && !admitted(r, password) {
			ask(w, "registry of the appliance")
			return
		}
		next.ServeHTTP(w, r)
	})
}
