// Command daycairn is a CardDAV and CalDAV server that keeps what it accepted.
//
// Each command is written once, against backend.Store. While a server runs on the data directory its process runs the
// command, reached over a socket that only the same user can open; without one the command opens the store itself.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// endings are the signals that end us in good order. Under nohup a hangup stays ignored.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	go func() {
		<-ctx.Done()
		stop() // a second signal ends us at once
	}()
	p := &program{
		args:     os.Args[1:],
		stdin:    os.Stdin,
		stdout:   os.Stdout,
		stderr:   os.Stderr,
		env:      os.Environ(),
		patience: lockWait,
		tty:      term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd())),
	}
	os.Exit(p.main(ctx))
}
