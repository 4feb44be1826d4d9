package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A data directory whose socket path is too long for the kernel gets a shorter one, which is recorded and removed.
func TestAdminLongPath(t *testing.T) {
	pl := newPlace(t)
	pl.dir = filepath.Join(pl.dir, strings.Repeat("long/", 30))
	s := pl.serve(t)
	s.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	recorded, err := os.ReadFile(filepath.Join(pl.dir, pathName))
	if err != nil {
		t.Fatal(err)
	}
	socket := strings.TrimSpace(string(recorded))
	info, err := os.Stat(socket)
	if err != nil || info.Mode().Perm() != 0o600 || len(socket) > maxSocketPath {
		t.Errorf("socket %s: %v, %v", socket, info, err)
	}
	if got := s.status(t, "PROPFIND", "/dav/", "alice", "sesame"); got != 207 {
		t.Errorf("the command did not reach the server: %d", got)
	}
	s.stop()
	for _, gone := range []string{socket, filepath.Dir(socket), filepath.Join(pl.dir, pathName)} {
		if _, err := os.Lstat(gone); err == nil {
			t.Errorf("%s is left", gone)
		}
	}
	pl.must(t, "", "user", "show", "alice")
}

// The default data directory has a name that begins as the shorter place does: it is served, not taken for one.
func TestAdminDefaultName(t *testing.T) {
	pl := newPlace(t)
	t.Chdir(filepath.Dir(pl.dir))
	pl.dir = options[0].value
	pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	for range 2 {
		s := pl.serve(t)
		s.must(t, "", "health")
		s.stop()
	}
}

// What a killed server left is replaced, and nothing but what we make is removed.
func TestAdminStaleSocket(t *testing.T) {
	pl := newPlace(t)
	pl.must(t, "sesame\n", "user", "add", "alice", "--password-stdin")
	l, err := net.Listen("unix", filepath.Join(pl.dir, socketName))
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	precious := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(precious, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	pl.must(t, "", "user", "list") // nobody answers: the store is opened here
	for _, record := range []string{"", precious, filepath.Join(filepath.Dir(precious), socketName)} {
		if record != "" {
			if err := os.WriteFile(filepath.Join(pl.dir, pathName), []byte(record), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s := pl.serve(t)
		info, err := os.Stat(filepath.Join(pl.dir, socketName))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("socket: %v, %v", info, err)
		}
		pl.must(t, "", "health")
		s.stop()
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

func TestAdminRefuses(t *testing.T) {
	pl := newPlace(t)
	pl.serve(t)
	client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", filepath.Join(pl.dir, socketName))
	}}}
	defer client.CloseIdleConnections()
	for _, tt := range []struct {
		method, path, body string
		want               int
	}{
		{"GET", "/command", "", 405},
		{"POST", "/", "{}", 404},
		{"POST", "/command", "{", 400},
		{"POST", "/command", `{"args":["` + strings.Repeat("x", maxCommand) + `"]}`, 400},
		{"POST", "/command", `{"args":["version"]}`, 200},
	} {
		req, err := http.NewRequest(tt.method, "http://admin"+tt.path, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != tt.want {
			t.Errorf("%s %s %.30s: got %d, want %d", tt.method, tt.path, tt.body, resp.StatusCode, tt.want)
		}
	}
	// A server inside the server would wait for its own lock.
	p := pl.program(nil, &syncBuffer{}, &syncBuffer{}, "serve")
	err := p.forward(t.Context(), pl.dir)
	if code, ok := err.(exited); !ok || int(code) != exitUsage {
		t.Errorf("serve over the socket: got %v, want exit code %d", err, exitUsage)
	}
}

// An answer that ends without an exit code is a failure, not a success.
func TestAdminCutAnswer(t *testing.T) {
	p := newPlace(t).program(nil, &syncBuffer{}, &syncBuffer{})
	for _, body := range []string{"", `{"out":"aGFsZg=="}`, `{"out":"aGFsZg`, "null"} {
		if err := p.copyFrames(strings.NewReader(body)); err == nil {
			t.Errorf("%q was taken for success", body)
		}
	}
	var frame []byte
	zero := exitOK
	frame, err := json.Marshal(adminFrame{Exit: &zero})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.copyFrames(strings.NewReader(string(frame))); err != nil {
		t.Error(err)
	}
}
