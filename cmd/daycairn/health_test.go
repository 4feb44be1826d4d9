package main

import (
	"strings"
	"testing"
)

func TestHealth(t *testing.T) {
	pl := newPlace(t)
	if r := pl.do("", "health"); r.code != exitFailed || !strings.Contains(r.err, "no server runs") {
		t.Errorf("without a server: got %+v", r)
	}
	s := pl.serve(t, "--base-url", "https://dav.example.org")
	s.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	st := mustJSON[status](t, pl.must(t, "", "health", "--json"))
	if !st.Ready || st.URL != "https://dav.example.org/" || st.Data != pl.dir || st.Head == 0 || st.Journal == 0 || st.Since == nil {
		t.Errorf("got %+v", st)
	}
	if out := pl.must(t, "", "device", "add", "alice", "phone"); !strings.Contains(out, "Server https://dav.example.org/, user name alice") {
		t.Errorf("got %s", out)
	}
	s.stop()
	if r := pl.do("", "health"); r.code != exitFailed {
		t.Errorf("after the server stopped: got %+v", r)
	}
}
