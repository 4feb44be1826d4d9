package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// Snapshot writes a complete copy to a new file, in one step and beside the writers.
func (s *Store) Snapshot(ctx context.Context, path string) (head backend.Head, err error) {
	if err := s.usable(); err != nil {
		return head, err
	}
	if err := ctx.Err(); err != nil {
		return head, err
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return head, fmt.Errorf("snapshot to %s: %w", path, errOrExists(err))
	}
	temp, err := os.MkdirTemp(filepath.Dir(path), ".new-snapshot-*")
	if err != nil {
		return head, fmt.Errorf("snapshot: %w", err)
	}
	defer os.RemoveAll(temp)
	copied := filepath.Join(temp, databaseName)
	if err := s.vacuumInto(copied); err != nil {
		return head, fmt.Errorf("snapshot: %w", explain(err))
	}
	if head, err = readHead(copied); err != nil {
		return head, fmt.Errorf("read snapshot: %w", err)
	}
	if err := os.Chmod(copied, 0o600); err != nil {
		return head, fmt.Errorf("snapshot: %w", err)
	}
	if err := syncFile(copied); err != nil {
		return head, fmt.Errorf("snapshot: %w", err)
	}
	if err := publish(copied, path); err != nil {
		return head, fmt.Errorf("snapshot: %w", err)
	}
	return head, syncDir(filepath.Dir(path))
}

// publish gives a file its name. A link fails if something has appeared there meanwhile; where the file system knows no
// links, the look before must do.
func publish(from, path string) error {
	err := os.Link(from, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errOrExists(err)
	}
	return os.Rename(from, path)
}

func errOrExists(err error) error {
	if err != nil {
		return err
	}
	return backend.ErrExists
}

// vacuumInto copies on a connection of its own: a paged copy would begin again at each commit.
func (s *Store) vacuumInto(path string) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.engine.Load() == nil {
		return s.unusable()
	}
	c, err := s.o.connect(roleWriter)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Exec("VACUUM INTO ?", path)
}

// readHead opens a copy for itself.
func readHead(path string) (head backend.Head, err error) {
	c, err := db.Open(path, db.ReadOnly, "")
	if err != nil {
		return head, err
	}
	defer c.Close()
	if err := guardIdentity(c, path); err != nil {
		return head, err
	}
	id, err := readIdentity(c)
	if err != nil {
		return head, err
	}
	if head.Epoch, err = c.Text("SELECT id FROM epoch ORDER BY n DESC LIMIT 1"); err != nil {
		return head, err
	}
	a := applier{c: c, store: id.uuid}
	head.Version, head.Chain, err = a.head()
	return head, err
}
