package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"
)

// RemoteCommand runs commands on a host over SSH.
type RemoteCommand struct{}

// RemoteCommandInputs are what the program sets.
type RemoteCommandInputs struct {
	Commands
	Stdin                  *string           `pulumi:"stdin,optional"`
	Logging                *RemoteLogging    `pulumi:"logging,optional"`
	Connection             *Connection       `pulumi:"connection" provider:"secret"`
	Environment            map[string]string `pulumi:"environment,optional"`
	AddPreviousOutputInEnv *bool             `pulumi:"addPreviousOutputInEnv,optional"`
}

// RemoteCommandState is what the engine keeps.
type RemoteCommandState struct {
	RemoteCommandInputs
	Result
}

// Annotate gives the resource its token.
func (r *RemoteCommand) Annotate(a infer.Annotator) { a.SetToken("remote", "Command") }

// Create runs the create command, if there is one.
func (*RemoteCommand) Create(
	ctx context.Context, req infer.CreateRequest[RemoteCommandInputs],
) (infer.CreateResponse[RemoteCommandState], error) {
	state := RemoteCommandState{RemoteCommandInputs: req.Inputs}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun {
		err = state.run(ctx, req.Inputs.Create)
	}
	return infer.CreateResponse[RemoteCommandState]{ID: id, Output: state}, err
}

// Update runs the update command, else the create command; the result of the run before stays if there is neither.
func (*RemoteCommand) Update(
	ctx context.Context, req infer.UpdateRequest[RemoteCommandInputs, RemoteCommandState],
) (infer.UpdateResponse[RemoteCommandState], error) {
	state := RemoteCommandState{RemoteCommandInputs: req.Inputs, Result: req.State.Result}
	var err error
	if !req.DryRun {
		err = state.run(ctx, req.Inputs.onUpdate())
	}
	return infer.UpdateResponse[RemoteCommandState]{Output: state}, err
}

// Delete runs the delete command as it was stored, over the connection as it was stored.
func (*RemoteCommand) Delete(
	ctx context.Context, req infer.DeleteRequest[RemoteCommandState],
) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, req.State.run(ctx, req.State.Commands.Delete)
}

// run runs one command in a session of its own and puts its result into the state. The context ends the dialling but
// not a command that runs. The client stays open until the plugin ends, as it does with the official one.
func (s *RemoteCommandState) run(ctx context.Context, command *string) error {
	if command == nil {
		return nil
	}
	client, err := s.Connection.dial(ctx)
	if err != nil {
		return err
	}
	session, err := client.NewSession()
	if err != nil {
		return err
	}
	defer session.Close()
	if err := s.setEnvironment(ctx, session); err != nil {
		return err
	}
	if s.Stdin != nil && *s.Stdin != "" {
		session.Stdin = strings.NewReader(*s.Stdin)
	}
	output := newOutput(ctx)
	session.Stdout, session.Stderr = output.writers(logsStdout(s.Logging), logsStderr(s.Logging))
	result, err := output.finish(*command, session.Run(*command))
	if err == nil {
		s.Result = result
	}
	return err
}

// setEnvironment asks the server for the variables. One that was asked for and is refused is an error, a refused
// result of the run before only a warning.
func (s *RemoteCommandState) setEnvironment(ctx context.Context, session *ssh.Session) error {
	log := provider.GetLogger(ctx)
	for _, key := range slices.Sorted(maps.Keys(s.Environment)) {
		if err := session.Setenv(key, s.Environment[key]); err != nil {
			log.Error(refused(key))
			return fmt.Errorf("could not set environment variable %q: %w: %s", key, err, refused(key))
		}
	}
	for _, pair := range s.previous(s.AddPreviousOutputInEnv) {
		if err := session.Setenv(pair[0], pair[1]); err != nil {
			log.Warning(refused(pair[0]))
		}
	}
	return nil
}

func refused(key string) string {
	return fmt.Sprintf("Unable to set '%s': the SSH server must accept it by AcceptEnv. "+
		"With a shell on the other side, 'VAR=value command' does the same.", key)
}
