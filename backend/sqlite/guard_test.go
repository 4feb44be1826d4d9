package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// made creates a store, closes it and gives its directory.
func made(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustWrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// script runs SQL on the database of a closed store.
func script(t *testing.T, dir, sql string) {
	t.Helper()
	c, err := db.Open(databasePath(dir), db.ReadWrite, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Script(sql); err != nil {
		t.Fatal(err)
	}
}

func TestGuardRefuses(t *testing.T) {
	for _, tc := range []struct {
		what  string
		spoil func(t *testing.T, dir string)
		want  error
	}{
		{"missing", func(t *testing.T, dir string) {
			if err := os.Remove(databasePath(dir)); err != nil {
				t.Fatal(err)
			}
		}, ErrMissing},
		{"empty", func(t *testing.T, dir string) { mustWrite(t, databasePath(dir), nil) }, ErrEmpty},
		{"short", func(t *testing.T, dir string) { mustWrite(t, databasePath(dir), []byte("SQLite")) }, ErrForeign},
		{"text", func(t *testing.T, dir string) {
			mustWrite(t, databasePath(dir), []byte(strings.Repeat("BEGIN:VCALENDAR\r\n", 100)))
		}, ErrForeign},
		{"zeros", func(t *testing.T, dir string) { mustWrite(t, databasePath(dir), make([]byte, 8192)) }, ErrForeign},
		{"another program's", func(t *testing.T, dir string) { script(t, dir, "PRAGMA application_id = 7") }, ErrForeign},
		{"of a newer version", func(t *testing.T, dir string) {
			script(t, dir, fmt.Sprintf("PRAGMA user_version = %d", len(migrations)+1))
		}, ErrNewer},
		{"without schema", func(t *testing.T, dir string) { script(t, dir, "PRAGMA user_version = 0") }, ErrForeign},
		{"without identity", func(t *testing.T, dir string) { script(t, dir, "DELETE FROM store") }, ErrForeign},
	} {
		for _, create := range []bool{false, true} {
			dir := made(t)
			tc.spoil(t, dir)
			before, _ := os.ReadFile(databasePath(dir))
			s, err := Open(context.Background(), Options{Dir: dir, Create: create && tc.want != ErrMissing})
			if !errors.Is(err, tc.want) {
				t.Errorf("%s: got %v, want %v", tc.what, err, tc.want)
			}
			if s != nil {
				s.Close()
			}
			if after, _ := os.ReadFile(databasePath(dir)); tc.spoil != nil && len(before) != len(after) {
				t.Errorf("%s: the file was changed", tc.what)
			}
		}
	}
}

// A store whose journal or log is still there was lost: no new one takes its place.
func TestLostStoreIsNotReplaced(t *testing.T) {
	dir := made(t)
	if err := os.Remove(databasePath(dir)); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, databasePath(dir)+"-wal", []byte("rest"))
	if _, err := Open(context.Background(), Options{Dir: dir, Create: true}); !errors.Is(err, ErrMissing) {
		t.Errorf("with a log: got %v", err)
	}
	if err := os.Remove(databasePath(dir) + "-wal"); err != nil {
		t.Fatal(err)
	}
	j := mustJournal(t, dir)
	if err := j.Append(backend.Frame{First: 1, Last: 1, Payload: []byte{frameVersion}}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), Options{Dir: dir, Create: true, Journal: j}); !errors.Is(err, ErrMissing) {
		t.Errorf("with a journal: got %v", err)
	}
	if Exists(dir) {
		t.Error("a database was made")
	}
}

// Nobody but the owner reads what is in it, whatever the directory allows.
func TestFilesAreTheOwners(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	j := mustJournal(t, dir)
	s := mustOpen(t, Options{Dir: dir, Journal: j})
	if _, err := childCollection(s); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Snapshot(t.Context(), filepath.Join(dir, "copy.db")); err != nil {
		t.Fatal(err)
	}
	if err := s.Hold("x"); err != nil {
		t.Fatal(err)
	}
	seen := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		info, err := d.Info()
		if err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil || seen < 6 {
		t.Errorf("%d files, %v", seen, err)
	}
}

// A creation that was cut short leaves no store, and the next one makes a whole one.
func TestCreationStartsOver(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, ".new-"+databaseName), []byte("half"))
	mustOpen(t, Options{Dir: dir})
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), databaseName) {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}

func TestStoreIsOpenOnce(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	if _, err := Open(context.Background(), Options{Dir: dir}); !errors.Is(err, ErrOpen) {
		t.Errorf("got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, Options{Dir: dir})
}

func TestDurabilityIsChecked(t *testing.T) {
	s := mustOpen(t, Options{Dir: t.TempDir()})
	if err := s.View(t.Context(), func(backend.Reader) error { return nil }); err != nil {
		t.Fatal(err)
	}
	e := s.engine.Load()
	reader := <-e.readers
	for reader == nil {
		e.readers <- nil
		reader = <-e.readers
	}
	defer func() { e.readers <- reader }()
	for what, c := range map[string]*db.Conn{"writer": e.writer, "keeper": e.keeper, "reader": reader} {
		for pragma, want := range map[string]int64{
			"synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "cell_size_check": 1, "query_only": one(c == reader),
		} {
			if got, err := c.Int("PRAGMA " + pragma); err != nil || got != want {
				t.Errorf("%s of the %s is %d, want %d (%v)", pragma, what, got, want, err)
			}
		}
		if mode, err := c.Text("PRAGMA journal_mode"); err != nil || mode != "wal" {
			t.Errorf("journal mode of the %s is %q", what, mode)
		}
	}
	if err := reader.Exec("DELETE FROM store"); err == nil {
		t.Error("a reader wrote")
	}
}

func TestBuildIsChecked(t *testing.T) {
	if err := checkBuild(); err != nil {
		t.Errorf("this build: %v", err)
	}
	deps := func(engine, libc string) []*debug.Module {
		return []*debug.Module{{Path: "modernc.org/sqlite", Version: engine}, {Path: "modernc.org/libc", Version: libc}}
	}
	for engine, libc := range builds {
		if err := checkModules(deps(engine, libc)); err != nil {
			t.Errorf("%s with %s: %v", engine, libc, err)
		}
		if err := checkModules(deps(engine, "v1.0.0")); err == nil {
			t.Errorf("%s with another libc was taken", engine)
		}
		replaced := deps(engine, libc)
		replaced[1].Replace = &debug.Module{Path: "modernc.org/libc", Version: "v1.0.0"}
		if err := checkModules(replaced); err == nil {
			t.Errorf("%s with a replaced libc was taken", engine)
		}
	}
	if err := checkModules(deps("v1.0.0", "v1.0.0")); err == nil {
		t.Error("an engine that was never tested was taken")
	}
}

// The pairs are those that the releases themselves ask for.
func TestBuildsAreThoseAskedFor(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for engine, libc := range builds {
		found = found || strings.Contains(string(data), "modernc.org/sqlite "+engine) &&
			strings.Contains(string(data), "modernc.org/libc "+libc)
	}
	if !found {
		t.Errorf("go.mod asks for none of %v", builds)
	}
}

func TestHoldOutlivesRestart(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	if err := s.Hold("the disk is strange"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, Options{Dir: dir})
	err := s.View(t.Context(), func(backend.Reader) error { return nil })
	if !errors.Is(err, backend.ErrHold) || !strings.Contains(err.Error(), "the disk is strange") {
		t.Errorf("got %v", err)
	}
	if err := s.Release(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, Options{Dir: dir})
	if err := s.View(t.Context(), func(backend.Reader) error { return nil }); err != nil {
		t.Errorf("after release: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "{", "{}", `{"reasons":[]}`} {
		mustWrite(t, filepath.Join(dir, holdName), []byte(text))
		s := mustOpen(t, Options{Dir: dir})
		if !s.Health().Held {
			t.Errorf("a hold that reads %q is none", text)
		}
		s.Close()
	}
}
