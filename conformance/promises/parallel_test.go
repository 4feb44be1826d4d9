package promises

import (
	"net/http"
	"path/filepath"
	"testing"
)

// TestParallelHistoryHolds is TestRollbackHolds where others have written to the store that was put back, before anybody
// comes with what it no longer knows: by its numbers the token could be of this store, but it speaks of another history.
// A client that is told what happened since in this one never learns what it has missed.
func TestParallelHistoryHolds(t *testing.T) {
	for _, c := range []struct {
		name  string
		place func(*person) string
	}{
		{"by the token of a calendar", func(p *person) string { return p.Calendar }},
		{"by the token of a book", func(p *person) string { return p.Book }},
		{"by the token of a home", func(p *person) string { return p.CalHome }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mustServe(t)
			p := mustPerson(t, s, "ada", 1)
			mustFill(t, p, "before")
			at := c.place(p)
			old := mustToken(t, p, at)
			s.Stop()
			copied := filepath.Join(t.TempDir(), "copy")
			mustCopy(t, s.Dir, copied)
			mustRun(t, s)
			mustFill(t, p, "after")
			future := mustToken(t, p, at)
			mustReplace(t, s, copied)
			mustRun(t, s)
			for _, name := range []string{"other-1", "other-2", "other-3"} {
				mustFill(t, p, name)
			}
			if a, err := listing(p, at, old); err != nil || a.Status != http.StatusMultiStatus {
				t.Fatalf("a token of before the copy: %v %v", a, err)
			}
			a, err := listing(p, at, future)
			if err != nil || a.Status != http.StatusServiceUnavailable {
				t.Fatalf("a token of another history: %v %v, want 503", a, err)
			}
			checkHeld(t, s, p)
		})
	}
}
