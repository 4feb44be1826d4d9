package auth

import (
	"errors"
	"testing"
	"time"

	"daycairn/backend"
)

func TestFlush(t *testing.T) {
	w := mustWorld(t)
	lastUsed := func() time.Time {
		t.Helper()
		a, err := w.account(t.Context(), "alice")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range a.creds {
			if c.ID == w.app.ID {
				return c.LastUsed
			}
		}
		return time.Time{}
	}
	for range 2 {
		w.at = w.at.Add(time.Minute)
		if _, err := w.ask(home, "alice", w.appShown); err != nil {
			t.Fatal(err)
		}
	}
	w.mustHold(t)
	if err := w.Flush(t.Context()); !errors.Is(err, backend.ErrHold) {
		t.Errorf("got %v, want ErrHold", err)
	}
	if err := w.s.Release(); err != nil {
		t.Fatal(err)
	}
	if got := lastUsed(); !got.IsZero() || !w.LastUsed(w.app.ID).Equal(w.at) {
		t.Errorf("after a Flush that failed: stored %v, kept %v", got, w.LastUsed(w.app.ID))
	}
	for range 2 {
		if err := w.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := lastUsed(); !got.Equal(w.at) || !w.LastUsed(w.app.ID).IsZero() {
		t.Errorf("after Flush: stored %v, kept %v", got, w.LastUsed(w.app.ID))
	}
}

func TestLastUsesGivenBack(t *testing.T) {
	var l lastUses
	l.note(1, noon)
	at := l.take()
	l.note(1, noon.Add(time.Second))
	l.giveBack(at)
	at[2] = noon
	l.giveBack(at)
	if got := l.take(); !got[1].Equal(noon.Add(time.Second)) || !got[2].Equal(noon) {
		t.Errorf("got %v", got)
	}
}
