package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

const (
	reserveName = "reserve"
	// reserveSize is what the reserve file holds: enough for thousands of deletions.
	reserveSize = 8 << 20
	// spaceEvery is how long an answer about free space is good for.
	spaceEvery = 250 * time.Millisecond
)

// A spaceState remembers how much room the disk had a moment ago. Below the limit only what makes no one's data grow
// is taken. When the disk is full altogether, a reserve file makes room for that.
type spaceState struct {
	checked time.Time // of the writer's goroutine
	isLow   atomic.Bool
	spent   atomic.Bool // the reserve was given up
}

// low tells whether the free-space limit is reached.
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
	low := free < o.MinFree || sp.spent.Load()
	if sp.isLow.Swap(low) != low {
		o.Log.Warn("free-space limit", "reached", low, "free", free, "limit", o.MinFree)
	}
	return low
}

// spend gives up the reserve and tells whether there was one.
func (sp *spaceState) spend(o *Options) bool {
	if o.MinFree < 0 || sp.spent.Swap(true) {
		return false
	}
	sp.isLow.Store(true)
	err := os.Remove(filepath.Join(o.Dir, reserveName))
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err != nil {
		o.Log.Warn("give up the reserve", "err", err)
		return false
	}
	o.Log.Warn("the disk is full: only deletions are taken, from the reserve")
	return true
}

// refill makes the reserve when the disk has room for it. It runs on the keeper's goroutine.
func (sp *spaceState) refill(o *Options) {
	if o.MinFree < 0 {
		return
	}
	path := filepath.Join(o.Dir, reserveName)
	if info, err := os.Stat(path); err == nil && info.Size() == reserveSize {
		sp.spent.Store(false)
		return
	}
	free, err := o.free(o.Dir)
	if err != nil || free < o.MinFree+reserveSize {
		sp.spent.Store(true)
		return
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		o.Log.Warn("make the reserve", "err", err)
		return
	}
	if err := writeFile(path, make([]byte, reserveSize)); err != nil {
		o.Log.Warn("make the reserve", "err", err)
		return
	}
	sp.spent.Store(false)
}
