package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	both(t, func(t *testing.T, pl *place) {
		pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
		pl.steps(t, []step{
			{args: "verify", out: "Everything reads back"},
			{args: "verify --json", out: `^\[`},
		})
	})
}

// A byte that changed on disk is found, and is exit code 3.
func TestVerifyFindsDamage(t *testing.T) {
	pl := newPlace(t)
	s := pl.serve(t)
	pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	mustPut(t, s, "/dav/calendars/alice/calendar/1.ics", event("bit rot"))
	s.stop()
	database := filepath.Join(pl.dir, "daycairn.db")
	b, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	rotten := bytes.ReplaceAll(b, []byte("bit rot"), []byte("bit rut"))
	if bytes.Equal(rotten, b) {
		t.Fatal("nothing to damage")
	}
	if err := os.WriteFile(database, rotten, 0o600); err != nil {
		t.Fatal(err)
	}
	pl.steps(t, []step{
		{args: "verify", code: exitFindings, out: "DAMAGE: ", err: "problems were found"},
		{args: "verify --json", code: exitFindings, out: `"damage": true`},
	})
}

func event(summary string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" +
		"DTSTART:20260101T000000Z\r\nSUMMARY:" + summary + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func mustPut(t *testing.T, s *served, path, body string) {
	t.Helper()
	req, err := http.NewRequest("PUT", s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("alice", "sesame")
	req.Header.Set("Content-Type", "text/calendar")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 201 {
		t.Fatalf("PUT %s: got %d", path, resp.StatusCode)
	}
}
