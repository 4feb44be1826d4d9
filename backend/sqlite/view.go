package sqlite

import (
	"context"
	"fmt"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// View runs fn in one read transaction on a connection of the pool. A View inside of a View takes a second connection:
// do not wait for more of them than there are readers.
func (s *Store) View(ctx context.Context, fn func(backend.Reader) error) (err error) {
	if err := s.usable(); err != nil {
		return err
	}
	s.gate.RLock()
	defer s.gate.RUnlock()
	e := s.engine.Load()
	if e == nil {
		return s.unusable()
	}
	var c *db.Conn
	select {
	case c = <-e.readers:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", backend.ErrBusy, ctx.Err())
	}
	if c == nil {
		if c, err = s.o.connect(roleReader); err != nil {
			e.readers <- nil
			return fmt.Errorf("%w: %w", backend.ErrDamaged, err)
		}
	}
	r := &reader{c: c, s: s, ctx: ctx}
	defer func() {
		if eerr := c.Exec("ROLLBACK"); r.err != nil || eerr != nil {
			// What its cache holds may be wrong by now: the next one reads the file again.
			s.o.Log.Warn("closing a reader", "cause", r.err, "rollback", eerr)
			c.Close()
			c = nil
		}
		r.c = nil
		e.readers <- c
	}()
	if err := c.Exec("BEGIN"); err != nil {
		return r.failed(err)
	}
	if err := fn(r); err != nil {
		return err
	}
	return r.err
}

// unusable says why there is no engine.
func (s *Store) unusable() error {
	if err := s.usable(); err != nil {
		return err
	}
	return fmt.Errorf("%w: restarting", backend.ErrHold)
}
