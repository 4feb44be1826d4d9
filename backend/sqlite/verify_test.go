package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// damaged makes a store with real contents, spoils its database with SQL and opens it again.
func damaged(t *testing.T, sql string) *pair {
	t.Helper()
	p := &pair{T: t, dir: t.TempDir()}
	p.mustOpen()
	p.work(11, 60)
	mustVerify(t, p.s)
	p.close()
	script(t, p.dir, `DROP TRIGGER version_is_not_updated; DROP TRIGGER version_is_not_deleted;
		DROP TRIGGER body_is_not_updated; `+sql)
	p.mustOpen()
	t.Cleanup(p.close)
	return p
}

func TestVerifyFinds(t *testing.T) {
	const living = "(SELECT max(id) FROM item WHERE deleted = 0)"
	for what, tc := range map[string]struct {
		sql    string
		damage bool
	}{
		"a flipped body":            {"UPDATE body SET bytes = CAST(bytes || x'00' AS BLOB) WHERE id = (SELECT min(id) FROM body)", true},
		"a changed name":            {"UPDATE version SET name = 'x' WHERE id = 5", true},
		"a changed time":            {"UPDATE version SET time = time + 1 WHERE id = 5", true},
		"a changed actor":           {"UPDATE version SET actor = 77 WHERE id = 5", true},
		"a changed payload":         {"UPDATE version SET payload = CAST(payload || ' ' AS BLOB) WHERE id = 5", true},
		"a changed digest":          {"UPDATE version SET digest = zeroblob(32) WHERE id = 5", true},
		"a changed chain":           {"UPDATE version SET chain = zeroblob(32) WHERE id = 5", true},
		"a missing version":         {"DELETE FROM version WHERE id = 5", true},
		"a chain that ends earlier": {"UPDATE principal SET chain = (SELECT chain FROM version WHERE id = 2) WHERE id = 1", true},
		"a wrong count":             {"UPDATE collection SET items = items + 1 WHERE id = 2", true},
		"a wrong sum":               {"UPDATE principal SET bytes = bytes + 1 WHERE id = 1", true},
		"a wrong sequence":          {"UPDATE collection SET seq = seq + 1 WHERE id = 2", true},
		"a change to come":          {"UPDATE collection SET changed = changed + 1000 WHERE id = 2", true},
		"a wrong mark":              {"UPDATE collection SET mark = zeroblob(6) WHERE id = 2", true},
		"a resurrected item":        {"UPDATE item SET deleted = 0 WHERE id = (SELECT max(id) FROM item WHERE deleted = 1)", true},
		"a lost item":               {"UPDATE item SET deleted = 1 WHERE id = " + living, true},
		"another body":              {"UPDATE item SET body = (SELECT min(id) FROM body WHERE id <> item.body) WHERE id = " + living, true},
		"a lost object":             {"UPDATE object SET item = NULL WHERE item = " + living, true},
		"an old fact":               {"UPDATE item SET uid = 'x' WHERE id = " + living, false},
		"an old text":               {"UPDATE item_text SET text = 'x' WHERE item = " + living, false},
		"an old span":               {"DELETE FROM span WHERE item = (SELECT max(item) FROM span)", false},
	} {
		t.Run(what, func(t *testing.T) {
			p := damaged(t, tc.sql)
			found, damage := 0, 0
			err := p.s.Verify(t.Context(), func(f backend.Finding) {
				found++
				damage += int(one(f.Damage))
			})
			if err != nil {
				t.Fatal(err)
			}
			if found == 0 || (damage > 0) != tc.damage {
				t.Errorf("%d findings, %d of damage", found, damage)
			}
		})
	}
}

// A database that lost its last version beside a journal that has it is not opened as if nothing were.
func TestLostVersionIsNoticed(t *testing.T) {
	p := &pair{T: t, dir: t.TempDir()}
	p.mustOpen()
	p.work(11, 60)
	p.close()
	script(t, p.dir, "DROP TRIGGER version_is_not_deleted; DELETE FROM version WHERE id = (SELECT max(id) FROM version)")
	if err := p.open(); err == nil {
		t.Error("it was opened")
		p.close()
	}
}

// A page that was changed below SQLite: the reader says so, and never that there is nothing.
func TestDamagedBodyIsAnError(t *testing.T) {
	p := damaged(t, "UPDATE body SET bytes = CAST(replace(bytes, 'SUMMARY', 'summary') AS BLOB)")
	bad := 0
	err := p.s.View(t.Context(), func(r backend.Reader) error {
		for id := int64(1); id < 200; id++ {
			switch _, err := r.Body(id); {
			case errors.Is(err, backend.ErrDamaged):
				bad++
			case err != nil && !errors.Is(err, backend.ErrNotFound):
				return err
			}
		}
		return nil
	})
	if err != nil || bad == 0 {
		t.Errorf("%d damaged bodies, %v", bad, err)
	}
}

// Bits flipped in the file of a closed store: Verify finds each that SQLite or a hash can see, and nothing panics.
func TestFlippedBitsAreFoundOrHarmless(t *testing.T) {
	p := &pair{T: t, dir: t.TempDir()}
	p.mustOpen()
	p.work(13, 60)
	p.close()
	data := p.keepDatabase()
	want := p.dump()
	found := 0
	const flips = 40
	for i := range flips {
		bad := append([]byte{}, data...)
		bad[100+i*(len(data)-100)/flips] ^= 1 << (i % 8)
		p.putBackDatabase(bad)
		if p.open() != nil {
			found++
			continue
		}
		seen := 0
		err := p.s.Verify(context.Background(), func(backend.Finding) { seen++ })
		p.close()
		if err != nil || seen > 0 {
			found++
			continue
		}
		if fmt.Sprint(p.dump()) != fmt.Sprint(want) {
			t.Errorf("flip %d was not found", i)
		}
	}
	if found < flips/10 {
		t.Errorf("only %d of %d flips were found", found, flips)
	}
	t.Logf("%d of %d flips found, the others hit nothing that is read", found, flips)
}

func TestSnapshotIsAStore(t *testing.T) {
	p := &pair{T: t, dir: t.TempDir()}
	p.mustOpen()
	p.work(11, 60)
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.Mkdir(copied, 0o700); err != nil {
		t.Fatal(err)
	}
	head, err := p.s.Snapshot(t.Context(), databasePath(copied))
	if err != nil {
		t.Fatal(err)
	}
	p.work(12, 10)
	mustVerify(t, p.s)
	p.close()
	s := mustOpen(t, Options{Dir: copied})
	mustVerify(t, s)
	err = s.View(t.Context(), func(r backend.Reader) error {
		info, err := r.Info()
		if info.Head != head {
			t.Errorf("head of the copy %+v, said was %+v", info.Head, head)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Facts of an older Describe are made anew in the background. Until then no query misses the item.
func TestOldFactsAreReadAgain(t *testing.T) {
	p := &pair{T: t, dir: t.TempDir()}
	p.mustOpen()
	p.work(11, 60)
	p.close()
	want := p.dump()
	script(t, p.dir, `UPDATE item SET facts_version = 0, uid = 'old', component = 'OLD', v4 = 0; UPDATE collection SET v4 = 0;
		DELETE FROM span; UPDATE item_text SET text = 'old'`)
	p.mustOpen()
	waitFor(t, "facts", func() bool { return stale(p.s) == 0 })
	mustVerify(t, p.s)
	p.close()
	for table, rows := range p.dump() {
		if rows != want[table] {
			t.Errorf("%s differs", table)
		}
	}
	// A body that is refused today is still found.
	body := "no calendar at all"
	p.idle = true
	p.mustOpen()
	defer p.close()
	col, err := childCollection(p.s)
	if err != nil {
		t.Fatal(err)
	}
	err = p.s.Update(t.Context(), backend.Server, func(w backend.Writer) error {
		_, _, err := w.PutItem(col.ID, "odd.ics", []byte(body), backend.Facts{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	n, err := p.s.describeSome(t.Context())
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if n, err := p.s.describeSome(t.Context()); n != 0 || err != nil {
		t.Errorf("it is read again for ever: %d, %v", n, err)
	}
	from := int64(1 << 40)
	err = p.s.View(t.Context(), func(r backend.Reader) error {
		seen := ""
		for it, err := range r.Items(col.ID, backend.Query{From: &from, Texts: []string{"x"}, Components: []string{"VTODO"}}) {
			if err != nil {
				return err
			}
			seen += it.Name
		}
		if !strings.Contains(seen, "odd.ics") {
			t.Errorf("a query missed what nobody can describe: %q", seen)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// stale counts the items whose facts are to be read again.
func stale(s *Store) (n int64) {
	err := s.View(context.Background(), func(r backend.Reader) error {
		_, err := r.(*reader).look("SELECT count(*) FROM item WHERE facts_version BETWEEN 0 AND ?",
			func(st *db.Stmt) { n = st.Int(0) }, backend.FactsVersion-1)
		return err
	})
	if err != nil {
		return -1
	}
	return n
}
