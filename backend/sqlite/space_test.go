package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	lib "modernc.org/sqlite/lib"

	"daycairn/backend"
)

// Below the free-space limit nothing grows, and what takes away goes on.
func TestFreeSpaceLimit(t *testing.T) {
	var free atomic.Int64
	free.Store(1 << 40)
	sc := newScene(t, Options{MinFree: 1000, free: func(string) (int64, error) { return free.Load(), nil }})
	sc.batch(&member{name: "a", body: "1"}, &member{name: "b", body: "2"})
	free.Store(999)
	sc.s.space.checked = time.Time{}
	prop := []backend.Property{{Name: backend.PropertyName{Local: "x"}, XML: []byte("<x/>")}}
	for what, fn := range map[string]func(w backend.Writer) error{
		"put":  func(w backend.Writer) error { _, _, err := w.PutItem(sc.col.ID, "c", nil, backend.Facts{}); return err },
		"move": func(w backend.Writer) error { _, err := w.MoveItem(sc.col.ID, "a", sc.col.ID, "c"); return err },
		"prop": func(w backend.Writer) error { return w.SetProperties(backend.Subject{Collection: sc.col.ID}, prop) },
		"collect": func(w backend.Writer) error {
			_, err := w.CreateCollection(backend.NewCollection{Owner: sc.col.Owner, Kind: backend.Calendar, Slug: "x"})
			return err
		},
	} {
		if err := sc.s.Update(t.Context(), backend.Server, fn); !errors.Is(err, backend.ErrFull) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	if !sc.s.Health().Full {
		t.Error("health does not say that the disk is full")
	}
	err := sc.s.Update(t.Context(), backend.Server, func(w backend.Writer) error {
		if err := w.Refuse(backend.Refused{Principal: sc.col.Owner, Body: []byte("x")}); err != nil {
			return err
		}
		return w.DeleteItem(sc.col.ID, "a")
	})
	if err != nil {
		t.Errorf("delete: %v", err)
	}
	delete(sc.acks, "a")
	free.Store(1000)
	time.Sleep(spaceEvery)
	sc.batch(&member{name: "c", body: "3"})
	if sc.acks["c"] == "" || sc.s.Health().Full {
		t.Error("still full")
	}
	sc.check()
}

// With no byte left, the reserve makes room for deletions.
func TestReserveCarriesDeletions(t *testing.T) {
	setFault(nil)
	dir := t.TempDir()
	path := filepath.Join(dir, reserveName)
	var free atomic.Int64
	free.Store(1 << 40)
	s := mustOpen(t, Options{
		Dir: dir, vfs: faultyVFS, MinFree: 1000, free: func(string) (int64, error) { return free.Load(), nil },
	})
	t.Cleanup(func() { setFault(nil) })
	col, err := childCollection(s)
	if err != nil {
		t.Fatal(err)
	}
	sc := &scene{T: t, s: s, col: col, acks: map[string]string{}}
	sc.batch(&member{name: "a", body: "1"}, &member{name: "b", body: "2"})
	waitFor(t, "the reserve", func() bool { return fileSize(path) == reserveSize })
	setFault(func(op string, wal bool) int32 {
		if _, err := os.Stat(path); op == opWrite && err == nil {
			return lib.SQLITE_FULL
		}
		return lib.SQLITE_OK
	})
	free.Store(0)
	del := &member{name: "a", body: "1", fn: func(w *writer) error { return w.DeleteItem(col.ID, "a") }}
	large := &member{name: "c", body: strings.Repeat("x", 1<<20)}
	sc.batch(large, del)
	if !errors.Is(large.err, backend.ErrFull) || del.err != nil {
		t.Errorf("put: %v, delete: %v", large.err, del.err)
	}
	delete(sc.acks, "a")
	sc.check()
	setFault(nil)
	free.Store(1 << 40)
	waitFor(t, "the reserve to be made again", func() bool { return fileSize(path) == reserveSize })
	time.Sleep(spaceEvery)
	sc.batch(&member{name: "c", body: "3"})
	if sc.acks["c"] == "" {
		t.Error("nothing is taken after the disk had room again")
	}
	sc.check()
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 500 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("waited for %s", what)
}
