package main

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Whoever gets past the modes of socket and directory is turned away by the kernel's word on who it is.
func TestAdminTurnsOtherUsersAway(t *testing.T) {
	pl := newPlace(t)
	pl.serve(t)
	socket := filepath.Join(pl.dir, socketName)
	own, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	if uid, err := peerUID(own); err != nil || uid != os.Geteuid() || peerError(own) != nil {
		t.Errorf("our own socket: user id %d, %v, %v", uid, err, peerError(own))
	}
	if os.Geteuid() != 0 {
		return // only root can be somebody else
	}
	for path, mode := range map[string]os.FileMode{filepath.Dir(pl.dir): 0o755, pl.dir: 0o755, socket: 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	self := mustCopySelf(t, filepath.Join(filepath.Dir(pl.dir), "program"))
	for _, tt := range []struct {
		env  string
		want string
	}{
		{asProgram + "=1", "is not ours"}, // the client does not trust another user's server
		{asStranger + "=" + socket, "user id 65534 may not"},
	} {
		cmd := exec.Command(self, "user", "list", "--data", pl.dir)
		cmd.Dir = pl.dir
		cmd.Env = append(os.Environ(), tt.env)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if out, err := cmd.CombinedOutput(); !strings.Contains(string(out), tt.want) {
			t.Errorf("%s: got %v, %s; want %q", tt.env, err, out, tt.want)
		}
	}
}

// mustCopySelf puts the test binary where any user can run it.
func mustCopySelf(t *testing.T, to string) string {
	t.Helper()
	in, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(to, 0o755); err != nil {
		t.Fatal(err)
	}
	return to
}
