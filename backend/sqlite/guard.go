package sqlite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"daycairn/backend/sqlite/db"
)

// What Open refuses. A store behind such an error answers nothing: it is on hold until a person looked.
var (
	// ErrMissing: there is no database, or there was one and it is gone.
	ErrMissing = errors.New("database is missing")
	// ErrEmpty: the file has no bytes. SQLite would take it for a new database.
	ErrEmpty = errors.New("database file is empty")
	// ErrForeign: the file is no database of this program.
	ErrForeign = errors.New("not a daycairn database")
	// ErrNewer: a newer program wrote the database.
	ErrNewer = errors.New("database was written by a newer version of daycairn")
	// ErrDiverged: database and journal tell different histories.
	ErrDiverged = errors.New("database and journal have different histories")
	// ErrOpen: this process has the store open already.
	ErrOpen = errors.New("store is open already")
)

const (
	databaseName = "daycairn.db"
	// applicationID marks our files (bytes "dcai", https://www.sqlite.org/pragma.html#pragma_application_id).
	applicationID = 0x64636169
	magic         = "SQLite format 3\x00"
)

func databasePath(dir string) string { return filepath.Join(dir, databaseName) }

// guardFile looks at the raw file before SQLite does. No connection of this process may be open: closing the file here
// would drop its locks.
func guardFile(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrMissing, path)
	}
	if err != nil {
		return fmt.Errorf("look at database: %w", err)
	}
	defer f.Close()
	var head [len(magic)]byte
	n, err := io.ReadFull(f, head[:])
	switch {
	case n == 0 && errors.Is(err, io.EOF):
		return fmt.Errorf("%w: %s", ErrEmpty, path)
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("look at database: %w", err)
	case string(head[:]) != magic:
		return fmt.Errorf("%w: %s", ErrForeign, path)
	}
	return nil
}

// guardIdentity looks at the open database: whose it is, and which version of the schema it has.
func guardIdentity(c *db.Conn, path string) error {
	id, err := c.Int("PRAGMA application_id")
	if err != nil {
		if db.Is(err, db.NotADB) {
			return fmt.Errorf("%w: %s", ErrForeign, path)
		}
		return err
	}
	if id != applicationID {
		return fmt.Errorf("%w: %s has application id %#x", ErrForeign, path, id)
	}
	version, err := c.Int("PRAGMA user_version")
	if err != nil {
		return err
	}
	if version > int64(len(migrations)) {
		return fmt.Errorf("%w: %s has schema %d, this program knows %d", ErrNewer, path, version, len(migrations))
	}
	if version < 1 {
		return fmt.Errorf("%w: %s has no schema", ErrForeign, path)
	}
	return nil
}
