package main

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
