package hostile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A process is the server as the kernel sees it.
type process struct{ pid int }

// mustProcess finds who has the lock of a data directory.
func mustProcess(t *testing.T, dir string) process {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "daycairn.lock"))
	if err != nil {
		t.Fatal(err)
	}
	var p process
	if _, err := fmt.Sscanf(string(b), "process %d", &p.pid); err != nil {
		t.Fatalf("lock says %q: %v", b, err)
	}
	return p
}

// A cost is what the process has spent.
type cost struct {
	cpu      time.Duration
	resident int // MiB, now
	peak     int // MiB, since forgetPeak
}

// tick is the kernel's unit of processor time, which is the same on all Linux ports that Go runs on.
const tick = 10 * time.Millisecond

func (p process) cost(t *testing.T) cost {
	t.Helper()
	status, err := os.ReadFile(p.file("status"))
	if err != nil {
		t.Fatalf("the server is gone: %v", err)
	}
	stat, err := os.ReadFile(p.file("stat"))
	if err != nil {
		t.Fatalf("the server is gone: %v", err)
	}
	f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var c cost
	for _, i := range []int{11, 12} { // utime, stime
		n, err := strconv.Atoi(f[i])
		if err != nil {
			t.Fatal(err)
		}
		c.cpu += time.Duration(n) * tick
	}
	c.resident, c.peak = mebibytes(t, status, "VmRSS:"), mebibytes(t, status, "VmHWM:")
	return c
}

func mebibytes(t *testing.T, status []byte, name string) int {
	t.Helper()
	for line := range strings.Lines(string(status)) {
		f := strings.Fields(line)
		if len(f) == 3 && f[0] == name {
			n, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			return n >> 10
		}
	}
	t.Fatalf("status has no %s", name)
	return 0
}

// forgetPeak makes the peak begin anew.
func (p process) forgetPeak(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(p.file("clear_refs"), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
}

func (p process) file(name string) string { return fmt.Sprintf("/proc/%d/%s", p.pid, name) }
