package main

import (
	"context"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CopyToRemote copies a file, a directory or a text to a host. What it copied stays when the resource is deleted.
type CopyToRemote struct{}

// CopyToRemoteInputs are what the program sets, and all that the engine keeps.
type CopyToRemoteInputs struct {
	Connection *Connection          `pulumi:"connection" provider:"secret"`
	Triggers   *[]any               `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Source     types.AssetOrArchive `pulumi:"source"`
	RemotePath string               `pulumi:"remotePath"`
}

// CopyToRemoteState is what the engine keeps.
type CopyToRemoteState struct{ CopyToRemoteInputs }

// Annotate gives the resource its token.
func (c *CopyToRemote) Annotate(a infer.Annotator) { a.SetToken("remote", "CopyToRemote") }

// Check refuses a source that is neither a file, nor a directory, nor a text. At preview it may not be known yet.
func (*CopyToRemote) Check(
	ctx context.Context, req infer.CheckRequest,
) (infer.CheckResponse[CopyToRemoteInputs], error) {
	inputs, failures, err := infer.DefaultCheck[CopyToRemoteInputs](ctx, req.NewInputs)
	if err == nil && !req.NewInputs.Get("source").IsComputed() {
		if property, reason := inputs.fault(); reason != "" {
			failures = append(failures, provider.CheckFailure{Property: property, Reason: reason})
		}
	}
	return infer.CheckResponse[CopyToRemoteInputs]{Inputs: inputs, Failures: failures}, err
}

func (i *CopyToRemoteInputs) fault() (property, reason string) {
	asset, archive := i.Source.Asset, i.Source.Archive
	switch {
	case asset != nil && archive != nil:
		return "asset", "only one of asset or archive can be set"
	case asset == nil && archive == nil:
		return "asset", "either asset or archive must be set"
	case asset != nil && !asset.IsPath() && !asset.IsText():
		return "asset", "asset must be a path-based file asset or a text asset"
	case archive != nil && !archive.IsPath():
		return "archive", "archive must be a path to a file or directory"
	}
	return "", ""
}

// Create copies the source.
func (*CopyToRemote) Create(
	ctx context.Context, req infer.CreateRequest[CopyToRemoteInputs],
) (infer.CreateResponse[CopyToRemoteState], error) {
	response := infer.CreateResponse[CopyToRemoteState]{Output: CopyToRemoteState{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	err := req.Inputs.copy(ctx)
	if err == nil {
		response.ID, err = resource.NewUniqueHex("", 8, 0)
	}
	return response, err
}

// Update copies again only if the content or the destination has changed; a change of host alone copies nothing.
func (*CopyToRemote) Update(
	ctx context.Context, req infer.UpdateRequest[CopyToRemoteInputs, CopyToRemoteState],
) (infer.UpdateResponse[CopyToRemoteState], error) {
	var err error
	changed := req.Inputs.hash() != req.State.hash() || req.Inputs.RemotePath != req.State.RemotePath
	if changed && !req.DryRun {
		err = req.Inputs.copy(ctx)
	}
	return infer.UpdateResponse[CopyToRemoteState]{Output: CopyToRemoteState{req.Inputs}}, err
}

func (i *CopyToRemoteInputs) hash() string {
	if i.Source.Archive != nil {
		return i.Source.Archive.Hash
	}
	if i.Source.Asset != nil {
		return i.Source.Asset.Hash
	}
	return ""
}

func (i *CopyToRemoteInputs) copy(ctx context.Context) error {
	files, err := openRemoteFiles(ctx, i.Connection)
	if err != nil {
		return err
	}
	defer files.close()
	switch asset := i.Source.Asset; {
	case asset == nil:
		return files.copyPath(i.Source.Archive.Path, i.RemotePath)
	case asset.IsText():
		return files.copyText(asset.Text, i.RemotePath)
	default:
		return files.copyPath(asset.Path, i.RemotePath)
	}
}
