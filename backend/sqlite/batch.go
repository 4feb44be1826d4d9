package sqlite

import (
	"errors"
	"fmt"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

const (
	// maxBatch bounds the requests of one commit, and those that wait in line.
	maxBatch = 256
	// maxFrame is how many bytes a batch takes before it is closed; one request may be larger.
	maxFrame = 16 << 20
)

type batchState struct {
	waiting []*request // left over from the last batch
}

// write is the one goroutine that writes.
func (s *Store) write() {
	defer close(s.stopped)
	for {
		var batch []*request
		if len(s.batches.waiting) == 0 {
			select {
			case q := <-s.queue:
				batch = append(batch, q)
			case <-s.closing:
				s.turnAway(backend.ErrClosed)
				return
			}
		}
		batch = append(s.batches.waiting, batch...)
		s.batches.waiting = nil
		s.commit(s.gather(batch))
	}
}

// gather adds what stands in line.
func (s *Store) gather(batch []*request) []*request {
	for len(batch) < maxBatch {
		select {
		case q := <-s.queue:
			batch = append(batch, q)
		default:
			return batch
		}
	}
	return batch
}

// turnAway answers everybody in line.
func (s *Store) turnAway(err error) {
	for _, q := range s.gather(s.batches.waiting) {
		if q.state.CompareAndSwap(waiting, taken) || q.state.Load() == taken {
			q.answer(err)
		}
	}
	s.batches.waiting = nil
}

// commit carries a batch through: each round ends with a commit, or with one request less and all others run again.
func (s *Store) commit(batch []*request) {
	live := batch[:0]
	for _, q := range batch {
		if q.state.Load() == taken || q.state.CompareAndSwap(waiting, taken) {
			live = append(live, q)
		}
	}
	for len(live) > 0 {
		if err := s.usable(); errors.Is(err, backend.ErrHold) {
			answerAll(live, err)
			return
		}
		if s.engine.Load() == nil {
			answerAll(live, s.unusable())
			return
		}
		live = s.round(live)
	}
	s.wakeKeeper()
}

// round runs requests in one transaction. It returns those that are to run again.
func (s *Store) round(live []*request) []*request {
	c := s.engine.Load().writer
	if err := c.Exec("BEGIN IMMEDIATE"); err != nil {
		return s.broken(live, nil, fmt.Errorf("begin: %w", err))
	}
	size := 0
	for i, q := range live {
		s.turn(c, q)
		if q.fatal != nil {
			return s.broken(live, q, q.fatal)
		}
		if !c.InTransaction() {
			// SQLite took back everything, also what others had written: they run again.
			return s.broken(live, q, q.result)
		}
		if size += len(q.frame); size > maxFrame && i+1 < len(live) {
			s.batches.waiting = append(s.batches.waiting, live[i+1:]...)
			live = live[:i+1]
			break
		}
	}
	frame, wrote := joinFrames(live)
	if !wrote {
		if err := c.Exec("ROLLBACK"); err != nil {
			return s.broken(live, nil, err)
		}
		answerResults(live)
		return nil
	}
	if err := s.journalAndCommit(c, frame); err != nil {
		return s.broken(live, nil, err)
	}
	answerResults(live)
	return nil
}

// turn lets one request run in a savepoint of its own.
func (s *Store) turn(c *db.Conn, q *request) {
	q.frame, q.first, q.last, q.dirty = nil, 0, 0, false
	if q.gone {
		return
	}
	if err := c.Exec("SAVEPOINT request"); err != nil {
		q.result = err
		s.undo(c, q)
		return
	}
	w := &writer{reader: reader{c: c, s: s, whole: true}, a: s.applier(c), by: q.by, full: s.space.low(&s.o)}
	q.turn <- w
	q.result = <-q.ran
	w.c, w.a.c = nil, nil
	q.gone = errors.Is(q.result, errGone)
	if w.err != nil && !q.gone {
		q.result = fmt.Errorf("update: %w", w.err) // also when the function did not care
		if isFatal(w.err) {
			q.fatal = w.err
		}
	}
	if q.result != nil {
		s.undo(c, q)
		return
	}
	if err := c.Exec("RELEASE request"); err != nil {
		q.result = err
		s.undo(c, q)
		return
	}
	q.frame, q.first, q.last, q.dirty = w.frame, w.first, w.last, w.dirty
}

// undo takes back what one request wrote, if there is still a transaction to take it from.
func (s *Store) undo(c *db.Conn, q *request) {
	if !c.InTransaction() {
		return
	}
	err := c.Exec("ROLLBACK TO request")
	if err == nil {
		err = c.Exec("RELEASE request")
	}
	if err != nil {
		// Half of a request must not be committed with the others.
		q.result = errors.Join(q.result, err)
		s.rollback(c)
	}
}

func (s *Store) rollback(c *db.Conn) {
	if !c.InTransaction() {
		return
	}
	if err := c.Exec("ROLLBACK"); err != nil {
		s.o.Log.Error("rollback", "err", err)
	}
}

// joinFrames makes one frame of what the requests wrote, and tells whether anything was written.
func joinFrames(live []*request) (f backend.Frame, wrote bool) {
	f.Payload = []byte{frameVersion}
	for _, q := range live {
		wrote = wrote || q.dirty || q.first > 0
		if q.first == 0 {
			continue
		}
		if f.First == 0 {
			f.First = q.first
		}
		f.Last = q.last
		f.Payload = append(f.Payload, q.frame...)
	}
	return f, wrote
}

// journalAndCommit: the frame is written ahead, so that the journal is never behind what a reader has seen.
func (s *Store) journalAndCommit(c *db.Conn, f backend.Frame) error {
	ahead := s.o.Journal != nil && f.First > 0
	if ahead {
		if err := s.o.Journal.Append(f); err != nil {
			s.rollback(c)
			return &journalError{err}
		}
	}
	err := c.Exec("COMMIT")
	if err == nil {
		return nil
	}
	s.rollback(c)
	if ahead {
		if aerr := s.o.Journal.Abort(f.First); aerr != nil {
			return &journalError{errors.Join(err, aerr)}
		}
	}
	return fmt.Errorf("commit: %w", err)
}

func answerAll(live []*request, err error) {
	for _, q := range live {
		q.answer(err)
	}
}

func answerResults(live []*request) {
	for _, q := range live {
		q.answer(explain(q.result))
	}
}
