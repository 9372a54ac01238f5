package main

import "path/filepath"

// Places are the files and directories of the contract. Tests move them below a directory of their own.
type Places struct {
	Root string
}

func (p Places) at(path string) string { return filepath.Join(p.Root, path) }

// Conf is the file for unattended set-up, by its published name.
func (p Places) Conf() string { return p.at("/etc/replicated.conf") }

// Certificate, Key and Authority are PEM files from the stack's own authority.
func (p Places) Certificate() string { return p.at("/etc/replicated/tls/tls.crt") }

// Key belongs to Certificate.
func (p Places) Key() string { return p.at("/etc/replicated/tls/tls.key") }

// Authority has signed Certificate.
func (p Places) Authority() string { return p.at("/etc/replicated/tls/ca.crt") }

// PushPassword is what writing to the registry demands.
func (p Places) PushPassword() string { return p.at("/etc/replicated/registry/password") }

// Data is the claim replicated-pv-claim.
func (p Places) Data() string { return p.at("/var/lib/replicated") }

// Socket is how the two containers of the pod talk.
func (p Places) Socket() string { return p.at("/var/run/replicated/replicated.sock") }

// Appliance is what the stack says of itself, for the page.
func (p Places) Appliance() string { return p.at("/etc/appliance/appliance.json") }

// Account is the pod's way to the API server.
func (p Places) Account() string { return p.at("/var/run/secrets/kubernetes.io/serviceaccount") }
