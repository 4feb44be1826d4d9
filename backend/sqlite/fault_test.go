package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	lib "modernc.org/sqlite/lib"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// A scene is a store with a calendar, in which requests can be made to share one batch.
type scene struct {
	*testing.T
	s    *Store
	o    Options
	col  backend.Collection
	acks map[string]string // name → body that was acknowledged
}

func newScene(t *testing.T, o Options) *scene {
	t.Helper()
	setFault(nil)
	o.Dir = t.TempDir()
	o.Journal = mustJournal(t, o.Dir)
	sc := &scene{T: t, s: mustOpen(t, o), o: o, acks: map[string]string{}}
	col, err := childCollection(sc.s)
	if err != nil {
		t.Fatal(err)
	}
	sc.col = col
	return sc
}

func (sc *scene) put(name, body string) func(*writer) error {
	return func(w *writer) error {
		_, _, err := w.PutItem(sc.col.ID, name, []byte(body), backend.Facts{Version: backend.FactsVersion, UID: name})
		return err
	}
}

// A member is one request of a batch. Its error is what it got.
type member struct {
	name, body string
	ctx        context.Context
	fn         func(*writer) error // after the put; nil: nothing
	err        error
}

// batch runs members as neighbours in one batch, each putting its item.
func (sc *scene) batch(members ...*member) {
	sc.Helper()
	release := make(chan bool)
	begun := make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		err := sc.s.update(sc.Context(), backend.Server, func(*writer) error { close(begun); <-release; return nil })
		if err != nil {
			sc.Errorf("the one that holds the line: %v", err)
		}
	})
	<-begun
	for i, m := range members {
		if m.ctx == nil {
			m.ctx = context.Background()
		}
		wg.Go(func() {
			m.err = sc.s.update(m.ctx, backend.Server, func(w *writer) error {
				if err := sc.put(m.name, m.body)(w); err != nil {
					return err
				}
				if m.fn != nil {
					return m.fn(w)
				}
				return nil
			})
		})
		for len(sc.s.queue) <= i {
			time.Sleep(time.Millisecond)
		}
	}
	close(release)
	wg.Wait()
	for _, m := range members {
		if m.err == nil {
			sc.acks[m.name] = m.body
		}
	}
}

// reopen closes the store and opens it again.
func (sc *scene) reopen() {
	sc.Helper()
	if err := sc.s.Close(); err != nil {
		sc.Logf("close: %v", err)
	}
	sc.s = mustOpen(sc.T, sc.o)
}

// check compares the store with what was acknowledged, and verifies it. Names in unknown may be there or not.
func (sc *scene) check(unknown ...string) {
	sc.Helper()
	err := sc.s.View(context.Background(), func(r backend.Reader) error {
		have := map[string]string{}
		for it, err := range r.Items(sc.col.ID, backend.Query{}) {
			if err != nil {
				return err
			}
			body, err := r.Body(it.Body)
			if err != nil {
				return err
			}
			have[it.Name] = string(body)
		}
		for name, body := range sc.acks {
			if have[name] != body {
				sc.Errorf("%s was acknowledged with %.20q, the store has %.20q", name, body, have[name])
			}
		}
		for name := range have {
			if _, ok := sc.acks[name]; !ok && !strings.Contains(strings.Join(unknown, " "), name) {
				sc.Errorf("%s is there and was not acknowledged", name)
			}
		}
		return nil
	})
	if err != nil {
		sc.Error(err)
	}
	err = sc.s.Verify(context.Background(), func(f backend.Finding) {
		if f.Damage {
			sc.Errorf("verify: %s: %s", f.Where, f.What)
		}
	})
	if err != nil {
		sc.Error(err)
	}
}

// neighbours is a batch of five whose middle one fails by fn.
func (sc *scene) neighbours(middle *member) []*member {
	sc.Helper()
	list := []*member{
		{name: "a", body: "1"}, {name: "b", body: "2"}, middle, {name: "d", body: "4"}, {name: "e", body: "5"},
	}
	sc.batch(list...)
	for i, m := range list {
		if i != 2 && m.err != nil {
			sc.Errorf("neighbour %s: %v", m.name, m.err)
		}
	}
	return list
}

func TestNeighbourBreaksConstraint(t *testing.T) {
	sc := newScene(t, Options{})
	m := &member{name: "c", body: "3", fn: func(w *writer) error {
		return w.failed(w.c.Exec("INSERT INTO store (id, uuid, mac_key, created) VALUES (2, '', x'', 0)"))
	}}
	sc.neighbours(m)
	if !db.Is(m.err, db.Constraint) {
		t.Errorf("got %v", m.err)
	}
	sc.check()
	sc.reopen()
	sc.check()
}

func TestNeighbourOverlooksFailure(t *testing.T) {
	sc := newScene(t, Options{})
	m := &member{name: "c", body: "3", fn: func(w *writer) error {
		if err := w.failed(w.c.Exec("INSERT INTO store (id, uuid, mac_key, created) VALUES (2, '', x'', 0)")); err == nil {
			t.Error("no error")
		}
		return nil
	}}
	sc.neighbours(m)
	if m.err == nil {
		t.Error("a request whose statement failed was acknowledged")
	}
	sc.check()
}

// SQLite takes back the whole transaction on some errors: what neighbours wrote is gone and must be written again.
func TestNeighbourEndsTransaction(t *testing.T) {
	sc := newScene(t, Options{})
	m := &member{name: "c", body: "3", fn: func(w *writer) error {
		return w.failed(w.c.Exec("INSERT OR ROLLBACK INTO store (id, uuid, mac_key, created) VALUES (2, '', x'', 0)"))
	}}
	sc.neighbours(m)
	if m.err == nil {
		t.Error("acknowledged")
	}
	sc.check()
	sc.reopen()
	sc.check()
}

func TestNeighbourPanics(t *testing.T) {
	sc := newScene(t, Options{})
	m := &member{name: "c", body: "3", fn: func(*writer) error { panic("oops") }}
	sc.neighbours(m)
	var p *PanicError
	if !errors.As(m.err, &p) || !strings.Contains(string(p.Stack), "fault_test.go") {
		t.Errorf("got %v", m.err)
	}
	sc.check()
	sc.reopen()
	sc.check()
}

func TestNeighbourIsCancelled(t *testing.T) {
	sc := newScene(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	inside := &member{name: "c", body: "3", ctx: ctx, fn: func(*writer) error { cancel(); return nil }}
	sc.neighbours(inside)
	if inside.err != nil {
		t.Errorf("cancelled after it had begun: %v", inside.err)
	}
	sc.check()
}

func TestNeighbourFillsDatabase(t *testing.T) {
	sc := newScene(t, Options{})
	e := sc.s.engine.Load()
	pages, err := e.writer.Int("PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.writer.Script(fmt.Sprintf("PRAGMA max_page_count = %d", pages+60)); err != nil {
		t.Fatal(err)
	}
	m := &member{name: "c", body: strings.Repeat("x", 1<<20)}
	sc.neighbours(m)
	if !errors.Is(m.err, backend.ErrFull) {
		t.Errorf("got %v", m.err)
	}
	sc.check()
	sc.reopen()
	sc.check()
}

// A disk that is full at the commit: all of the batch run again, alone.
func TestCommitFindsDiskFull(t *testing.T) {
	sc := newScene(t, Options{vfs: faultyVFS, MinFree: -1})
	t.Cleanup(func() { setFault(nil) })
	room := 200 // WAL writes that fit
	setFault(func(op string, wal bool) int32 {
		if op != opWrite || !wal {
			return lib.SQLITE_OK
		}
		if room--; room < 0 {
			return lib.SQLITE_FULL
		}
		return lib.SQLITE_OK
	})
	large := &member{name: "c", body: strings.Repeat("x", 4<<20)}
	list := []*member{{name: "a", body: "1"}, {name: "b", body: "2"}, large, {name: "d", body: "4"}}
	sc.batch(list...)
	if !errors.Is(large.err, backend.ErrFull) {
		t.Errorf("large: %v", large.err)
	}
	sc.check()
	setFault(nil)
	sc.neighbours(&member{name: "c", body: "3"})
	sc.check()
	sc.reopen()
	sc.check()
}

// An I/O error: nobody of the batch is acknowledged, the store restarts by itself, and everything acknowledged is
// there. The next one soon after puts it on hold.
func TestWriterMeetsIOError(t *testing.T) {
	for _, op := range []string{opWrite, opSync} {
		t.Run(op, func(t *testing.T) {
			sc := newScene(t, Options{vfs: faultyVFS})
			t.Cleanup(func() { setFault(nil) })
			sc.neighbours(&member{name: "c", body: "3"})
			fail := func() {
				once := false
				setFault(func(got string, wal bool) int32 {
					if got == op && wal && !once {
						once = true
						return lib.SQLITE_IOERR_WRITE
					}
					return lib.SQLITE_OK
				})
			}
			fail()
			lost := []*member{{name: "x", body: "1"}, {name: "y", body: "2"}}
			sc.batch(lost...)
			for _, m := range lost {
				if !errors.Is(m.err, backend.ErrHold) {
					t.Errorf("%s: got %v", m.name, m.err)
				}
			}
			sc.waitOpen()
			sc.check("x", "y")
			sc.acks = map[string]string{}
			sc.neighbours(&member{name: "c", body: "again"})
			sc.check("x", "y")
			fail()
			sc.batch(&member{name: "z", body: "1"})
			if h := sc.s.Health(); !h.Held {
				t.Error("not on hold after the second failure")
			}
			setFault(nil)
			sc.reopen()
			if h := sc.s.Health(); !h.Held {
				t.Error("a restart ended the hold")
			}
			if err := sc.s.Release(); err != nil {
				t.Fatal(err)
			}
			sc.check("x", "y", "z")
		})
	}
}

// waitOpen waits until a restart is over.
func (sc *scene) waitOpen() {
	sc.Helper()
	for range 500 {
		if !sc.s.Health().Held {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	sc.Fatalf("still on hold: %v", sc.s.Health().Reasons)
}

// Each call that changes a file fails once, in each way: no acknowledged write is lost, and the store opens again.
func TestEachCallFails(t *testing.T) {
	kinds := map[string]int32{"full": lib.SQLITE_FULL, "write": lib.SQLITE_IOERR_WRITE, "sync": lib.SQLITE_IOERR_FSYNC}
	step := 3
	if testing.Short() {
		step = 17
	}
	for kind, code := range kinds {
		t.Run(kind, func(t *testing.T) {
			n := 1
			for eachCallFails(t, n, code) {
				n += step
			}
			if n < 40 {
				t.Errorf("only %d calls were seen to change files", n)
			}
		})
	}
}

// eachCallFails lets the n-th call fail and tells whether there was one.
func eachCallFails(t *testing.T, n int, code int32) bool {
	t.Helper()
	sc := newScene(t, Options{vfs: faultyVFS})
	defer setFault(nil)
	calls := 0
	setFault(func(string, bool) int32 {
		if calls++; calls == n {
			return code
		}
		return lib.SQLITE_OK
	})
	var unknown []string
	for i := range 4 {
		name := fmt.Sprint("item", i)
		err := sc.s.update(t.Context(), backend.Server, sc.put(name, name))
		if err == nil {
			sc.acks[name] = name
		} else {
			unknown = append(unknown, name)
			sc.waitOpen()
		}
		sc.s.checkpoint()
	}
	hit := calls >= n
	setFault(nil)
	sc.check(unknown...)
	sc.reopen()
	sc.check(unknown...)
	if err := sc.s.Close(); err != nil {
		t.Error(err)
	}
	if t.Failed() {
		t.Fatalf("when call %d failed with %d", n, code)
	}
	return hit
}
