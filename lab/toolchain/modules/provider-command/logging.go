package main

import "github.com/pulumi/pulumi-go-provider/infer"

// RemoteLogging says which streams of a remote command are logged while it runs.
type RemoteLogging string

// LocalLogging says which streams of a local command are logged while it runs.
type LocalLogging string

const (
	logStdout = "stdout"
	logStderr = "stderr"
	logBoth   = "stdoutAndStderr"
	logNone   = "none"
)

// Annotate gives the type its token.
func (l *RemoteLogging) Annotate(a infer.Annotator) { a.SetToken("remote", "Logging") }

// Annotate gives the type its token.
func (l *LocalLogging) Annotate(a infer.Annotator) { a.SetToken("local", "Logging") }

// Values lists the enumeration.
func (RemoteLogging) Values() []infer.EnumValue[RemoteLogging] { return loggingValues[RemoteLogging]() }

// Values lists the enumeration.
func (LocalLogging) Values() []infer.EnumValue[LocalLogging] { return loggingValues[LocalLogging]() }

func loggingValues[T ~string]() []infer.EnumValue[T] {
	return []infer.EnumValue[T]{
		{Name: logStdout, Value: logStdout, Description: "Log standard output only"},
		{Name: logStderr, Value: logStderr, Description: "Log standard error only"},
		{Name: logBoth, Value: logBoth, Description: "Log both streams"},
		{Name: logNone, Value: logNone, Description: "Log nothing"},
	}
}

const loggingHint = "Which streams are logged while the command runs; both by default. What the resource puts out " +
	"does not depend on it. For output that holds secrets: no logging, and `additionalSecretOutputs`."

const previousEnvHint = "Whether the next command finds the output of this one in `" + previousStdout + "` and `" +
	previousStderr + "`. True by default."

// logsStdout and logsStderr read an optional setting of either type.
func logsStdout[T ~string](l *T) bool { return l == nil || *l == logStdout || *l == logBoth }
func logsStderr[T ~string](l *T) bool { return l == nil || *l == logStderr || *l == logBoth }
