package sqlite

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A trace is what strace saw of a child after it was ready: 'S' for a sync of the log that returned, 'A' for an answer
// that was begun.
type trace string

var (
	traceSync    = regexp.MustCompile(`^\d+ +fsync\(\d+<[^>]*-wal>\) += 0`)
	traceSyncing = regexp.MustCompile(`^(\d+) +fsync\(\d+<[^>]*-wal> <unfinished`)
	traceSynced  = regexp.MustCompile(`^(\d+) +<\.\.\. fsync resumed>\) += 0`)
	traceAnswer  = regexp.MustCompile(`^\d+ +write\(1<[^>]*>, "\d+\\n"`)
	traceReady   = regexp.MustCompile(`^\d+ +write\(1<[^>]*>, "ready\\n"`)
)

func traced(t *testing.T, clients, writes int, unsafe bool) trace {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "trace")
	cmd := childCommand(t, dir, clients, writes, strace, "-f", "-y", "-qq", "-o", out, "-e", "trace=fsync,write")
	if unsafe {
		cmd.Env = append(cmd.Env, childUnsafe+"=1")
	}
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b strings.Builder
	ready, syncing := false, map[string]bool{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case traceReady.MatchString(line):
			ready = true
		case !ready:
		case traceAnswer.MatchString(line):
			b.WriteByte('A')
		case traceSync.MatchString(line):
			b.WriteByte('S')
		case traceSyncing.MatchString(line):
			syncing[traceSyncing.FindStringSubmatch(line)[1]] = true
		case traceSynced.MatchString(line):
			if p := traceSynced.FindStringSubmatch(line)[1]; syncing[p] {
				b.WriteByte('S')
				delete(syncing, p)
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return trace(b.String())
}

// unsynced is how many answers came with no sync since the answer before.
func (tr trace) unsynced() (n int) {
	synced := false
	for _, c := range tr {
		if c == 'A' && !synced {
			n++
		}
		synced = c == 'S'
	}
	return n
}

func (tr trace) count(c string) int { return strings.Count(string(tr), c) }

// One client: the log is synced exactly once for each write, before its answer.
func TestOneSyncAWrite(t *testing.T) {
	const writes = 40
	tr := traced(t, 1, writes, false)
	answered := string(tr[:strings.LastIndexByte(string(tr), 'A')+1]) // closing the store syncs once more
	if want := strings.Repeat("SA", writes); answered != want {
		t.Errorf("trace %s, want %s", answered, want)
	}
}

// Eight clients: at most one sync for two writes, and no answer before the first.
func TestOneSyncABatch(t *testing.T) {
	const clients, writes = 8, 20
	tr := traced(t, clients, writes, false)
	if tr.count("A") != clients*writes || tr.count("S") > clients*writes/2 || tr[0] != 'S' {
		t.Errorf("%d syncs for %d answers: %s", tr.count("S"), tr.count("A"), tr)
	}
}

// The check can fail: without syncs it does.
func TestTraceSeesMissingSyncs(t *testing.T) {
	const writes = 40
	tr := traced(t, 1, writes, true)
	if n := tr.unsynced(); n < writes-1 {
		t.Errorf("only %d of %d answers were seen to come without a sync: %s", n, writes, tr)
	}
}
