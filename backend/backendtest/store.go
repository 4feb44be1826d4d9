package backendtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"daycairn/backend"
)

var storePromises = []promise{
	{"a store has an identity", identity},
	{"a held store answers nothing", held},
	{"a snapshot is complete and new", snapshot},
	{"a closed store says so", closed},
}

func identity(f *fixture) {
	f.view(func(r backend.Reader) error {
		info, err := r.Info()
		if err != nil {
			return err
		}
		if info.ID == "" || len(info.MACKey) < 16 || len(info.Epochs) != 1 || info.Created.IsZero() {
			f.Errorf("info %+v", info)
		}
		want(f, "first epoch", [2]any{info.Epochs[0].Parent, info.Epochs[0].Fork}, [2]any{"", int64(0)})
		return nil
	})
	h := f.store.Health()
	if h.Held || h.Full || h.Database == 0 {
		f.Errorf("health %+v", h)
	}
}

func held(f *fixture) {
	f.put(f.work, "a.ics", "body")
	for _, reason := range []string{"the disk is strange", "so is the moon"} {
		if err := f.store.Hold(reason); err != nil {
			f.Fatal(err)
		}
	}
	err := f.store.View(f.ctx, func(backend.Reader) error { f.Error("a held store was read"); return nil })
	if !errors.Is(err, backend.ErrHold) {
		f.Errorf("view: %v", err)
	}
	f.refused(backend.ErrHold, func(backend.Writer) error { f.Error("a held store was written"); return nil })
	if _, err := f.store.Snapshot(f.ctx, filepath.Join(f.TempDir(), "copy")); !errors.Is(err, backend.ErrHold) {
		f.Errorf("snapshot: %v", err)
	}
	want(f, "reasons", f.store.Health().Reasons, []string{"the disk is strange", "so is the moon"})
	want(f, "held", f.store.Health().Held, true)
	if err := f.store.Release(); err != nil {
		f.Fatal(err)
	}
	want(f, "after release", f.body(f.item(f.work, "a.ics")), "body")
	f.put(f.work, "a.ics", "changed")
}

func snapshot(f *fixture) {
	f.put(f.work, "a.ics", "body")
	dir := f.TempDir()
	path := filepath.Join(dir, "copy.db")
	head, err := f.store.Snapshot(f.ctx, path)
	if err != nil {
		f.Fatal(err)
	}
	f.view(func(r backend.Reader) error {
		info, err := r.Info()
		want(f, "head", head, info.Head)
		return err
	})
	before, err := os.ReadFile(path)
	if err != nil || len(before) == 0 {
		f.Fatalf("snapshot of %d bytes: %v", len(before), err)
	}
	f.put(f.work, "a.ics", "changed")
	if _, err := f.store.Snapshot(f.ctx, path); err == nil {
		f.Error("a snapshot went over a file that was there")
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		f.Errorf("the file was changed: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		f.Errorf("left behind: %v, %v", entries, err)
	}
}

func closed(f *fixture) {
	for range 2 {
		if err := f.store.Close(); err != nil {
			f.Fatal(err)
		}
	}
	err := f.store.View(f.ctx, func(backend.Reader) error { f.Error("a closed store was read"); return nil })
	if !errors.Is(err, backend.ErrClosed) {
		f.Errorf("view: %v", err)
	}
	f.refused(backend.ErrClosed, func(backend.Writer) error { f.Error("a closed store was written"); return nil })
	if err := f.store.Verify(context.Background(), func(backend.Finding) {}); !errors.Is(err, backend.ErrClosed) {
		f.Errorf("verify: %v", err)
	}
}
