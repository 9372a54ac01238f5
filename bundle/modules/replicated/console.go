package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{"size": size}).Parse(pageText))

// console serves the port of the image replicated-ui.
func console(ctx context.Context) error {
	places := Places{}
	conf, err := readConf(places.Conf())
	if err != nil {
		return err
	}
	appliance, err := readAppliance(places.Appliance())
	if err != nil {
		return err
	}
	cluster, err := newCluster(places)
	if err != nil {
		return err
	}
	taken := func(ctx context.Context) State {
		return look(ctx, appliance, cluster, namespace(), daemonHealth(places.Socket()))
	}
	return serve(ctx, []Service{
		{Name: "page", Address: ":8800", Handler: pages(conf, taken), Certificate: pair(conf.pair(places))},
	})
}

func namespace() string {
	if found := os.Getenv("K8S_NAMESPACE"); found != "" {
		return found
	}
	return "default"
}

// pages is the page, the same as JSON, and /health, which probes ask without a password.
func pages(conf Conf, look func(context.Context) State) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, identity("page", "Shows what the appliance is and its health."))
	})
	mux.HandleFunc("GET /{$}", guarded(conf, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		if err := page.Execute(w, look(r.Context())); err != nil {
			slog.Error("the page could not be written", "error", err)
		}
	}))
	mux.HandleFunc("GET /appliance.json", guarded(conf, func(w http.ResponseWriter, r *http.Request) {
		reply(w, http.StatusOK, look(r.Context()))
	}))
	return mux
}

func guarded(conf Conf, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if conf.DaemonAuthenticationType == "password" && !admitted(r, conf.DaemonAuthenticationPassword) {
			ask(w, "console of the appliance")
			return
		}
		next(w, r)
	}
}

// daemonHealth asks the other container, over the socket that both have.
func daemonHealth(socket string) func(context.Context) (Health, error) {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}
	return func(ctx context.Context) (Health, error) {
		var found Health
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://daemon/health", nil)
		if err != nil {
			return found, err
		}
		response, err := client.Do(request)
		if err != nil {
			return found, err
		}
		defer response.Body.Close()
		return found, json.NewDecoder(response.Body).Decode(&found)
	}
}

// size is a number of bytes for people.
func size(bytes uint64) string {
	value, units := float64(bytes), []string{"B", "KiB", "MiB", "GiB", "TiB"}
	for len(units) > 1 && value >= 1024 {
		value, units = value/1024, units[1:]
	}
	return fmt.Sprintf("%.3g %s", value, units[0])
}
