package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary is the program itself, or a stranger at the socket, when told so.
const asProgram, asStranger = "DAYCAIRN_TEST_AS_PROGRAM", "DAYCAIRN_TEST_AS_STRANGER"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	if path := os.Getenv(asStranger); path != "" {
		tr := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", path) }}
		resp, err := (&http.Client{Transport: tr}).Post(adminURL, "application/json", strings.NewReader(`{"args":["user","list"]}`))
		if err != nil {
			panic(err)
		}
		if _, err := io.Copy(os.Stdout, resp.Body); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// process is a serving process of its own.
type process struct {
	*served
	cmd *exec.Cmd
}

func (pl *place) start(t *testing.T) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{served: &served{place: pl, log: &syncBuffer{}}}
	p.cmd = exec.Command(self, "serve", "--data", pl.dir, "--listen", "127.0.0.1:0")
	p.cmd.Env = append(os.Environ(), asProgram+"=1")
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill() // an ended one does not mind
		p.cmd.Wait()
	})
	for range 1000 {
		if m := addressIn.FindStringSubmatch(p.log.String()); m != nil {
			p.url = m[1]
			return p
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no address after 10 s:\n%s", p.log)
	return nil
}

// A server that was killed leaves a socket and a lock file. Neither is in the way of what comes next.
func TestProcessKilledAndStopped(t *testing.T) {
	pl := newPlace(t)
	pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	p := pl.start(t)
	mustPut(t, p.served, "/dav/calendars/alice/calendar/1.ics", event("kept"))
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
	if _, err := os.Stat(filepath.Join(pl.dir, socketName)); err != nil {
		t.Fatalf("the killed server left no socket to stumble over: %v", err)
	}
	pl.must(t, "", "user", "list")
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt, syscall.SIGHUP} {
		p = pl.start(t)
		if got := p.status(t, "GET", "/dav/calendars/alice/calendar/1.ics", "alice", "sesame"); got != 200 {
			t.Errorf("after a kill: got %d, want 200", got)
		}
		if err := p.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if err := p.cmd.Wait(); err != nil {
			t.Errorf("%v: %v\n%s", sig, err, p.log)
		}
		if _, err := os.Stat(filepath.Join(pl.dir, socketName)); err == nil {
			t.Errorf("%v: the socket is left", sig)
		}
	}
}
