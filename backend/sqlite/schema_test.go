package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// History and bodies are not changed by any statement, whoever runs it.
func TestHistoryIsAppendOnly(t *testing.T) {
	p := &pair{T: t, dir: t.TempDir()}
	p.mustOpen()
	p.work(3, 20)
	p.close()
	c, err := db.Open(databasePath(p.dir), db.ReadWrite, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const values = "(2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 'put', zeroblob(32), zeroblob(32), zeroblob(32))"
	const into = " INTO version (id, time, principal, actor, credential, collection, object, item, seq, body, size, event, digest, chain, root) VALUES "
	for _, sql := range []string{
		"UPDATE version SET name = 'x'", "UPDATE version SET payload = NULL WHERE id = 1", "DELETE FROM version WHERE id = 1",
		"DELETE FROM version", "INSERT OR REPLACE" + into + values, "INSERT" + into + strings.Replace(values, "(2", "(0", 1),
		"UPDATE body SET bytes = x''", "UPDATE body SET id = id + 1000",
	} {
		if err := c.Exec(sql); !db.Is(err, db.Constraint) {
			t.Errorf("%s: got %v", sql, err)
		}
	}
}

// A database of each version of the schema opens, and all that is in it is in order.
func TestOldDatabasesOpen(t *testing.T) {
	for version := 1; version <= len(migrations); version++ {
		data, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("schema-%d.db", version)))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		mustWrite(t, databasePath(dir), data)
		s := mustOpen(t, Options{Dir: dir})
		mustVerify(t, s)
		err = s.View(t.Context(), func(r backend.Reader) error {
			info, err := r.Info()
			if info.Head.Version == 0 || info.Users == 0 {
				t.Errorf("schema %d: %+v", version, info)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := childCollection(s); err != nil {
			t.Errorf("schema %d is not written: %v", version, err)
		}
	}
}

// The schema of version 1 is what the file in testdata has: it is never edited, only followed by others.
func TestSchemaOneIsNotEdited(t *testing.T) {
	fresh, kept := mustSchema(t, made(t)), t.TempDir()
	data, err := os.ReadFile(filepath.Join("testdata", "schema-1.db"))
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, databasePath(kept), data)
	if old := mustSchema(t, kept); len(migrations) == 1 && old != fresh {
		t.Errorf("schema.sql was edited: append a migration instead.\nold: %s\nnew: %s", old, fresh)
	}
}

func mustSchema(t *testing.T, dir string) string {
	t.Helper()
	c, err := db.Open(databasePath(dir), db.ReadWrite, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	text, err := c.Text("SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)")
	if err != nil {
		t.Fatal(err)
	}
	return text
}
