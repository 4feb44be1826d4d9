package main

import (
	"strings"
	"testing"
)

func TestUser(t *testing.T) {
	both(t, func(t *testing.T, pl *place) {
		pl.steps(t, []step{
			{stdin: "sesame\n", args: "user add alice --admin --password-stdin", out: "^Added alice, with a calendar.*\n(Devices .*\n)?.*device add alice"},
			{stdin: "sesame\n", args: "user add ALICE --password-stdin", code: exitFailed, err: "exists already.*\nhint: a name"},
			{stdin: "sesame", args: "user add bob --password-stdin --display-name Bob --json", out: `"display_name": "Bob"`},
			{args: "user add carol", code: exitUsage, err: "no terminal"},
			{stdin: "\n", args: "user add carol --password-stdin", code: exitUsage, err: "password must be"},
			{stdin: "x\n", args: "user add \x01 --password-stdin", code: exitUsage, err: "not a name"},
			{args: "user list", out: "alice .* yes .*\nbob +Bob"},
			{args: "user show alice", out: `(?s)^alice \(alice\), active, admin.*calendar +calendar +Calendar +0\n.*tasks +tasks +Tasks.*contacts +contacts +Contacts`},
			{args: "user show nobody", code: exitNotFound, err: "user nobody: not found\nhint: daycairn user list"},
			{args: "user disable alice", out: "disabled"},
			{args: "user show alice", out: "disabled, admin"},
			{args: "user enable alice", out: "active"},
			{stdin: "open\n", args: "user passwd alice --password-stdin", out: "Changed"},
			{stdin: "\x00\n", args: "user passwd alice --password-stdin", code: exitUsage, err: "password must be"},
			{stdin: "open\n", args: "user passwd nobody --password-stdin", code: exitNotFound},
			{args: "user delete bob", out: "in the trash"},
			{args: "user delete bob", code: exitNotFound},
			{stdin: "x\n", args: "user add bob --password-stdin", code: exitFailed, err: "exists already"},
		})
		users := mustJSON[[]userJSON](t, pl.must(t, "", "user", "list", "--json"))
		if len(users) != 1 || users[0].Name != "alice" || !users[0].Admin || users[0].Created == nil {
			t.Errorf("got %+v", users)
		}
	})
}

// What a change says about passwords holds for the next request.
func TestUserChangesHoldAtOnce(t *testing.T) {
	pl := newPlace(t)
	s := pl.serve(t)
	pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	pl.must(t, "sesame\n", "user", "add", "bob", "--password-stdin")
	login := func(want int, password string) {
		t.Helper()
		if got := s.status(t, "PROPFIND", "/dav/", "alice", password); got != want {
			t.Errorf("%s: got %d, want %d", password, got, want)
		}
	}
	login(207, "sesame")
	pl.must(t, "open\n", "user", "passwd", "alice", "--password-stdin")
	login(401, "sesame")
	login(207, "open")
	app := strings.TrimSpace(pl.must(t, "", "device", "add", "alice", "phone", "-q"))
	login(207, app)
	pl.must(t, "", "user", "disable", "alice")
	login(401, "open")
	login(401, app)
	pl.must(t, "", "user", "enable", "alice")
	login(207, app)
	pl.must(t, "", "device", "revoke", "alice", "phone")
	login(401, app)
	pl.must(t, "", "user", "delete", "alice")
	login(401, "open")
}
