package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daycairn/backend"
	"daycairn/backend/journal"
	"daycairn/backend/sqlite/db"
)

// A pair is a store and its journal, opened and closed together.
type pair struct {
	*testing.T
	dir string
	j   *journal.Journal
	s   *Store

	idle bool // Options.idle
}

func (p *pair) open() error {
	var err error
	if p.j, err = journal.Open(filepath.Join(p.dir, "journal"), journal.Options{}); err != nil {
		p.Fatal(err)
	}
	p.s, err = Open(context.Background(), Options{Dir: p.dir, Create: true, Journal: p.j, MinFree: -1, idle: p.idle})
	if err != nil {
		err = errors.Join(err, p.j.Close())
	}
	return err
}

func (p *pair) mustOpen() {
	p.Helper()
	if err := p.open(); err != nil {
		p.Fatal(err)
	}
}

func (p *pair) close() {
	p.Helper()
	if err := errors.Join(p.s.Close(), p.j.Close()); err != nil {
		p.Fatal(err)
	}
}

// keep copies the files of a closed pair, database or journal, to be put back later.
func (p *pair) keep(what string) string {
	p.Helper()
	kept := p.TempDir()
	if err := os.CopyFS(kept, os.DirFS(filepath.Join(p.dir, what))); err != nil {
		p.Fatal(err)
	}
	return kept
}

func (p *pair) putBack(kept, what string) {
	p.Helper()
	dir := filepath.Join(p.dir, what)
	err := os.RemoveAll(dir)
	if err == nil {
		err = os.CopyFS(dir, os.DirFS(kept))
	}
	if err != nil {
		p.Fatal(err)
	}
}

// keepDatabase and putBackDatabase do so with the one file.
func (p *pair) keepDatabase() []byte {
	p.Helper()
	data, err := os.ReadFile(databasePath(p.dir))
	if err != nil {
		p.Fatal(err)
	}
	return data
}

func (p *pair) putBackDatabase(data []byte) {
	p.Helper()
	if err := os.WriteFile(databasePath(p.dir), data, 0o600); err != nil {
		p.Fatal(err)
	}
}

var tables = []string{
	"store", "epoch", "principal", "address", "credential", "collection", "body", "object", "item", "span", "item_text",
	"property", "version", "refused",
}

// dump gives all rows of a closed store as text.
func (p *pair) dump() map[string]string {
	p.Helper()
	c, err := db.Open(databasePath(p.dir), db.ReadWrite, "")
	if err != nil {
		p.Fatal(err)
	}
	defer c.Close()
	all := map[string]string{}
	for _, table := range tables {
		columns := []string{}
		st, err := c.Query("SELECT name FROM pragma_table_info(?)", table)
		if err != nil {
			p.Fatal(err)
		}
		for ok, _ := st.Next(); ok; ok, _ = st.Next() {
			columns = append(columns, "quote("+st.Text(0)+")")
		}
		st.Close()
		var b strings.Builder
		st, err = c.Query("SELECT " + strings.Join(columns, "||' '||") + " FROM " + table + " ORDER BY 1")
		if err != nil {
			p.Fatal(err)
		}
		for ok, _ := st.Next(); ok; ok, _ = st.Next() {
			b.WriteString(st.Text(0) + "\n")
		}
		st.Close()
		all[table] = b.String()
	}
	return all
}

func mustVerify(t testing.TB, s *Store) {
	t.Helper()
	err := s.Verify(context.Background(), func(f backend.Finding) { t.Errorf("verify: %s: %s", f.Where, f.What) })
	if err != nil {
		t.Fatal(err)
	}
}
