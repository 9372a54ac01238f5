package main

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// LocalRun is the function that runs a command whenever it is called, at preview too.
type LocalRun struct{}

// LocalRunInputs are the function's arguments.
type LocalRunInputs struct {
	LocalInputs
	Command string `pulumi:"command"`
}

// LocalRunOutputs are the function's arguments and what it found.
type LocalRunOutputs struct {
	LocalRunInputs
	LocalResult
}

// Annotate gives the function its token.
func (r *LocalRun) Annotate(a infer.Annotator) { a.SetToken("local", "run") }

// Invoke runs the command.
func (*LocalRun) Invoke(
	ctx context.Context, req infer.FunctionRequest[LocalRunInputs],
) (infer.FunctionResponse[LocalRunOutputs], error) {
	outputs := LocalRunOutputs{LocalRunInputs: req.Input}
	err := outputs.LocalResult.run(ctx, req.Input.Command, &req.Input.LocalInputs)
	return infer.FunctionResponse[LocalRunOutputs]{Output: outputs}, err
}
