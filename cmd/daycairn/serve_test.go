package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// everyMethod and everyPath are what a store that may not be believed answers 503 to.
var (
	everyMethod = []string{"OPTIONS", "GET", "HEAD", "PUT", "DELETE", "PROPFIND", "PROPPATCH", "MKCOL", "MKCALENDAR", "REPORT", "POST", "MOVE", "LOCK", "BREW"}
	everyPath   = []string{"/", "/dav/", "/dav/calendars/alice/", "/dav/calendars/alice/calendar/x.ics", "/.well-known/caldav", "/principals/", "/nowhere"}
)

func mustRefuseAll(t *testing.T, s *served, paths []string) {
	t.Helper()
	for _, m := range everyMethod {
		for _, path := range paths {
			resp, _ := s.ask(t, m, path, "alice", "sesame")
			if resp.StatusCode != 503 || !regexp.MustCompile(`^[1-9]\d*$`).MatchString(resp.Header.Get("Retry-After")) {
				t.Errorf("%s %s: got %d, Retry-After %q, want 503 with seconds", m, path, resp.StatusCode, resp.Header.Get("Retry-After"))
			}
		}
	}
}

// A store without a user is 503, and opens with the first account, without a restart.
func TestServeFirstAccount(t *testing.T) {
	s := newPlace(t).serve(t)
	mustRefuseAll(t, s, []string{"/dav/", "/dav/calendars/alice/", "/dav/calendars/alice/calendar/x.ics"})
	if !strings.Contains(s.log.String(), "daycairn user add NAME --admin") {
		t.Errorf("the command to type is missing:\n%s", s.log)
	}
	if resp, body := s.ask(t, "GET", "/readyz", "", ""); resp.StatusCode != 503 || !strings.Contains(body, `"no account yet"`) {
		t.Errorf("readyz: got %d %s", resp.StatusCode, body)
	}
	if got := s.status(t, "GET", "/healthz", "", ""); got != 200 {
		t.Errorf("healthz: got %d", got)
	}
	if r := s.do("", "health"); r.code != exitFailed || !strings.Contains(r.err, "no account yet") {
		t.Errorf("health: got %+v", r)
	}
	s.must(t, "sesame\n", "user", "add", "alice", "--admin", "--password-stdin")
	if got := s.status(t, "PROPFIND", "/dav/calendars/alice/calendar/", "alice", "sesame"); got != 207 {
		t.Errorf("after the first account: got %d, want 207", got)
	}
	if resp, _ := s.ask(t, "PROPFIND", "/dav/", "", ""); resp.StatusCode != 401 || !strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), "Basic ") {
		t.Errorf("without credentials: got %d, %q", resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
	}
	if resp, body := s.ask(t, "GET", "/readyz", "", ""); resp.StatusCode != 200 || !strings.Contains(body, `"ready":true`) ||
		strings.ContainsAny(body, "0123456789") { // whoever asks without a name learns nothing of what others write
		t.Errorf("readyz: got %d %s", resp.StatusCode, body)
	}
	if out := s.must(t, "", "health"); !strings.Contains(out, s.url) {
		t.Errorf("health: got %s", out)
	}
}

func TestServeFirstAccountUnattended(t *testing.T) {
	pl := newPlace(t)
	pl.env["DAYCAIRN_FIRST_USER"] = "alice"
	if r := pl.do("", "serve", "--listen", "127.0.0.1:0"); r.code != exitUsage || !strings.Contains(r.err, "belong together") {
		t.Errorf("without a password file: got %+v", r)
	}
	pl.env["DAYCAIRN_FIRST_PASSWORD_FILE"] = mustFile(t, "password", "sesame\r\n")
	for range 2 { // the second start finds it made
		s := pl.serve(t)
		if got := s.status(t, "PROPFIND", "/dav/", "alice", "sesame"); got != 207 {
			t.Errorf("got %d, want 207", got)
		}
		s.stop()
	}
	users := mustJSON[[]userJSON](t, pl.must(t, "", "user", "list", "--json"))
	if len(users) != 1 || !users[0].Admin {
		t.Errorf("got %+v", users)
	}
}

// A store that cannot be opened is 503 everywhere, says what leads out, and opens again without a restart.
func TestServeBrokenStore(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"zero length": func(path string) error { return os.Truncate(path, 0) },
		"foreign":     func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("not ours ", 1000)), 0o600) },
		"gone":        os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			pl := newPlace(t)
			pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
			database := filepath.Join(pl.dir, "daycairn.db")
			whole, err := os.ReadFile(database)
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(database); err != nil {
				t.Fatal(err)
			}
			s := pl.serve(t)
			mustRefuseAll(t, s, everyPath)
			if got := s.status(t, "GET", "/readyz", "", ""); got != 503 {
				t.Errorf("readyz: got %d", got)
			}
			pl.steps(t, []step{
				{args: "hold status", out: `(?s)cannot be opened\.\n  reason    open store: .*  way out   .*hold off`},
				{args: "user list", code: exitFailed, err: "open store: .*\nhint: daycairn hold status"},
				{args: "health", code: exitFailed, err: "not ready: store cannot be opened"},
				{args: "hold off", code: exitFailed, err: "open store: .*\nhint: "},
			})
			if err := os.WriteFile(database, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			pl.steps(t, []step{{args: "hold off", out: "Released. State: ready"}, {args: "user list", out: "alice"}})
			if got := s.status(t, "PROPFIND", "/dav/", "alice", "sesame"); got != 207 {
				t.Errorf("after hold off: got %d, want 207", got)
			}
		})
	}
}

func TestServeTakesTheDirectoryAlone(t *testing.T) {
	pl := newPlace(t)
	pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	lock, err := lockDir(pl.dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var out syncBuffer
	p := pl.program(nil, io.Discard, &out, "serve", "--listen", "127.0.0.1:0")
	p.patience = time.Millisecond
	if code := p.main(ctx); code != exitLocked {
		t.Errorf("a second server: exit code %d, want %d", code, exitLocked)
	}
	if !regexp.MustCompile(`in use: .*process \d+ \(daycairn test\)\nhint: `).MatchString(out.String()) {
		t.Errorf("got %s", out.String())
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	pl.must(t, "", "user", "list")
}

// One line a request, and nobody's names in it.
func TestServeLogsNoNames(t *testing.T) {
	pl := newPlace(t)
	s := pl.serve(t)
	s.must(t, "geheim-im-log\n", "user", "add", "zaphod", "--password-stdin")
	s.ask(t, "PROPFIND", "/dav/calendars/zaphod/calendar/beeblebrox.ics?q=trillian", "zaphod", "geheim-im-log")
	s.ask(t, "BREW\xe4"[:4], "/zaphod/ford", "zaphod", "falsch-im-log")
	s.stop()
	lines := regexp.MustCompile(`(?m)^.*"msg":"request".*$`).FindAllString(s.log.String(), -1)
	if len(lines) != 2 || !strings.Contains(lines[0], `"method":"PROPFIND","path":"/dav/calendars/*/*/*","status":404,`) ||
		!strings.Contains(lines[1], `"method":"*","path":"/*/*"`) {
		t.Errorf("got %q", lines)
	}
	if !strings.Contains(lines[1], `"login":"refused"`) || strings.Contains(lines[0], "refused") {
		t.Errorf("got %q", lines)
	}
	for _, name := range []string{"zaphod", "beeblebrox", "trillian", "ford", "im-log", "127.0.0.1:5"} {
		if strings.Contains(strings.Join(lines, "\n"), name) {
			t.Errorf("%s is in the log:\n%s", name, s.log)
		}
	}
}

// What a ban of guessing addresses needs is logged when it is asked for, and not of logins that went right.
func TestServeLogsAddresses(t *testing.T) {
	pl := newPlace(t)
	s := pl.serve(t, "--log-address")
	s.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	s.ask(t, "PROPFIND", "/dav/", "alice", "sesame")
	s.ask(t, "PROPFIND", "/dav/", "", "")
	s.ask(t, "PROPFIND", "/dav/", "alice", "wrong")
	s.stop()
	if n := strings.Count(s.log.String(), `"login":"refused","client":"127.0.0.1"`); n != 1 || strings.Count(s.log.String(), `"client"`) != 1 {
		t.Errorf("%d refused logins with an address:\n%s", n, s.log)
	}
}

// A running request is finished, then all is written.
func TestServeStopsGracefully(t *testing.T) {
	pl := newPlace(t)
	s := pl.serve(t)
	s.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	r, w := io.Pipe()
	body := event("while stopping")
	req, err := http.NewRequest("PUT", s.url+"/dav/calendars/alice/calendar/1.ics", r)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("alice", "sesame")
	req.Header.Set("Content-Type", "text/calendar")
	answered := make(chan int, 1)
	go func() {
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Error(err)
			answered <- 0
			return
		}
		resp.Body.Close()
		answered <- resp.StatusCode
	}()
	if _, err := io.WriteString(w, body[:20]); err != nil {
		t.Fatal(err)
	}
	go func() {
		time.Sleep(200 * time.Millisecond)
		if _, err := io.WriteString(w, body[20:]); err != nil {
			t.Error(err)
		}
		w.Close()
	}()
	time.Sleep(50 * time.Millisecond) // the request has begun
	s.stop()
	if got := <-answered; got != 201 {
		t.Errorf("PUT while stopping: got %d, want 201", got)
	}
	for _, left := range []string{socketName, "daycairn.db-wal"} {
		if info, err := os.Stat(filepath.Join(pl.dir, left)); err == nil && info.Size() > 0 {
			t.Errorf("%s is left with %d bytes", left, info.Size())
		}
	}
	list := mustJSON[[]collectionJSON](t, pl.must(t, "", "collection", "list", "--json"))
	if list[0].Items != 1 {
		t.Errorf("got %+v", list[0])
	}
}

func TestServeRefusesAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for addr, hint := range map[string]string{l.Addr().String(): "hint: another program", "192.0.2.1:0": "hint: this machine"} {
		pl := newPlace(t)
		if r := pl.do("", "serve", "--listen", addr); r.code != exitFailed || !strings.Contains(r.err, hint) {
			t.Errorf("%s: got %+v", addr, r)
		}
		// The failed start left a lock, and that is no lost store.
		if r := pl.do("", "user", "list"); r.code != exitNotFound {
			t.Errorf("looking after a failed start: got %+v", r)
		}
	}
}

func TestServeH2C(t *testing.T) {
	pl := newPlace(t)
	for _, on := range []bool{false, true} {
		args := []string{}
		if on {
			args = []string{"--h2c"}
		}
		s := pl.serve(t, args...)
		tr := &http.Transport{Protocols: new(http.Protocols)}
		tr.Protocols.SetUnencryptedHTTP2(true)
		req, err := http.NewRequest("GET", s.url+"/healthz", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := tr.RoundTrip(req)
		if (err == nil) != on {
			t.Errorf("h2c %v: got %v", on, err)
		}
		if err == nil {
			resp.Body.Close()
		}
		tr.CloseIdleConnections()
		s.stop()
	}
}
