package sqlite

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"daycairn/backend"
	"daycairn/backend/journal"
)

// A process that is killed at any moment has lost nothing that it acknowledged, and starts again without a question.
func TestKilledWriterLosesNothing(t *testing.T) {
	cycles := 12
	if testing.Short() || raced {
		cycles = 4
	}
	const clients = 4
	dir := t.TempDir()
	acked := make([]int, clients)
	r := rand.New(rand.NewPCG(1, 2))
	for range cycles {
		cmd := childCommand(t, dir, clients, 0)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		after := time.Duration(20+r.IntN(200)) * time.Millisecond
		countAcks(t, out, acked, func() { time.AfterFunc(after, func() { cmd.Process.Kill() }) })
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
			t.Fatalf("the child was not killed but ended: %v", err)
		}
		checkChild(t, dir, acked)
	}
	sum := 0
	for _, n := range acked {
		sum += n
	}
	if sum < cycles {
		t.Errorf("only %d writes were acknowledged", sum)
	}
	t.Logf("%d acknowledged writes, %d kills", sum, cycles)
}

// countAcks reads what a child acknowledged until it ends. ready is called when it begins to write.
func countAcks(t *testing.T, out io.Reader, acked []int, ready func()) {
	t.Helper()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "ready" {
			ready()
			continue
		}
		c, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatalf("the child said %q", lines.Text())
		}
		acked[c]++
	}
}

// checkChild opens a child's store: each client's count is what was acknowledged, or the one more that was under way.
func checkChild(t *testing.T, dir string, acked []int) {
	t.Helper()
	j, err := journal.Open(filepath.Join(dir, "journal"), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	s, err := Open(t.Context(), Options{Dir: dir, Journal: j, MinFree: -1})
	if err != nil {
		t.Fatalf("refused to start: %v", err)
	}
	defer s.Close()
	if j.Damage() != nil {
		t.Errorf("the journal is damaged: %v", j.Damage())
	}
	col, err := childCollection(s)
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(r backend.Reader) error {
		for c := range acked {
			n, err := childCount(r, col, c)
			if err != nil {
				return err
			}
			if n != acked[c] && n != acked[c]+1 {
				t.Errorf("client %d: %d writes were acknowledged, the store has %d", c, acked[c], n)
			}
			acked[c] = n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Verify(t.Context(), func(f backend.Finding) {
		if f.Damage {
			t.Errorf("verify: %s: %s", f.Where, f.What)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The same, killed at chosen calls instead of chosen moments.
func TestKilledAtEachCall(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	step := 7
	if testing.Short() || raced {
		step = 40
	}
	kills := 0
	for _, call := range []string{"pwrite64", "fsync"} {
		for n := 1 + len(call); n < 120; n += step {
			dir := t.TempDir()
			acked := make([]int, 1)
			cmd := childCommand(t, dir, 1, 8, strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace="+call,
				"-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n))
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			countAcks(t, out, acked, func() {})
			ended := cmd.Wait()
			if Exists(dir) {
				checkChild(t, dir, acked)
			} else if acked[0] > 0 {
				t.Errorf("killed at %s %d: the database is gone", call, n)
			}
			if ended == nil {
				break // it got to its end
			}
			kills++
		}
	}
	if kills < 4 {
		t.Errorf("only %d kills", kills)
	}
}
