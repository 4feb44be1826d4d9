package sqlite

import (
	"crypto/rand"
	"io"
	"log/slog"
	"time"

	"daycairn/backend"
)

// Options of Open. Only Dir is needed.
type Options struct {
	Dir string
	// Create makes a new store when there is none. A store that was lost is never replaced: see Open.
	Create bool
	// Journal takes a frame for each commit before it happens; nil: there is no second copy.
	Journal backend.Journal
	Log     *slog.Logger
	Now     func() time.Time
	Rand    io.Reader
	// Describe finds the facts of a body when the engine needs them again (default: backend.Describe).
	Describe func(backend.Kind, []byte) (backend.Facts, error)

	Readers int // connections for View (default 4)

	// MinFree is how many bytes the disk keeps free: below it only what makes no one's data grow is taken
	// (default 64 MiB, negative: no limit).
	MinFree int64
	// MaxItems of a collection and MaxCollections of a principal, living (defaults 100,000 and 500).
	MaxItems, MaxCollections int64
	// A principal's history may have HistoryBase bytes and HistoryFactor times its living bytes (1 GiB and 20).
	HistoryBase, HistoryFactor int64
	// MaxRefused and MaxRefusedBytes bound what is kept of a principal's refused bodies (1,000 and 64 MiB), the oldest
	// goes first; and what is newly kept in a day.
	MaxRefused, MaxRefusedBytes int64

	// UnsafeNormalSync leaves out the sync at commit. It exists so that tests can see their checks fail.
	UnsafeNormalSync bool

	vfs  string                          // tests: a file system with faults
	free func(dir string) (int64, error) // tests: the free space
	idle bool                            // tests: old facts are read again only when asked for
}

func (o *Options) setDefaults() {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Describe == nil {
		o.Describe = backend.Describe
	}
	if o.free == nil {
		o.free = freeSpace
	}
	if o.Readers <= 0 {
		o.Readers = 4
	}
	for _, d := range [...]struct {
		field *int64
		value int64
	}{
		{&o.MinFree, 64 << 20},
		{&o.MaxItems, 100_000},
		{&o.MaxCollections, 500},
		{&o.HistoryBase, 1 << 30},
		{&o.HistoryFactor, 20},
		{&o.MaxRefused, 1000},
		{&o.MaxRefusedBytes, 64 << 20},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
}
