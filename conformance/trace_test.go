package conformance

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"daycairn/conformance/target"
)

const (
	traceAlone    = 60 // PUTs of one client
	traceClients  = 8
	traceTogether = 400 // PUTs of all of them
)

// TestTrace watches the system calls: before the answer to a PUT is written, a sync of the write-ahead log has
// returned that began after the request was read. Alone each PUT has exactly one; of eight clients at least two
// PUTs share one on average.
func TestTrace(t *testing.T) {
	tr := traced(t, "")
	if alone := tr.alone; alone.err != nil || alone.syncs != traceAlone {
		t.Errorf("one client: %d PUTs, %d syncs, %v; want one each", traceAlone, alone.syncs, alone.err)
	}
	if many := tr.together; many.err != nil || 2*many.syncs > traceTogether {
		t.Errorf("%d clients: %d PUTs, %d syncs, %v; want at most one for two", traceClients, traceTogether, many.syncs, many.err)
	}
	t.Logf("one client: %d PUTs, %d syncs; %d clients: %d PUTs, %d syncs", traceAlone, tr.alone.syncs, traceClients, traceTogether, tr.together.syncs)
}

// TestTraceSeesNormal is the control: a program that commits with synchronous=NORMAL must not pass.
func TestTraceSeesNormal(t *testing.T) {
	needStrace(t)
	program := target.Altered(t, "backend/sqlite/options.go", "func (o *Options) setDefaults() {", "func (o *Options) setDefaults() {\n\to.UnsafeNormalSync = true")
	tr := traced(t, program)
	if err := tr.alone.err; err == nil || !strings.Contains(err.Error(), "without a sync") {
		t.Errorf("synchronous=NORMAL: %v, %d syncs for %d PUTs; want it caught", err, tr.alone.syncs, traceAlone)
	}
}

func needStrace(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
}

// A tracedPart is what the trace says of one part of the load.
type tracedPart struct {
	syncs int
	err   error
}

// traced runs both loads under strace and reads what it saw.
func traced(t *testing.T, program string) (got struct{ alone, together tracedPart }) {
	t.Helper()
	needStrace(t)
	out := filepath.Join(t.TempDir(), "trace")
	srv := target.StartWith(t, target.Config{Program: program, Tracer: []string{
		"strace", "-f", "-qq", "-y", "-s", "80", "-e", "trace=fsync,fdatasync,read,write,writev,sendto", "-o", out}})
	s := login(t, srv, "traced")
	s.client = s.User.Client(srv.URL, 1)
	for i := range traceAlone {
		s.mustDo(t, []int{201}, "PUT", fmt.Sprintf("%salone-%d.ics", s.Calendar, i), event(fmt.Sprintf("alone-%d", i), "x"))
	}
	var wg sync.WaitGroup
	for c := range traceClients {
		one := *s
		one.client = s.User.Client(srv.URL, 1)
		wg.Go(func() {
			for i := range traceTogether / traceClients {
				uid := fmt.Sprintf("together-%d-%d", c, i)
				a, err := one.try(t.Context(), "PUT", one.Calendar+uid+".ics", event(uid, "x"))
				if err != nil || a.Status != http.StatusCreated {
					t.Errorf("PUT %s: %v %v", uid, a, err)
					return
				}
			}
		})
	}
	wg.Wait()
	srv.Stop()
	calls, err := readTrace(out)
	if err != nil {
		t.Fatal(err)
	}
	got.alone = judge(calls, "alone-", traceAlone)
	got.together = judge(calls, "together-", traceTogether)
	return got
}

// A call is one finished system call: when it began and returned, in lines of the trace.
type call struct {
	name, file, text string
	began, returned  int
}

var (
	callLine    = regexp.MustCompile(`^(\d+) +(\w+)\((\d+)<([^>]*)>(.*)$`)
	resumedLine = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)$`)
)

// requestStart is a PUT as it is read. On a connection that waited net/http has taken its first byte already.
var requestStart = regexp.MustCompile(`"P?UT /`)

func readTrace(path string) ([]call, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var done []call
	open := map[string]call{} // by thread
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		line := in.Text()
		if m := resumedLine.FindStringSubmatch(line); m != nil {
			c, ok := open[m[1]]
			if !ok || c.name != m[2] {
				continue
			}
			delete(open, m[1])
			c.text, c.returned = c.text+m[3], n
			done = append(done, c)
			continue
		}
		m := callLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		c := call{name: m[2], file: m[3] + " " + m[4], text: m[5], began: n, returned: n}
		if strings.HasSuffix(line, "<unfinished ...>") {
			open[m[1]] = c
			continue
		}
		done = append(done, c)
	}
	return done, in.Err()
}

// judge looks at the PUTs whose path holds the mark: for each the request, the answer on the same connection, and the
// sync between them.
func judge(calls []call, mark string, want int) tracedPart {
	var part tracedPart
	var syncs []call
	request := map[string]call{} // by connection
	first, last, answered := 0, 0, 0
	for _, c := range calls {
		switch {
		case strings.HasSuffix(c.name, "sync") && strings.Contains(c.file, "-wal"):
			syncs = append(syncs, c)
		case c.name == "read" && requestStart.MatchString(c.text) && strings.Contains(c.text, mark):
			request[c.file] = c
			if first == 0 {
				first = c.returned
			}
		case c.name != "read" && strings.Contains(c.text, "HTTP/1.1 201"):
			r, ok := request[c.file]
			if !ok {
				continue
			}
			delete(request, c.file)
			answered, last = answered+1, c.began
			if !between(syncs, r.returned, c.began) && part.err == nil {
				part.err = fmt.Errorf("an answer at line %d without a sync since its request at line %d", c.began, r.returned)
			}
		}
	}
	for _, s := range syncs {
		if s.began > first && s.returned < last {
			part.syncs++
		}
	}
	if answered != want && part.err == nil {
		part.err = fmt.Errorf("%d answers in the trace, want %d", answered, want)
	}
	return part
}

// between tells whether a sync began after one line and had returned before the other.
func between(syncs []call, after, before int) bool {
	for i := len(syncs) - 1; i >= 0; i-- {
		if syncs[i].began > after && syncs[i].returned < before {
			return true
		}
	}
	return false
}
