package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"daycairn/backend"
)

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
