package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Service is one listener and what answers on it.
type Service struct {
	Name    string
	Address string
	Handler http.Handler
	// Unix says that Address is the path of a socket.
	Unix bool
	// Certificate is read at every connection, so that a new one needs no restart; nil is plain HTTP.
	Certificate func() (*tls.Certificate, error)
}

// patience is how long connections may take to end when the pod does.
const patience = 10 * time.Second

// serve runs all services until the context ends or one of them fails.
func serve(ctx context.Context, services []Service) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var running sync.WaitGroup
	failures := make(chan error, len(services))
	for _, service := range services {
		listener, err := listen(ctx, service)
		if err != nil {
			return fmt.Errorf("%s on %s: %w", service.Name, service.Address, err)
		}
		server := &http.Server{
			Handler: service.Handler, ReadHeaderTimeout: patience,
			// A probe opens a connection and closes it, every few seconds: that is no news.
			ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
		}
		running.Add(2)
		go func() {
			defer running.Done()
			slog.Info("serving", "service", service.Name, "address", service.Address)
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				failures <- fmt.Errorf("%s: %w", service.Name, err)
				stop()
			}
		}()
		go func() {
			defer running.Done()
			<-ctx.Done()
			ending, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			_ = server.Shutdown(ending)
		}()
	}
	running.Wait()
	close(failures)
	return <-failures
}

func listen(ctx context.Context, service Service) (net.Listener, error) {
	kind := "tcp"
	if service.Unix {
		kind = "unix"
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, kind, service.Address)
	if err != nil || service.Certificate == nil {
		return listener, err
	}
	return tls.NewListener(listener, &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return service.Certificate()
		},
	}), nil
}

// pair reads a certificate and its key from files.
func pair(certificate, key string) func() (*tls.Certificate, error) {
	return func() (*tls.Certificate, error) {
		found, err := tls.LoadX509KeyPair(certificate, key)
		return &found, err
	}
}
