package main

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// LocalInputs say how a command runs on this machine; resource and function share them.
type LocalInputs struct {
	Interpreter            *[]string          `pulumi:"interpreter,optional"`
	Dir                    *string            `pulumi:"dir,optional"`
	Environment            *map[string]string `pulumi:"environment,optional"`
	Stdin                  *string            `pulumi:"stdin,optional"`
	Logging                *LocalLogging      `pulumi:"logging,optional"`
	AddPreviousOutputInEnv *bool              `pulumi:"addPreviousOutputInEnv,optional"`
	AssetPaths             *[]string          `pulumi:"assetPaths,optional"`
	ArchivePaths           *[]string          `pulumi:"archivePaths,optional"`
}

// LocalResult is what a finished local command leaves behind.
type LocalResult struct {
	Result
	Assets  *map[string]types.AssetOrArchive `pulumi:"assets,optional"`
	Archive *resource.Archive                `pulumi:"archive,optional"`
}

// run runs one command and puts what it leaves into the result. The context's end kills the interpreter.
func (r *LocalResult) run(ctx context.Context, command string, inputs *LocalInputs) error {
	arguments := append(inputs.interpreter(), command)
	process := exec.CommandContext(ctx, arguments[0], arguments[1:]...)
	process.Env = inputs.environment(&r.Result)
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	if inputs.Dir != nil {
		dir = *inputs.Dir
	}
	process.Dir = dir
	if inputs.Stdin != nil && *inputs.Stdin != "" {
		process.Stdin = strings.NewReader(*inputs.Stdin)
	}
	output := newOutput(ctx)
	process.Stdout, process.Stderr = output.writers(logsStdout(inputs.Logging), logsStderr(inputs.Logging))
	result, err := output.finish(command, process.Run())
	if err != nil {
		return err
	}
	r.Result = result
	return r.collect(dir, inputs)
}

func (i *LocalInputs) interpreter() []string {
	if i.Interpreter != nil && len(*i.Interpreter) > 0 {
		return append([]string(nil), *i.Interpreter...)
	}
	if runtime.GOOS == "windows" {
		return []string{"cmd", "/C"}
	}
	return []string{"/bin/sh", "-c"}
}

func (i *LocalInputs) environment(before *Result) []string {
	environment := os.Environ()
	if i.Environment != nil {
		for key, value := range *i.Environment {
			environment = append(environment, key+"="+value)
		}
	}
	for _, pair := range before.previous(i.AddPreviousOutputInEnv) {
		environment = append(environment, pair[0]+"="+pair[1])
	}
	return environment
}

// collect puts the files that match the patterns into the result.
func (r *LocalResult) collect(dir string, inputs *LocalInputs) error {
	if inputs.AssetPaths != nil {
		assets, err := matchFiles(dir, *inputs.AssetPaths)
		if err != nil {
			return err
		}
		found := make(map[string]types.AssetOrArchive, len(assets))
		for name, asset := range assets {
			found[name] = types.AssetOrArchive{Asset: asset}
		}
		r.Assets = &found
	}
	if inputs.ArchivePaths == nil {
		return nil
	}
	assets, err := matchFiles(dir, *inputs.ArchivePaths)
	if err != nil {
		return err
	}
	entries := make(map[string]any, len(assets))
	for name, asset := range assets {
		entries[name] = asset
	}
	r.Archive, err = resource.NewAssetArchive(entries)
	return err
}
