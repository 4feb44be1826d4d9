package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// A Store is a backend.Store in a directory. Its methods may be called from any goroutine.
type Store struct {
	o        Options
	identity atomic.Pointer[identity]
	held     holds

	// gate is held for reading by whoever uses connections, for writing by whoever replaces them.
	gate   sync.RWMutex
	engine atomic.Pointer[engine] // nil: none is open

	queue   chan *request
	kick    chan struct{} // wakes the keeper
	closing chan struct{}
	once    sync.Once
	stopped chan struct{} // the writer is gone
	workers sync.WaitGroup
	cancel  context.CancelFunc

	batches  batchState
	space    spaceState
	lastFail time.Time // of the writer's goroutine
}

var _ backend.Store = (*Store)(nil)

// An identity is what never changes while a store is open.
type identity struct {
	uuid    string
	key     []byte
	created time.Time
}

// An engine is one set of connections.
type engine struct {
	writer  *db.Conn
	keeper  *db.Conn
	readers chan *db.Conn // a nil one is to be opened anew
}

func (e *engine) close() error {
	var errs []error
	for range cap(e.readers) {
		if c := <-e.readers; c != nil {
			errs = append(errs, c.Close())
		}
	}
	if e.keeper != nil {
		errs = append(errs, e.keeper.Close())
	}
	// The last one checkpoints and takes the log away.
	errs = append(errs, e.writer.Close())
	return errors.Join(errs...)
}

const sqlIdentity = "SELECT uuid, mac_key, created FROM store WHERE id = 1"

func readIdentity(c *db.Conn) (*identity, error) {
	st, err := c.Query(sqlIdentity)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	ok, err := st.Next()
	if err != nil {
		return nil, err
	}
	if !ok || len(st.View(1)) != 32 {
		return nil, fmt.Errorf("%w: it has no identity", ErrForeign)
	}
	return &identity{uuid: st.Text(0), key: st.Blob(1), created: fromMicros(st.Int(2))}, nil
}

// Close ends the store: Updates that have begun are finished, later ones get backend.ErrClosed.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closing)
		s.cancel()
		<-s.stopped
		s.workers.Wait()
		s.lockIdle(func() {})
		defer s.gate.Unlock()
		if e := s.engine.Swap(nil); e != nil {
			err = e.close()
		}
		forget(s.o.Dir)
	})
	return err
}

func (s *Store) closed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// usable refuses while the store is closed or on hold.
func (s *Store) usable() error {
	if s.closed() {
		return backend.ErrClosed
	}
	return s.held.err()
}
