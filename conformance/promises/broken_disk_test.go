package promises

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"daycairn/conformance/target"
)

// faults are what strace makes of some system calls of the server. The counts are of each thread, so faults happen anywhere in a batch.
var faults = []struct {
	name, inject string
	refused      map[int]bool // statuses beside 201
	goesOn       bool         // without anybody's help
}{
	{"a sync fails", "fsync:error=EIO:when=10+10", map[int]bool{503: true}, false},
	{"a write fails", "pwrite64:error=EIO:when=300+100", map[int]bool{503: true}, false},
	{"a write finds no room", "pwrite64:error=ENOSPC:when=300+100", map[int]bool{507: true}, true},
}

// TestBrokenDisk lets the disk fail in the middle of commits that many clients share: nobody is told 201 for what is not
// there afterwards, and everybody else is told to come again.
func TestBrokenDisk(t *testing.T) {
	needTracer(t)
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			s := mustServe(t)
			p := mustPerson(t, s, "ada", 8)
			release := mustInject(t, s, fault.inject)
			all := writeUntilRefused(t, p, 8, size(100, 60))
			refusals := 0
			for path, status := range all {
				if status != http.StatusCreated {
					refusals++
				}
				if status != http.StatusCreated && !fault.refused[status] {
					t.Errorf("PUT %s: %d", path, status)
				}
			}
			if refusals == 0 || refusals == len(all) {
				t.Errorf("%d of %d requests met the fault: it is to be some", refusals, len(all))
			}
			if fault.goesOn {
				awaitRoom(t, p)
			}
			release()
			checkLog(t, s)
			s.Stop()
			checkOutcomes(t, s, p, all)
			t.Logf("%d of %d requests met the fault", refusals, len(all))
		})
	}
}

func needTracer(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("no strace")
	}
	if err := exec.Command("strace", "-f", "-qq", "-e", "trace=fsync", "-o", os.DevNull, "true").Run(); err != nil {
		t.Skipf("strace does not work here: %v", err)
	}
}

// mustInject attaches strace to a running server. release lets go of it.
func mustInject(t *testing.T, s *target.Server, inject string) (release func()) {
	t.Helper()
	pid := mustPID(t, s)
	cmd := exec.Command("strace", "-f", "-qq", "-o", os.DevNull, "-e", "trace=fsync,pwrite64", "-e", "inject="+inject, "-p", strconv.Itoa(pid))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	release = func() {
		if ended {
			return
		}
		ended = true
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		cmd.Wait() // says that it was ended
	}
	t.Cleanup(release)
	for range 500 {
		if traced(t, pid) {
			return release
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("strace does not get hold of the server")
	return nil
}

// mustPID reads which process serves: the lock of the data directory says so.
func mustPID(t *testing.T, s *target.Server) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.Dir, "daycairn.lock"))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscanf(string(b), "process %d ", &pid); err != nil {
		t.Fatalf("the lock says %q: %v", b, err)
	}
	return pid
}

// traced tells whether all threads of a process are.
func traced(t *testing.T, pid int) bool {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(threads) == 0 {
		t.Fatalf("threads of %d: %v %v", pid, threads, err)
	}
	for _, path := range threads {
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), "TracerPid:\t0\n") {
			return false
		}
	}
	return true
}

// writeUntilRefused puts new items from several clients. It gives each path with its status.
func writeUntilRefused(t *testing.T, p *person, clients, each int) map[string]int {
	t.Helper()
	all := map[string]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := range each {
				name := fmt.Sprintf("c%d-%d", c, i)
				a, err := p.do("PUT", p.Calendar+name+".ics", event(name, strings.Repeat("x", 500)))
				if err != nil {
					t.Error(err)
					return
				}
				if a.Status >= 500 && a.Status != http.StatusInsufficientStorage && a.Header.Get("Retry-After") == "" {
					t.Errorf("PUT %s: %d without Retry-After", name, a.Status)
				}
				if a.Status != http.StatusCreated {
					time.Sleep(10 * time.Millisecond) // as clients do, but shorter
				}
				mu.Lock()
				all[p.Calendar+name+".ics"] = a.Status
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return all
}

// checkOutcomes starts the server anew on a sound disk, released from its hold if it is on one. What was acknowledged
// is there; what was not is there whole or not at all.
func checkOutcomes(t *testing.T, s *target.Server, p *person, all map[string]int) {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", filepath.Join(filepath.Dir(s.Dir), "state"))
	sound := &target.Server{Dir: s.Dir, Program: s.Program, Addr: s.Addr, URL: s.URL}
	if out, err := sound.Command("", "hold", "off"); err != nil {
		t.Fatalf("hold off: %v\n%s", err, out)
	}
	mustRun(t, sound)
	defer sound.Stop()
	there := mustContents(t, p, p.Calendar)
	for path, status := range all {
		name := strings.TrimPrefix(path, p.Calendar)
		body, ok := there[name]
		want := string(event(strings.TrimSuffix(name, ".ics"), strings.Repeat("x", 500)))
		if status == http.StatusCreated && !ok {
			t.Errorf("acknowledged and lost: %s", name)
		}
		if ok && string(body) != want {
			t.Errorf("torn: %s is %q", name, body)
		}
	}
	mustVerify(t, sound)
}
