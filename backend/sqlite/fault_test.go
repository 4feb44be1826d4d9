package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	lib "modernc.org/sqlite/lib"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

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
