// Command replicated stands in for the two programs of Replicated, whose images are closed: `replicated daemon` is what
// the image replicated runs, `replicated ui` what the image replicated-ui does. Ports, files and variables are those of
// the real ones as far as they are published; what is behind them is our own. It installs no application.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, words []string) error {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level(os.Getenv("LOG_LEVEL"))})))
	if len(words) != 1 {
		return fmt.Errorf("give one command: daemon or ui")
	}
	switch words[0] {
	case "daemon":
		return daemon(ctx)
	case "ui":
		return console(ctx)
	default:
		return fmt.Errorf("unknown command %q; give daemon or ui", words[0])
	}
}

// level is LOG_LEVEL as Replicated spells it; what it does not know is info.
func level(text string) slog.Level {
	var found slog.Level
	if text == "" || found.UnmarshalText([]byte(text)) != nil {
		return slog.LevelInfo
	}
	return found
}
