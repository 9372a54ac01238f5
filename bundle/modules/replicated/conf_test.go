package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestWithoutAFileNobodyIsAskedForAPassword(t *testing.T) {
	conf, err := readConf(filepath.Join(t.TempDir(), "none"))
	if err != nil || conf.DaemonAuthenticationType != "anonymous" {
		t.Fatal(conf, err)
	}
}

func TestAPasswordIsReadBesideKeysThatMeanNothingHere(t *testing.T) {
	conf, err := readConf(written(t, `{"DaemonAuthenticationType": "password", "DaemonAuthenticationPassword": "p", "BypassPreflightChecks": true}`))
	if err != nil || conf.DaemonAuthenticationPassword != "p" {
		t.Fatal(conf, err)
	}
}

func TestTheConsoleMayHaveACertificateOfItsOwn(t *testing.T) {
	if certificate, _ := (Conf{}).pair(Places{}); certificate != "/etc/replicated/tls/tls.crt" {
		t.Error(certificate)
	}
	if _, key := (Conf{TlsBootstrapCert: "/a", TlsBootstrapKey: "/b"}).pair(Places{}); key != "/b" {
		t.Error(key)
	}
}

func TestAFileThatWouldLeaveTheDoorOpenIsRefused(t *testing.T) {
	for text, wanted := range map[string]string{
		`{"DaemonAuthenticationType": "password"}`: "there is none",
		`{"DaemonAuthenticationType": "passwrd"}`:  "neither password nor anonymous",
		`no JSON`: "is no JSON",
	} {
		if _, err := readConf(written(t, text)); err == nil || !strings.Contains(err.Error(), wanted) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
