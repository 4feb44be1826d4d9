package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"daycairn/backend/sqlite/db"
)

// create makes a new store under a name of its own, complete and synced, and gives it the real name last: a crash
// leaves either no store or a whole one.
func (o *Options) create() error {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("create store: %w", err)
	}
	if o.Journal != nil && o.Journal.Head() > 0 {
		return fmt.Errorf("%w: %s, but its journal holds %d versions", ErrMissing, databasePath(o.Dir), o.Journal.Head())
	}
	for _, rest := range [...]string{"-wal", "-shm"} {
		if _, err := os.Lstat(databasePath(o.Dir) + rest); err == nil {
			return fmt.Errorf("%w: %s, but its log is there", ErrMissing, databasePath(o.Dir))
		}
	}
	temp := filepath.Join(o.Dir, ".new-"+databaseName)
	for _, rest := range [...]string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(temp + rest); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("create store: %w", err)
		}
	}
	// SQLite gives the files beside it the same mode.
	if err := os.WriteFile(temp, nil, 0o600); err != nil {
		return fmt.Errorf("create store: %w", err)
	}
	if err := o.createAt(temp); err != nil {
		return fmt.Errorf("create store: %w", err)
	}
	if err := syncFile(temp); err != nil {
		return fmt.Errorf("create store: %w", err)
	}
	if err := os.Rename(temp, databasePath(o.Dir)); err != nil {
		return fmt.Errorf("create store: %w", err)
	}
	return syncDir(o.Dir)
}

func (o *Options) createAt(path string) error {
	c, err := db.Open(path, db.Create, o.vfs)
	if err != nil {
		return err
	}
	defer c.Close()
	// FULL from the first pragma: a switch to WAL without syncs could lose the file at a power cut.
	if err := c.Script("PRAGMA synchronous = FULL; PRAGMA page_size = 4096; PRAGMA journal_mode = WAL;"); err != nil {
		return err
	}
	if err := c.Script(fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return err
	}
	if err := migrate(c, migrations); err != nil {
		return err
	}
	id, err := newUUID(o.Rand)
	if err != nil {
		return err
	}
	epoch, err := newUUID(o.Rand)
	if err != nil {
		return err
	}
	key, err := randomBytes(o.Rand, 32)
	if err != nil {
		return err
	}
	if err := c.Script("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := c.Exec("INSERT INTO store (id, uuid, mac_key, created) VALUES (1, ?, ?, ?)",
		id.String(), key, micros(o.Now())); err != nil {
		return err
	}
	if err := c.Exec("INSERT INTO epoch (id, parent, fork, acknowledged) VALUES (?, '', 0, 1)", epoch.String()); err != nil {
		return err
	}
	if err := c.Script("COMMIT; PRAGMA wal_checkpoint(TRUNCATE);"); err != nil {
		return err
	}
	return c.Close()
}
