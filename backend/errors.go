package backend

import (
	"errors"
	"fmt"
)

// The errors of a store, to be tested with errors.Is.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("exists already")
	// ErrHold: the store may not be believed now; nothing was read or written.
	ErrHold = errors.New("store is on hold")
	// ErrFull: no space left; nothing was written, reads and deletes go on.
	ErrFull = errors.New("disk is full")
	// ErrQuota: an account's own bound is reached.
	ErrQuota = errors.New("quota reached")
	// ErrBusy: no turn within the context's time.
	ErrBusy = errors.New("store is busy")
	// ErrDamaged: stored bytes do not have their hash.
	ErrDamaged = errors.New("stored bytes are damaged")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("store is closed")
)

// Invalid says why a body cannot be stored: a precondition of RFC 4791 §5.3.2.1 or RFC 6352 §6.3.2.1.
type Invalid struct {
	Condition string // local name, like "valid-calendar-data"
	Detail    string
}

func (e *Invalid) Error() string { return fmt.Sprintf("%s: %s", e.Condition, e.Detail) }
