package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"daycairn/backend"
)

// Options of Open.
type Options struct {
	// Every makes Append return only when the frame is on disk. Without it frames are synced in the background, Lazy
	// after they were written (default one second).
	Every bool
	Lazy  time.Duration
	// SegmentSize is where the next segment begins (default 64 MiB).
	SegmentSize int64
}

// A Journal is a backend.Journal in a directory. One process has it open at a time.
type Journal struct {
	o   Options
	dir string

	mu      sync.Mutex
	f       *os.File // the last segment
	number  uint32
	size    int64 // of it
	older   int64 // bytes of the segments before it
	chain   [32]byte
	head    int64
	newest  newest
	dirty   bool
	broken  error // what made it unfit to be written
	damage  *Damage
	closing chan struct{}
	done    chan struct{}
}

var _ backend.Journal = (*Journal)(nil)

var errClosed = errors.New("journal is closed")

// Open opens the journal in dir, which is made if it is missing. A torn frame at its end is cut off.
func Open(dir string, o Options) (*Journal, error) {
	if o.Lazy <= 0 {
		o.Lazy = time.Second
	}
	if o.SegmentSize <= 0 {
		o.SegmentSize = 64 << 20
	}
	j := &Journal{o: o, dir: dir, closing: make(chan struct{}), done: make(chan struct{})}
	if err := j.open(); err != nil {
		if j.f != nil {
			err = errors.Join(err, j.f.Close())
		}
		return nil, fmt.Errorf("open journal: %w", err)
	}
	go j.syncLazily()
	return j, nil
}

// newest is the last frame, as long as it can be aborted, and what was before it.
type newest struct {
	first int64 // version; 0: none
	head  int64
	at    int64 // offset in the segment
	chain [32]byte
}

// Append writes a frame at the end. Its versions must be above the head.
func (j *Journal) Append(f backend.Frame) error {
	if f.First < 1 || f.Last < f.First || len(f.Payload) > MaxPayload {
		return fmt.Errorf("append frame %d–%d of %d bytes", f.First, f.Last, len(f.Payload))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if f.First <= j.head {
		return fmt.Errorf("append frame %d–%d: the journal ends at %d", f.First, f.Last, j.head)
	}
	if j.size >= j.o.SegmentSize {
		if err := j.rotate(); err != nil {
			return fmt.Errorf("append to journal: %w", err)
		}
	}
	before := newest{f.First, j.head, j.size, j.chain}
	if err := j.write(markFrame, f); err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	j.head, j.newest = f.Last, before
	return nil
}

// Abort says that the commit of the newest frame did not happen. It returns when that is on disk: the same versions may
// be written again then, and must not be taken for these after a loss of power. On a full disk the frame is cut off.
func (j *Journal) Abort(first int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := j.newest
	if n.first == 0 || first != n.first {
		return fmt.Errorf("abort frame %d: the newest frame is %d", first, n.first)
	}
	if err := j.write(markAbort, backend.Frame{First: first, Last: first}); err != nil {
		if cerr := j.cutOff(n); cerr != nil {
			return fmt.Errorf("abort in journal: %w", errors.Join(err, cerr))
		}
	}
	j.head, j.newest = n.head, newest{}
	if err := j.sync(); err != nil {
		return fmt.Errorf("abort in journal: %w", err)
	}
	return nil
}

// cutOff takes the newest frame away.
func (j *Journal) cutOff(n newest) error {
	if j.broken != nil {
		return j.broken
	}
	if err := j.f.Truncate(n.at); err != nil {
		j.broken = err
		return err
	}
	j.size, j.chain, j.dirty = n.at, n.chain, true
	return nil
}

// write puts one mark at the end, or leaves the file as it was.
func (j *Journal) write(kind string, f backend.Frame) error {
	if j.broken != nil {
		return j.broken
	}
	b, chain := appendHeader(make([]byte, 0, frameHeader+len(f.Payload)), j.chain, kind, f)
	b = append(b, f.Payload...)
	if _, err := j.f.WriteAt(b, j.size); err != nil {
		if terr := j.f.Truncate(j.size); terr != nil {
			j.broken = errors.Join(err, terr)
		}
		return err
	}
	if j.o.Every {
		if err := j.f.Sync(); err != nil {
			j.broken = err // what is on disk now, nobody knows
			return err
		}
	}
	j.dirty = !j.o.Every
	j.size += int64(len(b))
	j.chain = chain
	return nil
}

// rotate begins the next segment.
func (j *Journal) rotate() error {
	if j.broken != nil {
		return j.broken
	}
	if err := j.f.Sync(); err != nil {
		j.broken = err
		return err
	}
	f, err := createSegment(j.dir, j.number+1, j.chain)
	if err != nil {
		return err
	}
	err = j.f.Close()
	j.f, j.number, j.dirty = f, j.number+1, false
	j.older += j.size
	j.size = int64(segmentHeader)
	j.newest = newest{}
	return err
}

// createSegment makes an empty segment and syncs it and its name.
func createSegment(dir string, number uint32, chain [32]byte) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, segmentName(number)), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(appendSegmentHeader(nil, number, chain))
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return f, nil
}

// Head is the last version of the newest frame that counts.
func (j *Journal) Head() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.head
}

// Size is how many bytes the journal has.
func (j *Journal) Size() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.older + j.size
}

// Sync waits until everything is on disk.
func (j *Journal) Sync() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.sync()
}

func (j *Journal) sync() error {
	if j.broken != nil || !j.dirty {
		return j.broken
	}
	if err := j.f.Sync(); err != nil {
		j.broken = err
		return err
	}
	j.dirty = false
	return nil
}

// syncLazily syncs in the background. It syncs a handle of its own, so that Append does not wait for the disk.
func (j *Journal) syncLazily() {
	defer close(j.done)
	tick := time.NewTicker(j.o.Lazy)
	defer tick.Stop()
	for {
		select {
		case <-j.closing:
			return
		case <-tick.C:
			j.syncBeside()
		}
	}
}

func (j *Journal) syncBeside() {
	j.mu.Lock()
	if !j.dirty || j.broken != nil {
		j.mu.Unlock()
		return
	}
	j.dirty = false
	name := filepath.Join(j.dir, segmentName(j.number))
	j.mu.Unlock()
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err == nil {
		err = f.Sync()
		err = errors.Join(err, f.Close())
	}
	if err == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken == nil {
		j.broken = fmt.Errorf("sync: %w", err)
	}
}

// Close syncs and closes.
func (j *Journal) Close() error {
	j.mu.Lock()
	if errors.Is(j.broken, errClosed) {
		j.mu.Unlock()
		return nil
	}
	err := errors.Join(j.sync(), j.f.Close())
	j.broken = errClosed
	close(j.closing)
	j.mu.Unlock()
	<-j.done
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

var _ io.Closer = (*Journal)(nil)
