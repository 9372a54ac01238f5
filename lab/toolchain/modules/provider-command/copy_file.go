package main

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CopyFile copies one file to a host. It has no update: every change of an input replaces it. A change of the file's
// content is none.
type CopyFile struct{}

// CopyFileInputs are what the program sets.
type CopyFileInputs struct {
	Connection *Connection `pulumi:"connection" provider:"secret"`
	Triggers   *[]any      `pulumi:"triggers,optional"`
	LocalPath  string      `pulumi:"localPath"`
	RemotePath string      `pulumi:"remotePath"`
}

// CopyFileState is what the engine keeps.
type CopyFileState struct{ CopyFileInputs }

// Annotate gives the resource its token and marks it as deprecated.
func (c *CopyFile) Annotate(a infer.Annotator) {
	a.SetToken("remote", "CopyFile")
	a.Deprecate(&c, "Use CopyToRemote, which knows directories and notices when the content changes.")
}

// Create copies the file.
func (*CopyFile) Create(
	ctx context.Context, req infer.CreateRequest[CopyFileInputs],
) (infer.CreateResponse[CopyFileState], error) {
	response := infer.CreateResponse[CopyFileState]{Output: CopyFileState{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	files, err := openRemoteFiles(ctx, req.Inputs.Connection)
	if err != nil {
		return response, err
	}
	defer files.close()
	if err = files.writeFile(req.Inputs.LocalPath, req.Inputs.RemotePath); err == nil {
		response.ID, err = resource.NewUniqueHex("", 8, 0)
	}
	return response, err
}
