package sqlite

import (
	"os"
	"sync/atomic"
	"time"

	"daycairn/backend"
)

// Health tells whether the store may be believed, and how large its files are.
func (s *Store) Health() backend.Health {
	h := backend.Health{Reasons: s.held.list(), Full: s.space.isLow.Load()}
	h.Held = len(h.Reasons) > 0
	h.Database = fileSize(databasePath(s.o.Dir))
	h.WAL = fileSize(databasePath(s.o.Dir) + "-wal")
	if j, ok := s.o.Journal.(interface{ Size() int64 }); ok {
		h.Journal = j.Size()
	}
	return h
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// spaceState remembers how much room the disk had a moment ago.
type spaceState struct {
	checked time.Time // of the writer's goroutine
	isLow   atomic.Bool
}

// spaceEvery is how long an answer about free space is good for.
const spaceEvery = 250 * time.Millisecond

// low tells whether the disk is below the free-space limit.
func (sp *spaceState) low(o *Options) bool {
	if o.MinFree < 0 {
		return false
	}
	now := time.Now()
	if now.Sub(sp.checked) < spaceEvery {
		return sp.isLow.Load()
	}
	sp.checked = now
	free, err := o.free(o.Dir)
	if err != nil {
		o.Log.Warn("free space is not known", "err", err)
		return sp.isLow.Load()
	}
	low := free < o.MinFree
	if sp.isLow.Swap(low) != low {
		o.Log.Warn("free-space limit", "reached", low, "free", free, "limit", o.MinFree)
	}
	return low
}
