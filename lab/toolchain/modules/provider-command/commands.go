package main

import "github.com/pulumi/pulumi-go-provider/infer"

const (
	previousStdout = "PULUMI_COMMAND_STDOUT"
	previousStderr = "PULUMI_COMMAND_STDERR"
)

// Commands are the inputs that decide when a command runs, shared by the local and the remote resource.
type Commands struct {
	// A change inside the list reaches the provider as an update; that it becomes a replacement is asked for by the
	// SDKs, which register the resource with replaceOnChanges "triggers[*]".
	Triggers *[]any  `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create   *string `pulumi:"create,optional"`
	Update   *string `pulumi:"update,optional"`
	Delete   *string `pulumi:"delete,optional"`
}

// Annotate describes the fields in the schema.
func (c *Commands) Annotate(a infer.Annotator) {
	a.Describe(&c.Triggers, "Values of any type; when one of them changes the resource is replaced.")
	a.Describe(&c.Create, "Runs when the resource is created, and when an input changes and there is no `update`.")
	a.Describe(&c.Update, "Runs when an input changes. "+previousHint)
	a.Describe(&c.Delete, "Runs when the resource is deleted. "+previousHint)
}

const previousHint = "It finds the output of the run before in `" + previousStdout + "` and `" + previousStderr + "`."

// onUpdate is the command that an update runs: update, else create, else none.
func (c *Commands) onUpdate() *string {
	if c.Update != nil {
		return c.Update
	}
	return c.Create
}

// Result is what a finished command leaves behind, each stream without its last line break.
type Result struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// Annotate describes the fields in the schema.
func (r *Result) Annotate(a infer.Annotator) {
	a.Describe(&r.Stdout, "What the command wrote to its standard output.")
	a.Describe(&r.Stderr, "What the command wrote to its standard error.")
}

// previous is the environment that hands the result of the last run to the next one, in a fixed order; an empty
// stream is left out.
func (r *Result) previous(wanted *bool) [][2]string {
	var pairs [][2]string
	if wanted != nil && !*wanted {
		return nil
	}
	if r.Stdout != "" {
		pairs = append(pairs, [2]string{previousStdout, r.Stdout})
	}
	if r.Stderr != "" {
		pairs = append(pairs, [2]string{previousStderr, r.Stderr})
	}
	return pairs
}
