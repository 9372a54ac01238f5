// Command pulumi-resource-command is a stand-in for the official Pulumi command plugin.
//
// It serves the schema that the published SDKs of version 1.2.1 expect, with the semantics of the official plugin, for
// machines that cannot get the official one. A program must not be able to tell the two apart.
package main

import (
	"context"
	"fmt"
	"os"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/middleware/schema"
)

const name = "command"

// version is set by the linker.
var version = "1.2.1"

func main() {
	// On standard error: the first line of standard output belongs to the engine, which reads the port from it.
	fmt.Fprintf(os.Stderr, "pulumi-resource-%s %s: a stand-in for the official plugin, built from source\n", name, version)
	if err := provider.RunProvider(context.Background(), name, version, newProvider()); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-%s: %s\n", name, err)
		os.Exit(1)
	}
}

func newProvider() provider.Provider {
	return infer.Provider(infer.Options{
		Metadata: schema.Metadata{
			DisplayName: "Command",
			Description: "Runs commands and copies files, on this machine or over SSH (stand-in for the official plugin).",
		},
		Resources: []infer.InferredResource{
			infer.Resource(&RemoteCommand{}),
			infer.Resource(&CopyToRemote{}),
			infer.Resource(&CopyFile{}),
			infer.Resource(&LocalCommand{}),
		},
		Functions: []infer.InferredFunction{
			infer.Function(&LocalRun{}),
		},
	})
}
