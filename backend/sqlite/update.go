package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"

	"daycairn/backend"
)

// A request is one Update on its way. Its function runs on the goroutine of the caller, when the writer gives it the
// turn; so a caller that dies in it takes nobody along.
type request struct {
	by    backend.Actor
	fn    func(*writer) error
	state atomic.Int32
	turn  chan *writer // the writer lends its connection
	ran   chan error   // the function ended
	done  chan error   // the outcome

	result error // of the last run
	fatal  error // after it nothing of the store may be believed
	frame  []byte
	first  int64
	last   int64
	dirty  bool
	gone   bool // the caller will not run again
	again  bool // ran again after the disk was full
}

// States of a request.
const (
	waiting int32 = iota
	taken
	withdrawn
)

// errGone: the goroutine of the caller ended inside the function.
var errGone = errors.New("the caller of Update is gone")

// Update waits for a turn, runs fn, and returns when the commit that holds it is on disk.
func (s *Store) Update(ctx context.Context, by backend.Actor, fn func(backend.Writer) error) error {
	return s.update(ctx, by, func(w *writer) error { return fn(w) })
}

func (s *Store) update(ctx context.Context, by backend.Actor, fn func(*writer) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", backend.ErrBusy, err)
	}
	q := &request{
		by: by, fn: fn,
		turn: make(chan *writer), ran: make(chan error, 1), done: make(chan error, 1),
	}
	select {
	case s.queue <- q:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", backend.ErrBusy, ctx.Err())
	case <-s.stopped:
		return backend.ErrClosed
	}
	canceled, stopped := ctx.Done(), s.stopped
	for {
		select {
		case w := <-q.turn:
			q.run(w)
		case err := <-q.done:
			return err
		case <-canceled:
			if q.state.CompareAndSwap(waiting, withdrawn) {
				return fmt.Errorf("%w: %w", backend.ErrBusy, ctx.Err())
			}
			canceled = nil // it has begun: the outcome is waited for
		case <-stopped:
			if q.state.CompareAndSwap(waiting, withdrawn) {
				return backend.ErrClosed
			}
			stopped = nil
		}
	}
}

// run calls the function and reports how it ended, even when it ends the goroutine.
func (q *request) run(w *writer) {
	err := errGone
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: debug.Stack()}
		}
		q.ran <- err
	}()
	err = q.fn(w)
}

// A PanicError is a panic in the function of an Update.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("update panicked: %v", e.Value) }

func (q *request) answer(err error) { q.done <- err }
