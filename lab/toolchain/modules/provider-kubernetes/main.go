// Command pulumi-resource-kubernetes serves the upstream Kubernetes provider.
//
// Upstream's own main package embeds two files that its build generates. The same two files are published in the
// module; the tool chain copies them beside this file before it builds.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var mapping []byte

func main() {
	provider.Serve("kubernetes", version.Version, schema, mapping)
}
