package sqlite

import (
	"context"
	"path/filepath"
	"testing"

	"daycairn/backend"
	"daycairn/backend/backendtest"
	"daycairn/backend/journal"
)

// mustOpen opens a store, made if need be, and closes it with the test.
func mustOpen(t testing.TB, o Options) *Store {
	t.Helper()
	o.Create = true
	if o.MinFree == 0 {
		o.MinFree = -1
	}
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func mustJournal(t testing.TB, dir string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(filepath.Join(dir, "journal"), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return j
}

func TestStore(t *testing.T) {
	backendtest.Run(t, func(t *testing.T) backend.Store {
		return mustOpen(t, Options{Dir: t.TempDir()})
	})
}

func TestStoreWithJournal(t *testing.T) {
	backendtest.Run(t, func(t *testing.T) backend.Store {
		dir := t.TempDir()
		return mustOpen(t, Options{Dir: dir, Journal: mustJournal(t, dir)})
	})
}
