package main

import "testing"

func TestCollection(t *testing.T) {
	both(t, func(t *testing.T, pl *place) {
		pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
		pl.must(t, "", "collection", "create", "alice", "work", "--name", "Work & <Play>")
		pl.steps(t, []step{
			{args: "collection create alice todo --kind tasks --json", out: `(?s)"kind": "tasks",.*"path": "/dav/calendars/alice/todo/",.*"VTODO"`},
			{args: "collection create alice work", code: exitFailed, err: "create work: .*exists"},
			{args: "collection create alice work --kind contacts", out: "/dav/addressbooks/alice/work/"},
			{args: "collection create alice x --kind pictures", code: exitUsage, err: "calendar, tasks"},
			{args: "collection create alice inbox", code: exitUsage, err: "reserved"},
			{args: "collection create alice a/b", code: exitUsage, err: `for example "a-b"`},
			{args: "collection create nobody x", code: exitNotFound},
			{args: "collection list", out: `alice +work +calendar +Work & <Play> +0`},
			{args: "collection list alice", out: `alice +work +contacts +work +0`},
			{args: "collection list nobody", code: exitNotFound},
			{args: "collection rename alice work", code: exitUsage, err: "neither"},
			{args: "collection rename alice work w", code: exitUsage, err: "--kind"},
			{args: "collection rename alice work --name Job --kind calendar", out: "Renamed"},
			{args: "collection rename alice work job --kind calendar", out: "Renamed"},
			{args: "collection rename alice job tasks", code: exitFailed, err: "rename to tasks: .*exists"},
			{args: "collection rename alice job Job", code: exitUsage},
			{args: "collection list alice", out: `alice +job +calendar +Job +0`},
			{args: "collection delete alice job", out: "job with 0 items is in the trash"},
			{args: "collection delete alice job", code: exitNotFound},
			{args: "collection create alice job", out: "Created"},
		})
		list := mustJSON[[]collectionJSON](t, pl.must(t, "", "collection", "list", "--json"))
		if len(list) != 6 || list[0].Slug != "calendar" || list[0].Name != "Calendar" || list[0].Components[0] != "VEVENT" {
			t.Errorf("got %+v", list)
		}
	})
}
