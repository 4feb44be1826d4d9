package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
}

func (p *pair) open() error {
	var err error
	if p.j, err = journal.Open(filepath.Join(p.dir, "journal"), journal.Options{}); err != nil {
		p.Fatal(err)
	}
	p.s, err = Open(context.Background(), Options{Dir: p.dir, Create: true, Journal: p.j, MinFree: -1})
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

// work does everything that a Writer can, at random, in n Updates.
func (p *pair) work(seed uint64, n int) {
	p.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	for range n {
		by := backend.Actor{Principal: 1, Agent: "agent\n"}
		err := p.s.Update(context.Background(), by, func(w backend.Writer) error {
			for range 1 + r.IntN(3) {
				if err := act(w, r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, backend.ErrExists) && !errors.Is(err, backend.ErrNotFound) {
			p.Fatal(err)
		}
	}
}

func act(w backend.Writer, r *rand.Rand) error {
	var principals []backend.Principal
	for pr, err := range w.Principals() {
		if err != nil {
			return err
		}
		principals = append(principals, pr)
	}
	if len(principals) == 0 || r.IntN(40) == 0 {
		_, err := w.CreatePrincipal(backend.NewPrincipal{Name: fmt.Sprint("user", r.IntN(1000)), Addresses: []string{"mailto:x@y"}})
		return err
	}
	pr := principals[r.IntN(len(principals))]
	kind := []backend.Kind{backend.Calendar, backend.AddressBook}[r.IntN(2)]
	home, err := w.Home(pr.ID, kind)
	if err != nil {
		return err
	}
	prop := backend.Property{Name: backend.PropertyName{Space: "urn:x", Local: fmt.Sprint(r.IntN(3))}, XML: []byte(fmt.Sprint("<x>", r.IntN(3)))}
	if r.IntN(3) == 0 {
		prop.XML = nil
	}
	if len(home) == 0 || r.IntN(30) == 0 {
		_, err := w.CreateCollection(backend.NewCollection{
			Owner: pr.ID, Kind: kind, Slug: fmt.Sprint("slug", r.IntN(5)), Properties: []backend.Property{prop},
		})
		return err
	}
	col := home[r.IntN(len(home))]
	name := fmt.Sprint("item", r.IntN(6))
	switch r.IntN(16) {
	case 0:
		return w.RenameCollection(col.ID, fmt.Sprint("slug", r.IntN(5)))
	case 1:
		return w.SetComponents(col.ID, []string{"VEVENT", "VTODO"}[:r.IntN(3)])
	case 2:
		return w.SetProperties(backend.Subject{Collection: col.ID}, []backend.Property{prop})
	case 3:
		return w.SetProperties(backend.Subject{Principal: pr.ID, Kind: kind}, []backend.Property{prop})
	case 4:
		return w.DeleteItem(col.ID, name)
	case 5:
		_, err := w.MoveItem(col.ID, name, home[r.IntN(len(home))].ID, fmt.Sprint("item", r.IntN(6)))
		return err
	case 6:
		it, err := w.Item(col.ID, name)
		if err != nil {
			return err
		}
		return w.SetProperties(backend.Subject{Object: it.Object}, []backend.Property{prop})
	case 7:
		return actOnPrincipal(w, r, pr)
	case 8:
		return w.Refuse(backend.Refused{Principal: pr.ID, Collection: col.ID, Name: name, Condition: "If-Match", Body: []byte(name)})
	case 9:
		if r.IntN(6) == 0 {
			return w.DeleteCollection(col.ID)
		}
	}
	body := text(kind, r)
	facts, err := backend.Describe(kind, body)
	if err != nil {
		return err
	}
	_, _, err = w.PutItem(col.ID, name, body, facts)
	return err
}

func actOnPrincipal(w backend.Writer, r *rand.Rand, pr backend.Principal) error {
	switch r.IntN(5) {
	case 0:
		pr.DisplayName, pr.Admin = fmt.Sprint(r.IntN(9)), r.IntN(2) == 0
		return w.UpdatePrincipal(pr)
	case 1:
		return w.SetAddresses(pr.ID, []string{"mailto:a@b", "mailto:c@d"}[:r.IntN(3)])
	case 2:
		c := backend.Credential{Principal: pr.ID, Kind: backend.AppPassword, Label: "phone", Key: fmt.Sprint("k", r.Int64()), Secret: "s"}
		_, err := w.AddCredential(c)
		return err
	case 3:
		_, err := w.AddCredential(backend.Credential{Principal: pr.ID, Kind: backend.LoginPassword, Secret: fmt.Sprint(r.IntN(99))})
		return err
	}
	list, err := w.Credentials(pr.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	if r.IntN(8) == 0 {
		return w.DeletePrincipal(pr.ID)
	}
	return w.RevokeCredential(list[r.IntN(len(list))].ID)
}

func text(kind backend.Kind, r *rand.Rand) []byte {
	n := r.IntN(20)
	if kind == backend.AddressBook {
		return fmt.Appendf(nil, "BEGIN:VCARD\r\nVERSION:%d.0\r\nUID:%d\r\nFN:Name %d\r\nEND:VCARD\r\n", 3+n%2, n, n)
	}
	return fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:%d\r\nDTSTAMP:20260101T000000Z\r\n"+
		"DTSTART:202601%02dT100000Z\r\nSUMMARY:Meeting %d\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", n, 1+n, n)
}

// What the journal makes of an empty store is, row by row, what the requests made of it.
func TestJournalMakesTheSameStore(t *testing.T) {
	for seed := range uint64(5) {
		p := &pair{T: t, dir: t.TempDir()}
		p.mustOpen()
		p.close()
		empty := p.keepDatabase()
		p.mustOpen()
		p.work(seed, 150)
		mustVerify(t, p.s)
		p.close()
		want := p.dump()
		p.putBackDatabase(empty)
		p.mustOpen()
		mustVerify(t, p.s)
		p.close()
		if diff := cmp.Diff(want, p.dump()); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

// What the database makes of an empty journal makes the same store again.
func TestDatabaseMakesTheSameJournal(t *testing.T) {
	for seed := range uint64(3) {
		p := &pair{T: t, dir: t.TempDir()}
		p.mustOpen()
		p.close()
		empty, none := p.keepDatabase(), p.keep("journal")
		p.mustOpen()
		p.work(100+seed, 150)
		p.close()
		want := p.dump()
		p.putBack(none, "journal")
		p.mustOpen()
		mustVerify(t, p.s)
		p.close()
		p.putBackDatabase(empty)
		p.mustOpen()
		mustVerify(t, p.s)
		p.close()
		if diff := cmp.Diff(want, p.dump()); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

func mustVerify(t testing.TB, s *Store) {
	t.Helper()
	err := s.Verify(context.Background(), func(f backend.Finding) { t.Errorf("verify: %s: %s", f.Where, f.What) })
	if err != nil {
		t.Fatal(err)
	}
}

// Each earlier state of either file is brought up to the other.
func TestLaggingFilesCatchUp(t *testing.T) {
	p := &pair{T: t, dir: t.TempDir()}
	p.mustOpen()
	p.work(7, 20)
	p.close()
	database, frames := p.keepDatabase(), p.keep("journal")
	p.mustOpen()
	p.work(8, 20)
	newest := p.j.Head()
	p.close()
	want := p.dump()
	for _, putBack := range []func(){
		func() { p.putBackDatabase(database) },
		func() { p.putBack(frames, "journal") },
	} {
		putBack()
		p.mustOpen()
		mustVerify(t, p.s)
		head := p.j.Head()
		p.close()
		if diff := cmp.Diff(want, p.dump()); diff != "" {
			t.Error(diff)
		}
		if head != newest {
			t.Errorf("the journal ends at %d of %d", head, newest)
		}
	}
}

// Histories that parted are not mixed.
func TestPartedHistoriesAreRefused(t *testing.T) {
	p := &pair{T: t, dir: t.TempDir()}
	p.mustOpen()
	p.work(7, 10)
	p.close()
	database, frames := p.keepDatabase(), p.keep("journal")
	p.mustOpen()
	p.work(8, 10)
	p.close()
	newDatabase, newFrames := p.keepDatabase(), p.keep("journal")
	other := func(n int) {
		p.putBackDatabase(database)
		p.putBack(frames, "journal")
		p.mustOpen()
		p.work(9, n)
		p.close()
	}
	for _, n := range []int{1, 10, 30} {
		other(n)
		p.putBack(newFrames, "journal")
		if err := p.open(); !errors.Is(err, ErrDiverged) {
			t.Errorf("another journal: %v", err)
		}
		other(n)
		p.putBackDatabase(newDatabase)
		if err := p.open(); !errors.Is(err, ErrDiverged) {
			t.Errorf("another database: %v", err)
		}
	}
}

// A journal that goes on above the head of the database leaves a gap.
func TestGapIsRefused(t *testing.T) {
	p := &pair{T: t, dir: t.TempDir()}
	p.mustOpen()
	p.work(7, 10)
	head := p.j.Head()
	if err := p.j.Append(backend.Frame{First: head + 2, Last: head + 2, Payload: []byte{frameVersion}}); err != nil {
		t.Fatal(err)
	}
	p.close()
	if err := p.open(); !errors.Is(err, ErrDiverged) {
		t.Errorf("got %v", err)
	}
}

// An aborted commit is not rolled forward, a frame without abort is.
func TestAbortedFrameStaysOut(t *testing.T) {
	for _, aborted := range []bool{false, true} {
		p := &pair{T: t, dir: t.TempDir()}
		p.mustOpen()
		p.work(7, 10)
		p.close()
		database := p.keepDatabase()
		p.mustOpen()
		p.work(8, 1)
		head := p.j.Head()
		var last backend.Frame
		for f, err := range p.j.Frames(0) {
			if err != nil {
				t.Fatal(err)
			}
			last = f
		}
		if aborted {
			if err := p.j.Abort(last.First); err != nil {
				t.Fatal(err)
			}
			head = last.First - 1
		}
		p.close()
		p.putBackDatabase(database)
		p.mustOpen()
		mustVerify(t, p.s)
		err := p.s.View(t.Context(), func(r backend.Reader) error {
			info, err := r.Info()
			if info.Head.Version != head {
				t.Errorf("aborted %v: head is %d, want %d", aborted, info.Head.Version, head)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		p.work(9, 10)
		mustVerify(t, p.s)
		p.close()
	}
}

// A journal that lost frames to damage is healed by a database that has them, and by no other.
func TestDamagedJournalIsHealed(t *testing.T) {
	p := &pair{T: t, dir: t.TempDir()}
	p.mustOpen()
	p.work(7, 10)
	p.close()
	database := p.keepDatabase()
	p.mustOpen()
	p.work(8, 10)
	p.close()
	path := filepath.Join(p.dir, "journal", "0001.log")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/3] ^= 1
	frames := t.TempDir()
	if err := os.WriteFile(filepath.Join(frames, "0001.log"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	p.putBack(frames, "journal")
	whole := p.keepDatabase()
	p.mustOpen()
	if p.j.Damage() == nil {
		t.Error("no damage was found")
	}
	mustVerify(t, p.s)
	p.close()
	p.putBack(frames, "journal")
	p.putBackDatabase(database)
	for range 2 {
		p.mustOpen()
		if h := p.s.Health(); !h.Held || !strings.Contains(fmt.Sprint(h.Reasons), "damaged part of the journal") {
			t.Errorf("neither file has everything: %+v", h)
		}
		p.close()
	}
	p.putBackDatabase(whole)
}

// FuzzFrame reads whatever a frame may hold. What can be read is written the same way again.
func FuzzFrame(f *testing.F) {
	r := record{Payload: []byte(`{"uuid":"x"}`), Salt: []byte("salt"), Bytes: []byte("body")}
	r.ID, r.Event, r.Name = 7, backend.EventPut, "a.ics"
	f.Add(appendRecord([]byte{frameVersion}, &r))
	r.Bytes = nil
	f.Add(appendRecord(appendRecord([]byte{frameVersion}, &r), &r))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := decodeFrame(data)
		if err != nil {
			return
		}
		again := []byte{frameVersion}
		for _, r := range list {
			if r.complete() != nil && r.Event == "" {
				t.Error("an unknown event lacks something")
			}
			again = appendRecord(again, r)
		}
		second, err := decodeFrame(again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(list, second); diff != "" {
			t.Error(diff)
		}
	})
}
