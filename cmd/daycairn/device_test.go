package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestDevice(t *testing.T) {
	both(t, func(t *testing.T, pl *place) {
		pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
		quiet := pl.must(t, "", "device", "add", "alice", "alice's phone", "-q")
		if !regexp.MustCompile(`^([0-9a-z]{4}-){7}[0-9a-z]{4}\n$`).MatchString(quiet) {
			t.Errorf("-q prints %q", quiet)
		}
		d := mustJSON[deviceJSON](t, pl.must(t, "", "device", "add", "alice", "reader", "--read-only", "--json"))
		if d.Scope != "read" || d.Password == "" || d.ID == 0 || d.LastUsed != nil {
			t.Errorf("got %+v", d)
		}
		pl.steps(t, []step{
			{args: "device add alice tablet", out: `shown this once:\n\n +[0-9a-z]{4}-`},
			{args: "device add alice tablet", out: `device revoke alice \d+`},
			{args: "device add nobody phone", code: exitNotFound},
			{args: "device add alice \x07", code: exitUsage, err: "label"},
			{args: "device add alice " + strings.Repeat("x", maxLabel+1), code: exitUsage, err: "label"},
			{args: "device list", out: `alice +\d+ +alice's phone +full .*- +active`},
			{args: "device list alice", out: `\d+ +reader +read `},
			{args: "device list nobody", code: exitNotFound},
			{args: "device revoke alice tablet", code: exitUsage, err: "2 devices are called tablet.*\nhint: .*id"},
			{args: "device revoke alice reader", out: "shut out"},
			{args: "device revoke alice reader", code: exitNotFound},
			{args: "device revoke alice 0", code: exitNotFound},
			{args: "device list --all", out: `reader .*revoked`},
		})
		list := mustJSON[[]deviceJSON](t, pl.must(t, "", "device", "list", "alice", "--json"))
		if len(list) != 3 || list[0].Password != "" || list[0].User != "alice" {
			t.Errorf("got %+v", list)
		}
	})
}

func TestDeviceLastUsed(t *testing.T) {
	pl := newPlace(t)
	s := pl.serve(t)
	pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	app := strings.TrimSpace(pl.must(t, "", "device", "add", "alice", "phone", "-q", "--read-only"))
	if got := s.status(t, "PROPFIND", "/dav/", "alice", app); got != 207 {
		t.Fatalf("got %d", got)
	}
	if got := s.status(t, "DELETE", "/dav/calendars/alice/calendar/", "alice", app); got != 403 {
		t.Errorf("a read-only device deletes: got %d, want 403", got)
	}
	used := func() bool {
		list := mustJSON[[]deviceJSON](t, pl.must(t, "", "device", "list", "--json"))
		return len(list) == 1 && list[0].LastUsed != nil
	}
	if !used() {
		t.Error("last use not known while the server runs")
	}
	s.stop()
	if !used() {
		t.Error("last use not known after the server stopped")
	}
}
