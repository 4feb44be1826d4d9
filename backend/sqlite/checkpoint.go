package sqlite

import (
	"context"
	"time"
)

// The keeper copies the log into the database beside the writer, so that no request pays for it.
const (
	// keepEvery is how often the keeper looks, and keepSoon how often while the log is long.
	keepEvery = time.Second
	keepSoon  = 100 * time.Millisecond
	// checkpointSize is the length of the log from which it is copied; a shorter one is copied after keepIdle.
	checkpointSize = 32 << 20
	keepIdle       = 5 * time.Second
)

func (s *Store) wakeKeeper() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

func (s *Store) keep(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	dirty := false
	var last, copied time.Time // of the newest commit, and the newest checkpoint
	for {
		due := false
		select {
		case <-ctx.Done():
			return
		case <-s.kick:
			dirty, last = true, time.Now()
			due = time.Since(copied) > keepSoon && fileSize(databasePath(s.o.Dir)+"-wal") >= checkpointSize
		case <-tick.C:
			s.space.refill(&s.o)
			due = dirty && time.Since(last) > keepIdle
		}
		if due {
			dirty = !s.checkpoint()
			copied = time.Now()
		}
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
