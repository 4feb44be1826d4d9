package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// place is a data directory that command lines work on.
type place struct {
	dir string
	env map[string]string
}

// result is what a command line did.
type result struct {
	code     int
	out, err string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	dir, err := os.MkdirTemp("", "daycairn-test-") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return &place{dir: filepath.Join(dir, "data"), env: map[string]string{}}
}

func (pl *place) program(stdin io.Reader, stdout, stderr io.Writer, args ...string) *program {
	env := []string{"DAYCAIRN_DATA=" + pl.dir}
	for k, v := range pl.env {
		env = append(env, k+"="+v)
	}
	return &program{
		args: args, stdin: stdin, stdout: stdout, stderr: stderr, patience: lockWait,
		env: env,
	}
}

// do runs one command line in this process.
func (pl *place) do(stdin string, args ...string) result {
	var out, errOut bytes.Buffer
	code := pl.program(strings.NewReader(stdin), &out, &errOut, args...).main(context.Background())
	return result{code, out.String(), errOut.String()}
}

// must runs one command line that has to succeed, and gives what it printed.
func (pl *place) must(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	r := pl.do(stdin, args...)
	if r.code != exitOK {
		t.Fatalf("daycairn %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// served is a server in this process.
type served struct {
	*place
	url  string
	log  *syncBuffer
	stop func()
	done chan int
}

// serve starts the server and waits for its address. It is stopped at the end of the test.
func (pl *place) serve(t *testing.T, args ...string) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &served{place: pl, log: &syncBuffer{}, done: make(chan int, 1)}
	args = append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)
	p := pl.program(strings.NewReader(""), io.Discard, s.log, args...)
	go func() { s.done <- p.main(ctx) }()
	var once sync.Once
	s.stop = func() {
		once.Do(func() {
			cancel()
			if code := <-s.done; code != exitOK {
				t.Errorf("serve: exit code %d\n%s", code, s.log)
			}
		})
	}
	t.Cleanup(s.stop)
	for range 500 {
		if m := addressIn.FindStringSubmatch(s.log.String()); m != nil {
			s.url = m[1]
			return s
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no address after 5 s:\n%s", s.log)
	return nil
}

var addressIn = regexp.MustCompile(`"url":"([^"]+)/"`)

// ask sends one request. user may be empty.
func (s *served) ask(t *testing.T, method, path, user, password string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Depth", "0")
	if user != "" {
		req.SetBasicAuth(user, password)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// status of a request.
func (s *served) status(t *testing.T, method, path, user, password string) int {
	t.Helper()
	resp, _ := s.ask(t, method, path, user, password)
	return resp.StatusCode
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// both runs a test on the store itself and through a running server: commands cannot tell.
func both(t *testing.T, test func(t *testing.T, pl *place)) {
	t.Run("alone", func(t *testing.T) { test(t, newPlace(t)) })
	t.Run("served", func(t *testing.T) {
		pl := newPlace(t)
		pl.serve(t)
		test(t, pl)
	})
}

// step is a command line and what it must do. out and err are regular expressions.
type step struct {
	stdin string
	args  string // blanks separate
	code  int
	out   string
	err   string
}

func (pl *place) steps(t *testing.T, steps []step) {
	t.Helper()
	for _, s := range steps {
		r := pl.do(s.stdin, strings.Fields(s.args)...)
		if r.code != s.code {
			t.Errorf("daycairn %s: exit code %d, want %d\n%s%s", s.args, r.code, s.code, r.out, r.err)
		}
		for _, c := range []struct{ got, want string }{{r.out, s.out}, {r.err, s.err}} {
			if ok, err := regexp.MatchString(c.want, c.got); !ok || err != nil {
				t.Errorf("daycairn %s: got %q, want %q", s.args, c.got, c.want)
			}
		}
	}
}

func mustJSON[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func TestUsage(t *testing.T) {
	newPlace(t).steps(t, []step{
		{args: "", out: "Usage:"},
		{args: "help", out: "serve"},
		{args: "help user add", out: "daycairn user add NAME"},
		{args: "help user ad", code: exitUsage, err: `no command "user ad"`},
		{args: "help nope", code: exitUsage, err: `no command "nope"`},
		{args: "--version", out: "^daycairn "},
		{args: "serv", code: exitUsage, err: "did you mean daycairn serve"},
		{args: "user", code: exitUsage, err: "add, .*show"},
		{args: "user ad", code: exitUsage, err: "did you mean daycairn user add"},
		{args: "user frobnicate", code: exitUsage, err: "unknown command"},
		{args: "user list --jso", code: exitUsage, err: "did you mean --json"},
		{args: "user list extra", code: exitUsage, err: "usage: daycairn user list.*\nhint: daycairn user list --help"},
		{args: "user show", code: exitUsage, err: "usage: daycairn user show NAME"},
		{args: "user list", code: exitNotFound, err: "no store here.*\nhint: "},
		{args: "completion bash", out: "daycairn"},
		{args: "completion", code: exitUsage, err: "bash, fish, powershell, zsh"},
		{args: "completion fishy", code: exitUsage, err: "did you mean daycairn completion fish"},
		{args: "completion bash extra", code: exitUsage, err: "usage: daycairn completion bash"},
	})
}

// A command that only looks leaves no trace in a directory that is not ours.
func TestLookingMakesNothing(t *testing.T) {
	pl := newPlace(t)
	pl.dir = filepath.Dir(pl.dir)
	for _, args := range []string{"user list", "hold status", "verify", "health", "device add a b"} {
		if r := pl.do("", strings.Fields(args)...); r.code == exitOK {
			t.Errorf("%s in an empty directory: exit code 0", args)
		}
	}
	if left, err := os.ReadDir(pl.dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A file where the directory should be is told with what leads out.
func TestDataIsNoDirectory(t *testing.T) {
	pl := newPlace(t)
	pl.dir = mustFile(t, "data", "")
	for _, args := range []string{"serve", "user list", "health", "user add alice --password-stdin"} {
		r := pl.do("sesame\n", strings.Fields(args)...)
		if r.code != exitFailed || !strings.Contains(r.err, "\nhint: name a directory with --data") {
			t.Errorf("%s: got %+v", args, r)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range codes {
		if got := exitCode(fmt.Errorf("command: %w", c.is)); got != c.code {
			t.Errorf("%v: got %d, want %d", c.is, got, c.code)
		}
	}
	if got := exitCode(io.EOF); got != exitFailed {
		t.Errorf("any other error: got %d, want %d", got, exitFailed)
	}
	if got := exitCode(hinted{usageError{io.EOF}, "x"}); got != exitUsage {
		t.Errorf("hinted usage error: got %d, want %d", got, exitUsage)
	}
}
