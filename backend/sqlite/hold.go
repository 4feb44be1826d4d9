package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"daycairn/backend"
)

const holdName = "hold.json"

// holds is whether the store may be used, and why not.
type holds struct {
	mu      sync.RWMutex
	reasons []string
	paused  error // the store is being restarted
}

type holdFile struct {
	Reasons []string `json:"reasons"`
}

func (h *holds) err() error {
	h.mu.RLock()
	defer h.mu.RUnlock()
	switch {
	case len(h.reasons) > 0:
		return fmt.Errorf("%w: %s", backend.ErrHold, strings.Join(h.reasons, "; "))
	case h.paused != nil:
		return fmt.Errorf("%w: %w", backend.ErrHold, h.paused)
	}
	return nil
}

func (h *holds) list() []string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	list := slices.Clone(h.reasons)
	if h.paused != nil {
		list = append(list, h.paused.Error())
	}
	return list
}

func (h *holds) pause(cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.paused = cause
}

func (h *holds) resume() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.paused = nil
}

// load reads the hold of an earlier run. A file that cannot be read is a hold, too.
func (h *holds) load(dir string) error {
	data, err := os.ReadFile(filepath.Join(dir, holdName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var f holdFile
	if err == nil {
		err = json.Unmarshal(data, &f)
	}
	if err != nil {
		f.Reasons = []string{fmt.Sprintf("%s is not readable: %v", holdName, err)}
	}
	if len(f.Reasons) == 0 {
		f.Reasons = []string{holdName + " gives no reason"}
	}
	h.reasons = f.Reasons
	return nil
}

// Hold stops all traffic, now and after restarts, until Release.
func (s *Store) Hold(reason string) error { return s.hold(reason) }

func (s *Store) hold(reason string) error {
	s.held.mu.Lock()
	defer s.held.mu.Unlock()
	if !slices.Contains(s.held.reasons, reason) {
		s.held.reasons = append(s.held.reasons, reason)
	}
	data, err := json.MarshalIndent(holdFile{s.held.reasons}, "", "\t")
	if err != nil {
		return fmt.Errorf("hold: %w", err)
	}
	if err := writeFile(filepath.Join(s.o.Dir, holdName), append(data, '\n')); err != nil {
		return fmt.Errorf("hold: %w", err)
	}
	return nil
}

// Release ends a hold, after a look whether the store can be opened and read at all.
func (s *Store) Release() error {
	if s.closed() {
		return backend.ErrClosed
	}
	if s.held.err() == nil {
		return nil
	}
	s.lockIdle(func() {})
	defer s.gate.Unlock()
	if s.closed() {
		return backend.ErrClosed
	}
	if s.engine.Load() == nil {
		if err := s.connect(); err != nil {
			return fmt.Errorf("release: %w: %w", backend.ErrHold, err)
		}
	}
	if err := s.quickCheck(); err != nil {
		return fmt.Errorf("release: %w: %w", backend.ErrHold, err)
	}
	s.held.mu.Lock()
	defer s.held.mu.Unlock()
	if err := os.Remove(filepath.Join(s.o.Dir, holdName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("release: %w", err)
	}
	if err := syncDir(s.o.Dir); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	s.held.reasons = nil
	return nil
}

// quickCheck measures what holds are about: the structure of the file.
func (s *Store) quickCheck() error {
	c, err := s.o.connect(roleReader)
	if err != nil {
		return err
	}
	defer c.Close()
	got, err := c.Text("PRAGMA quick_check(1)")
	if err != nil {
		return err
	}
	if got != "ok" {
		return fmt.Errorf("quick check: %s", got)
	}
	return nil
}
