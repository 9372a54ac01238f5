package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Conf is what the stand-in reads of /etc/replicated.conf. The other published keys are for what it does not do.
type Conf struct {
	DaemonAuthenticationType     string
	DaemonAuthenticationPassword string
	TlsBootstrapCert             string
	TlsBootstrapKey              string
}

// pair is where the console's certificate and key lie: in the files that are named, else in those of the registry.
func (c Conf) pair(places Places) (certificate, key string) {
	if c.TlsBootstrapCert == "" || c.TlsBootstrapKey == "" {
		return places.Certificate(), places.Key()
	}
	return c.TlsBootstrapCert, c.TlsBootstrapKey
}

// readConf reads the file; without one there is no password to ask for.
func readConf(path string) (Conf, error) {
	conf := Conf{DaemonAuthenticationType: "anonymous"}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return conf, nil
	}
	if err != nil {
		return conf, err
	}
	if err := json.Unmarshal(text, &conf); err != nil {
		return conf, fmt.Errorf("%s is no JSON: %w", path, err)
	}
	switch {
	case conf.DaemonAuthenticationType == "anonymous":
	case conf.DaemonAuthenticationType != "password":
		return conf, fmt.Errorf("%s: DaemonAuthenticationType %q is neither password nor anonymous", path, conf.DaemonAuthenticationType)
	case conf.DaemonAuthenticationPassword == "":
		// An empty password would admit everybody who guesses that.
		return conf, fmt.Errorf("%s: DaemonAuthenticationType is password, and there is none", path)
	}
	return conf, nil
}
