package sqlite

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// A journalError is a frame that could not be written.
type journalError struct{ err error }

func (e *journalError) Error() string { return "journal: " + e.err.Error() }
func (e *journalError) Unwrap() error { return e.err }

// isFull tells whether the disk had no room: nothing is broken then.
func isFull(err error) bool { return db.Is(err, db.Full) || errors.Is(err, syscall.ENOSPC) }

// isFatal tells whether nothing that this process knows of the files may be believed any more.
func isFatal(err error) bool {
	var j *journalError
	if errors.As(err, &j) {
		return !isFull(j.err)
	}
	return db.Is(err, db.IOErr, db.Corrupt, db.NotADB, db.Protocol)
}

// explain gives an error the sentinel that callers know it by.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case isFull(err) && !errors.Is(err, backend.ErrFull):
		return fmt.Errorf("%w: %w", backend.ErrFull, err)
	case db.Is(err, db.Busy):
		return fmt.Errorf("%w: %w", backend.ErrBusy, err)
	}
	return err
}

// broken ends a round whose transaction is gone. culprit is the request that it broke in, nil when it broke outside
// of any. It answers who cannot run again and returns the rest.
func (s *Store) broken(live []*request, culprit *request, err error) []*request {
	s.rollback(s.engine.Load().writer)
	if isFatal(err) {
		s.held.pause(err) // before anybody knows, so that nobody finds it open again
		answerAll(live, fmt.Errorf("%w: %w", backend.ErrHold, err))
		s.failStop(err)
		return nil
	}
	if culprit == nil && len(live) == 1 {
		culprit = live[0]
	}
	if culprit != nil && isFull(err) && !culprit.again && s.space.spend(&s.o) {
		culprit.again = true // with the reserve, if it only takes away
		return live
	}
	if culprit != nil {
		culprit.answer(explain(err))
		return without(live, culprit)
	}
	// A commit of many failed: each runs alone, so that one that is too large does not stop the others.
	for i, q := range live {
		if again := s.round([]*request{q}); again != nil {
			s.round(again)
		}
		if s.engine.Load() == nil || s.held.err() != nil {
			answerAll(live[i+1:], s.unusable())
			break
		}
	}
	return nil
}

func without(list []*request, q *request) []*request {
	rest := make([]*request, 0, len(list))
	for _, x := range list {
		if x != q {
			rest = append(rest, x)
		}
	}
	return rest
}

// recurrence: a second failure within this time is not met with another restart.
const recurrence = 10 * time.Minute

// failStop stops everything after an error that says nothing good of the files: all connections are closed, since
// what they remember may be wrong, and opened again through the guard. When that fails, or happens again, the store
// goes on hold. It is paused already. It runs on the writer's goroutine.
func (s *Store) failStop(cause error) {
	s.o.Log.Error("the writer failed: restarting the store", "err", cause)
	s.lockGate()
	defer s.gate.Unlock()
	if err := s.engine.Swap(nil).close(); err != nil {
		s.o.Log.Error("close after failure", "err", err)
	}
	now := s.o.Now()
	again := !s.lastFail.IsZero() && now.Sub(s.lastFail) < recurrence
	s.lastFail = now
	err := cause
	if !again {
		if err = s.connect(); err == nil {
			s.held.resume()
			s.o.Log.Warn("the store was restarted", "cause", cause)
			return
		}
	}
	if herr := s.hold(fmt.Sprintf("the writer failed: %v", err)); herr != nil {
		s.o.Log.Error("write the hold", "err", herr)
	}
	s.held.resume()
}

// lockGate waits until nobody uses a connection, and turns away who would make that wait for ever.
func (s *Store) lockGate() {
	s.lockIdle(func() { s.turnAway(s.unusable()) })
}

// lockIdle takes the gate for writing once nobody has it. It never stands in line for it: that would stop a View which
// runs inside of another one, and so the other one, too. New Views have been refused already.
func (s *Store) lockIdle(meanwhile func()) {
	for !s.gate.TryLock() {
		meanwhile()
		time.Sleep(time.Millisecond)
	}
}
