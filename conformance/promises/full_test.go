package promises

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"daycairn/conformance/target"
)

const (
	diskSize = 80 << 20
	minFree  = 24 << 20 // the floor under which nothing new is taken
	// settled is how long a server has run before its disk fills up, and noticed how long it may take to see that there
	// is room again.
	settled = 2 * time.Second
	noticed = 10 * time.Second
)

// TestFullDisk fills the disk beside the server: PUT is 507, reads and DELETE go on, and when there is space again all
// is as before, without a restart.
func TestFullDisk(t *testing.T) {
	for _, c := range []struct {
		name  string
		floor int64  // limits.min-free
		leave uint64 // what the filler leaves free
		cond  string
	}{
		{"at the floor", minFree, minFree - 4<<20, "D:sufficient-disk-space"},
		{"to the last byte", 1, 0, "D:sufficient-disk-space"},
	} {
		t.Run(c.name, func(t *testing.T) {
			disk := mustDisk(t)
			t.Setenv("DAYCAIRN_LIMITS_MIN_FREE", fmt.Sprint(c.floor))
			t.Setenv("DAYCAIRN_LOG_LEVEL", "warn")
			t.Setenv("XDG_STATE_HOME", t.TempDir())
			s := &target.Server{Dir: filepath.Join(disk, "data"), Program: target.Program(t)}
			if _, err := s.AddUser("first"); err != nil {
				t.Fatal(err)
			}
			mustRun(t, s)
			defer s.Stop()
			p := mustPerson(t, s, "ada", 2)
			const before = 40
			for i := range before {
				p.mustDo(t, 201, "PUT", fmt.Sprintf("%sbefore-%d.ics", p.Calendar, i), event(fmt.Sprintf("before-%d", i), "x"))
			}
			token := mustToken(t, p, p.Calendar)
			time.Sleep(settled)
			filler := filepath.Join(disk, "filler")
			mustFillDisk(t, disk, filler, c.leave)
			refused := checkFull(t, p, c.cond)
			checkReads(t, p, before)
			deleted := mustDelete(t, p)
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
			checkRecovered(t, p, token, refused, deleted)
			checkLog(t, s)
		})
	}
}

// mustDisk mounts a small disk of memory, or skips.
func mustDisk(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("mounting a small disk needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("daycairn-test", dir, "tmpfs", 0, fmt.Sprintf("size=%d", diskSize)); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// mustFillDisk writes until no more than leave bytes are free.
func mustFillDisk(t *testing.T, disk, filler string, leave uint64) {
	t.Helper()
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	for free(t, disk) > leave {
		if _, err := f.Write(page); err != nil {
			break
		}
	}
	if got := free(t, disk); got > leave {
		t.Fatalf("%d bytes are free still, want %d", got, leave)
	}
}

func free(t *testing.T, dir string) uint64 {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	return st.Bavail * uint64(st.Bsize)
}

// checkFull puts new items and new bodies until one is refused, as all are from then on. It gives what was refused.
func checkFull(t *testing.T, p *person, cond string) []string {
	t.Helper()
	var refused []string
	for i := range 4000 {
		name := fmt.Sprintf("late-%d", i)
		a, err := p.do("PUT", p.Calendar+name+".ics", event(name, "late"), "If-None-Match", "*")
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case a.Status == http.StatusCreated && len(refused) == 0: // the log had room
		case a.Status == http.StatusInsufficientStorage && condition(a) == cond:
			refused = append(refused, name)
		default:
			t.Fatalf("PUT on a full disk: %d %q after %d refusals, want 507 %q", a.Status, condition(a), len(refused), cond)
		}
		if len(refused) == 20 {
			return refused
		}
	}
	t.Fatal("the disk is full, and nothing was refused")
	return nil
}

// checkReads wants everything to be there.
func checkReads(t *testing.T, p *person, items int) {
	t.Helper()
	for i := range items {
		name := fmt.Sprintf("before-%d", i)
		if a := p.mustDo(t, 200, "GET", p.Calendar+name+".ics", nil); !bytes.Equal(a.Body, event(name, "x")) {
			t.Errorf("%s: %s", name, difference(a.Body, event(name, "x")))
		}
	}
	if got := len(mustContents(t, p, p.Calendar)); got < items {
		t.Errorf("%d items listed on a full disk, want at least %d", got, items)
	}
	if _, err := p.multi("PROPFIND", p.CalHome, "1", dav("D:propfind", "<D:allprop/>")); err != nil {
		t.Error(err)
	}
}

// mustDelete removes items, which must go on when nothing else does. It tells their names.
func mustDelete(t *testing.T, p *person) []string {
	t.Helper()
	var gone []string
	for i := range 10 {
		gone = append(gone, fmt.Sprintf("before-%d.ics", i))
		p.mustDo(t, 204, "DELETE", p.Calendar+gone[i], nil)
	}
	return gone
}

// checkRecovered wants writes to go on and the old token to tell what happened, no more and no less.
func checkRecovered(t *testing.T, p *person, token string, refused []string, deleted []string) {
	t.Helper()
	awaitRoom(t, p)
	for _, name := range refused {
		p.mustDo(t, 404, "GET", p.Calendar+name+".ics", nil)
		p.mustDo(t, 201, "PUT", p.Calendar+name+".ics", event(name, "again"), "If-None-Match", "*")
	}
	m, err := p.multi("REPORT", p.Calendar, "0", syncBody(token, 0, "<D:getetag/>"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range deleted {
		if r := m.At(p.Calendar + name); r == nil || r.Status != http.StatusNotFound {
			t.Errorf("%s was deleted on the full disk, and sync does not tell", name)
		}
	}
	for _, name := range refused {
		if r := m.At(p.Calendar + name + ".ics"); r == nil || r.Value(propETag) == "" {
			t.Errorf("%s was written after the disk had room, and sync does not tell", name)
		}
	}
}

// awaitRoom puts one item until there is room for it.
func awaitRoom(t *testing.T, p *person) {
	t.Helper()
	for late := time.Now().Add(noticed); ; time.Sleep(50 * time.Millisecond) {
		a, err := p.do("PUT", p.Calendar+"is-there-room.ics", event("is-there-room", "x"))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case a.Status == http.StatusCreated:
			return
		case a.Status != http.StatusInsufficientStorage:
			t.Fatalf("PUT after a full disk: %d %.200s", a.Status, a.Body)
		case time.Now().After(late):
			t.Fatalf("PUT is refused %v after there was room again", noticed)
		}
	}
}
