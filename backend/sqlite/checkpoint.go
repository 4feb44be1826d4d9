package sqlite

import (
	"context"
	"time"
)

// The keeper copies the log into the database beside the writer, so that no request pays for it.
const (
	keepEvery = time.Second
	// checkpointPages is the length of the log from which it is copied; a shorter one is copied after keepIdle.
	checkpointPages = 8192
	keepIdle        = 5 * time.Second
	pageSize        = 4096
)

func (s *Store) wakeKeeper() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

func (s *Store) keep(ctx context.Context) {
	timer := time.NewTimer(keepEvery)
	defer timer.Stop()
	dirty, last := false, time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.kick:
			dirty, last = true, time.Now()
			if fileSize(databasePath(s.o.Dir)+"-wal") < checkpointPages*pageSize {
				continue
			}
		case <-timer.C:
			timer.Reset(keepEvery)
			s.space.refill(&s.o)
			if !dirty || time.Since(last) < keepIdle {
				continue
			}
		}
		dirty = !s.checkpoint()
	}
}

// checkpoint tells whether the whole log was copied.
func (s *Store) checkpoint() bool {
	s.gate.RLock()
	defer s.gate.RUnlock()
	e := s.engine.Load()
	if e == nil || s.held.err() != nil {
		return false
	}
	log, done, err := e.keeper.Checkpoint()
	if err != nil {
		s.o.Log.Warn("checkpoint", "err", err)
		return false
	}
	return log == done
}
