package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	provider "github.com/pulumi/pulumi-go-provider"
)

// longestLine is the longest line that the official plugin can log: its scanner stops at a longer one, nobody reads
// the pipe any more and the operation hangs for ever. Here it fails instead, so that nobody comes to rely on more.
const longestLine = 64 * 1024

var errLineTooLong = fmt.Errorf("a logged line is longer than %d bytes, on which the official plugin hangs; "+
	"set logging to none or break the line", longestLine)

// output collects the two streams of one run and logs the lines of those that are wanted.
type output struct {
	mu       sync.Mutex
	log      func(line string)
	stdout   bytes.Buffer
	stderr   bytes.Buffer
	both     bytes.Buffer
	line     bytes.Buffer
	overflow bool
}

func newOutput(ctx context.Context) *output {
	// The line is looked at once, in the engine's status column, and is no part of the final log.
	return &output{log: provider.GetLogger(ctx).InfoStatus}
}

// writers returns the two ends for the process.
func (o *output) writers(logsStdout, logsStderr bool) (stdout, stderr io.Writer) {
	return &stream{o, &o.stdout, logsStdout}, &stream{o, &o.stderr, logsStderr}
}

type stream struct {
	output *output
	buffer *bytes.Buffer
	logged bool
}

// Write never fails: a writer that stops reading would block the process at the other end.
func (s *stream) Write(data []byte) (int, error) {
	s.output.mu.Lock()
	defer s.output.mu.Unlock()
	s.buffer.Write(data)
	s.output.both.Write(data)
	if s.logged {
		s.output.logLines(data)
	}
	return len(data), nil
}

// logLines logs what data completes and keeps the rest; both streams share one line, as they share one log.
func (o *output) logLines(data []byte) {
	for !o.overflow {
		end := bytes.IndexByte(data, '\n')
		if end < 0 {
			o.line.Write(data)
			o.overflow = o.line.Len() >= longestLine
			return
		}
		o.line.Write(data[:end])
		data = data[end+1:]
		if o.line.Len() >= longestLine {
			o.overflow = true
			return
		}
		o.flush()
	}
}

func (o *output) flush() {
	o.log(strings.TrimSuffix(o.line.String(), "\r"))
	o.line.Reset()
}

// finish turns the end of a run into its result, or into an error that names the command and holds what it wrote.
func (o *output) finish(command string, err error) (Result, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.line.Len() > 0 && !o.overflow {
		o.flush()
	}
	if o.overflow {
		err = errors.Join(err, errLineTooLong)
	}
	if err != nil {
		return Result{}, fmt.Errorf("%w: running %q:\n%s", err, command, o.both.String())
	}
	return Result{
		Stdout: strings.TrimSuffix(o.stdout.String(), "\n"),
		Stderr: strings.TrimSuffix(o.stderr.String(), "\n"),
	}, nil
}
