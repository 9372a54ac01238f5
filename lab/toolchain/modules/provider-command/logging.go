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
	return []infer.EnumValue[T]{{Value: logStdout}, {Value: logStderr}, {Value: logBoth}, {Value: logNone}}
}

// logsStdout and logsStderr read an optional setting of either type.
func logsStdout[T ~string](l *T) bool { return l == nil || *l == logStdout || *l == logBoth }
func logsStderr[T ~string](l *T) bool { return l == nil || *l == logStderr || *l == logBoth }
