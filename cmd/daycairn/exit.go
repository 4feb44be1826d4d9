package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"daycairn/backend"
	"daycairn/backend/sqlite"
)

// Exit codes.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitFindings = 3 // a check found problems
	exitNotFound = 4
	exitLocked   = 5 // another process has the data directory
)

// exited ends the program with a code and without a word.
type exited int

func (e exited) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// usageError is a command line that means nothing.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// hinted is an error with what a person can do about it.
type hinted struct {
	error
	hint string
}

func (e hinted) Unwrap() error { return e.error }

var (
	errLocked   = errors.New("data directory is in use")
	errFindings = errors.New("problems were found")
	errNoStore  = errors.New("no store here")
)

// codes is the one table from errors to exit codes.
var codes = []struct {
	is   error
	code int
}{
	{errLocked, exitLocked},
	{errFindings, exitFindings},
	{errNoStore, exitNotFound},
	{backend.ErrNotFound, exitNotFound},
}

func exitCode(err error) int {
	if errors.As(err, new(usageError)) {
		return exitUsage
	}
	for _, c := range codes {
		if errors.Is(err, c.is) {
			return c.code
		}
	}
	return exitFailed
}

const holdStatus = "daycairn hold status says why and what leads out"

// hints are for errors that carry none.
var hints = []struct {
	is   error
	hint string
}{
	{backend.ErrHold, holdStatus},
	{sqlite.ErrMissing, holdStatus},
	{sqlite.ErrEmpty, holdStatus},
	{sqlite.ErrForeign, holdStatus},
	{sqlite.ErrNewer, holdStatus},
	{sqlite.ErrDiverged, holdStatus},
	{backend.ErrFull, "free disk space, then try again; nothing was lost"},
}

// hintFor is what a person can do about the error of a command.
func hintFor(cmd *cobra.Command, err error) string {
	var h hinted
	if errors.As(err, &h) {
		return h.hint
	}
	if errors.As(err, new(usageError)) {
		return cmd.CommandPath() + " --help"
	}
	for _, h := range hints {
		if errors.Is(err, h.is) {
			return h.hint
		}
	}
	return ""
}
