package promises

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"daycairn/conformance/target"
)

// TestRollbackHolds puts a store back to an earlier copy of itself. Clients hold tokens of what it no longer knows; the
// first of them stops all traffic: 503, on which every client keeps what it has (design law 6), until a person has
// looked.
func TestRollbackHolds(t *testing.T) {
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
			p, other := mustPerson(t, s, "ada", 1), mustPerson(t, s, "bob", 1)
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
			if a, err := listing(p, at, old); err != nil || a.Status != http.StatusMultiStatus {
				t.Fatalf("a token of before the copy: %v %v", a, err)
			}
			a, err := listing(p, at, future)
			if err != nil || a.Status != http.StatusServiceUnavailable {
				t.Fatalf("a token from the future: %v %v, want 503", a, err)
			}
			checkHeld(t, s, p, other)
			s.Stop()
			checkHeldFromStart(t, s)
		})
	}
}

// checkHeld wants 503 with an integer Retry-After on every path and method, for everybody.
func checkHeld(t *testing.T, s *target.Server, people ...*person) {
	t.Helper()
	nobody := &person{people[0].User, people[0].Client(s.URL, 1)}
	nobody.c.User = ""
	defer nobody.c.HTTP.CloseIdleConnections()
	methods := []string{"OPTIONS", "GET", "HEAD", "PUT", "DELETE", "PROPFIND", "PROPPATCH", "MKCOL", "MKCALENDAR", "COPY", "MOVE", "REPORT", "POST", "LOCK"}
	for _, p := range append(people, nobody) {
		paths := []string{"/", "/dav/", "/.well-known/caldav", "/dav/principals/", p.Principal, p.CalHome, p.Calendar, p.Calendar + "before.ics",
			p.CardHome, p.Book, p.Book + "before.vcf", "/dav/calendars/nobody/x/", "/elsewhere", "/dav/%2e%2e"}
		for _, at := range paths {
			for _, method := range methods {
				a, err := p.do(method, at, nil, "Destination", p.Tasks+"x.ics")
				if err != nil {
					t.Fatal(err)
				}
				n, err := strconv.Atoi(a.Header.Get("Retry-After"))
				if a.Status != http.StatusServiceUnavailable || err != nil || n < 1 {
					t.Errorf("%s %s by %s while on hold: %d, Retry-After %q", method, at, p.c.User, a.Status, a.Header.Get("Retry-After"))
				}
			}
		}
	}
}

// checkHeldFromStart wants 503 as the first answer after a restart. It does not wait for readiness, which must not come.
func checkHeldFromStart(t *testing.T, s *target.Server) {
	t.Helper()
	cmd := exec.Command(s.Program, "serve", "--data", s.Dir, "--listen", s.Addr)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(filepath.Dir(s.Dir), "state"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()); err != nil {
			t.Errorf("the server on hold does not stop cleanly: %v", err)
		}
	}()
	for range 1000 {
		resp, err := http.Get(s.URL + "/dav/")
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("first answer after a restart: %d, though nobody has released the hold", resp.StatusCode)
		}
		return
	}
	t.Error("no answer after a restart")
}

// mustFill writes an item to each of the places.
func mustFill(t testing.TB, p *person, name string) {
	t.Helper()
	p.mustDo(t, 201, "PUT", p.Calendar+name+".ics", event(name, "x"))
	p.mustDo(t, 201, "PUT", p.Book+name+".vcf", card(name, "x"), "Content-Type", books.mediaType)
}

func mustRun(t testing.TB, s *target.Server) {
	t.Helper()
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
}

// mustEmpty removes what is in a directory.
func mustEmpty(t testing.TB, dir string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
}

// mustCopy copies the regular files of a tree.
func mustCopy(t testing.TB, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch at := filepath.Join(to, rel); {
		case e.IsDir():
			return os.MkdirAll(at, 0o700)
		case e.Type().IsRegular():
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(at, b, 0o600)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// mustReplace puts a server back to a copy of its data that was made earlier, as a careless restore does.
func mustReplace(t testing.TB, s *target.Server, from string) {
	t.Helper()
	s.Stop()
	mustEmpty(t, s.Dir)
	mustCopy(t, from, s.Dir)
}
