package main

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// LocalCommand runs commands on the machine of the plugin.
type LocalCommand struct{}

// LocalCommandInputs are what the program sets.
type LocalCommandInputs struct {
	Commands
	LocalInputs
}

// LocalCommandState is what the engine keeps.
type LocalCommandState struct {
	LocalCommandInputs
	LocalResult
}

// Annotate gives the resource its token.
func (l *LocalCommand) Annotate(a infer.Annotator) { a.SetToken("local", "Command") }

// Create runs the create command, if there is one.
func (*LocalCommand) Create(
	ctx context.Context, req infer.CreateRequest[LocalCommandInputs],
) (infer.CreateResponse[LocalCommandState], error) {
	state := LocalCommandState{LocalCommandInputs: req.Inputs}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun {
		err = state.run(ctx, req.Inputs.Create)
	}
	return infer.CreateResponse[LocalCommandState]{ID: id, Output: state}, err
}

// Update runs the update command, else the create command; the result of the run before stays if there is neither.
func (*LocalCommand) Update(
	ctx context.Context, req infer.UpdateRequest[LocalCommandInputs, LocalCommandState],
) (infer.UpdateResponse[LocalCommandState], error) {
	state := LocalCommandState{LocalCommandInputs: req.Inputs, LocalResult: req.State.LocalResult}
	var err error
	if !req.DryRun {
		err = state.run(ctx, req.Inputs.onUpdate())
	}
	return infer.UpdateResponse[LocalCommandState]{Output: state}, err
}

// Delete runs the delete command as it was stored.
func (*LocalCommand) Delete(
	ctx context.Context, req infer.DeleteRequest[LocalCommandState],
) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, req.State.run(ctx, req.State.Commands.Delete)
}

func (s *LocalCommandState) run(ctx context.Context, command *string) error {
	if command == nil {
		return nil
	}
	return s.LocalResult.run(ctx, *command, &s.LocalInputs)
}
