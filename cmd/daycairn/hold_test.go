package main

import "testing"

func TestHold(t *testing.T) {
	both(t, func(t *testing.T, pl *place) {
		pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
		pl.steps(t, []step{
			{args: "hold status", out: `not on hold\.\n`},
			{args: "hold on moving-the-disk", out: "hold off"},
			{args: "hold status", out: `(?s)on hold\.\n  reason    moving-the-disk\n  way out `},
			{args: "hold status --json", out: `"state": "on hold"`},
			{args: "user list", code: exitFailed, err: "moving-the-disk\nhint: daycairn hold status"},
			{args: "hold off", out: "Released. State: ready"},
			{args: "hold off", out: "not on hold. State: ready"},
			{args: "hold status", out: "not on hold"},
			{args: "user list", out: "alice"},
			{args: "hold", code: exitUsage},
		})
	})
}

// A hold outlives restarts: clients get 503 until a person releases it.
func TestHoldIsServed(t *testing.T) {
	pl := newPlace(t)
	pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	s := pl.serve(t)
	pl.must(t, "", "hold", "on", "test")
	mustRefuseAll(t, s, []string{"/dav/", "/dav/calendars/alice/calendar/x.ics"})
	s.stop()
	s = pl.serve(t)
	mustRefuseAll(t, s, []string{"/dav/"})
	pl.must(t, "", "hold", "off")
	if got := s.status(t, "PROPFIND", "/dav/", "alice", "sesame"); got != 207 {
		t.Errorf("after hold off: got %d, want 207", got)
	}
}
