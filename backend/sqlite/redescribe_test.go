package sqlite

import (
	"context"
	"strings"
	"testing"
	"time"

	"daycairn/backend"
)

// Facts of an older Describe are found anew a few bytes at a time, and while they are nobody waits to write.
func TestDescribedAgainBesideWriters(t *testing.T) {
	var sc *scene
	calls := 0
	describe := func(backend.Kind, []byte) (backend.Facts, error) {
		calls++
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := sc.s.Update(ctx, backend.Server, func(w backend.Writer) error {
			return w.SetAddresses(sc.col.Owner, []string{"mailto:a@example.org"})
		})
		return backend.Facts{Version: backend.FactsVersion, UID: "described"}, err
	}
	sc = newScene(t, Options{Describe: describe, idle: true})
	for _, name := range []string{"a", "b", "c"} {
		err := sc.s.Update(t.Context(), backend.Server, func(w backend.Writer) error {
			_, _, err := w.PutItem(sc.col.ID, name, []byte(name+strings.Repeat("x", describeBytes*3/4)), backend.Facts{})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []int{1, 1, 1, 0} {
		n, err := sc.s.describeSome(t.Context())
		if n != want || err != nil {
			t.Errorf("batch %d: %d bodies, want %d: %v", i, n, want, err)
		}
	}
	if calls != 3 {
		t.Errorf("described %d times", calls)
	}
	err := sc.s.View(t.Context(), func(r backend.Reader) error {
		for it, err := range r.Items(sc.col.ID, backend.Query{}) {
			if err != nil {
				return err
			}
			if it.UID != "described" {
				t.Errorf("%s has uid %q", it.Name, it.UID)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
