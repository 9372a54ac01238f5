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

// Annotate describes the resource in the schema.
func (c *CopyFile) Annotate(a infer.Annotator) {
	a.SetToken("remote", "CopyFile")
	a.Describe(&c, "A file that is copied to a host over SFTP.")
	a.Deprecate(&c, "Use CopyToRemote, which knows directories and notices when the content changes.")
}

// Annotate describes the fields in the schema.
func (i *CopyFileInputs) Annotate(a infer.Annotator) {
	a.Describe(&i.Connection, "How to connect to the host.")
	a.Describe(&i.Triggers, "Values of any type; when one of them changes the resource is replaced.")
	a.Describe(&i.LocalPath, "The file to copy.")
	a.Describe(&i.RemotePath, "The name of the copy; its directory must exist.")
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
