package sqlite

import (
	"fmt"

	"daycairn/backend/sqlite/db"
)

// Roles of connections.
const (
	roleWriter = "writer"
	roleReader = "reader"
)

// connectionPragmas run on each connection, in order. Checkpoints are made beside the writer (checkpoint.go); its own
// limit is there for the day when that does not keep up.
const connectionPragmas = `
PRAGMA busy_timeout = 5000;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA cell_size_check = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cache_size = -16384;
PRAGMA temp_store = MEMORY;
PRAGMA wal_autocheckpoint = 25000;
PRAGMA journal_size_limit = 16777216;
`

// connect opens an existing database and checks that what durability hangs on is so.
func (o *Options) connect(role string) (*db.Conn, error) {
	c, err := db.Open(databasePath(o.Dir), db.ReadWrite, o.vfs)
	if err != nil {
		return nil, err
	}
	if err := o.prepare(c, role); err != nil {
		c.Close()
		return nil, fmt.Errorf("%s connection: %w", role, err)
	}
	return c, nil
}

func (o *Options) prepare(c *db.Conn, role string) error {
	if err := c.Script(connectionPragmas); err != nil {
		return err
	}
	want := int64(2)
	if o.UnsafeNormalSync {
		want = 1
		if err := c.Script("PRAGMA synchronous = NORMAL"); err != nil {
			return err
		}
	}
	mode, err := c.Text("PRAGMA journal_mode")
	if err != nil {
		return err
	}
	if mode != "wal" && role == roleWriter {
		// A restored copy comes without a log. synchronous is FULL by now, else the switch could lose the file.
		if mode, err = c.Text("PRAGMA journal_mode = WAL"); err != nil {
			return err
		}
	}
	if mode != "wal" {
		return fmt.Errorf("journal mode is %q, not wal", mode)
	}
	if got, err := c.Int("PRAGMA synchronous"); err != nil || got != want {
		return fmt.Errorf("synchronous is %d, not %d: %w", got, want, err)
	}
	if role == roleReader {
		return c.Script("PRAGMA query_only = ON")
	}
	return nil
}
