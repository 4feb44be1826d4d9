package target

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A Server is one running daycairn with its data directory.
type Server struct {
	URL     string
	Dir     string
	Addr    string
	Program string
	cmd     *exec.Cmd
	exited  chan error
	log     *lockedBuffer
	tracer  []string
	env     []string
}

// startLimit is how long a start may take until /readyz answers 200.
const startLimit = 20 * time.Second

// A Config says what is special about a server. The zero Config is the program as it is built.
type Config struct {
	Program string   // another build of it
	Tracer  []string // a command line in front of the program
	Env     []string
}

// Start is StartWith for the program as it is built.
func Start(t testing.TB) *Server {
	t.Helper()
	return StartWith(t, Config{})
}

// StartWith makes a data directory with a first user and serves it on a free port of loopback. It is stopped, and its
// log is shown when the test failed, at the end of the test.
func StartWith(t testing.TB, c Config) *Server {
	t.Helper()
	base := t.TempDir()
	s := &Server{Dir: filepath.Join(base, "data"), Program: c.Program, tracer: c.Tracer}
	if s.Program == "" {
		s.Program = Program(t)
	}
	s.env = append(s.env, "XDG_STATE_HOME="+filepath.Join(base, "state"), "XDG_RUNTIME_DIR="+base)
	s.env = append(s.env, c.Env...)
	if _, err := s.AddUser("first"); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("the server's last words:\n%s", s.words())
		}
	})
	return s
}

// words are the last lines of the log.
func (s *Server) words() string {
	log := s.Log()
	return log[max(0, len(log)-8000):]
}

// Run starts the program on the data directory and waits until it is ready. The address is kept over restarts.
func (s *Server) Run() error {
	if s.Addr == "" {
		addr, err := freeAddr()
		if err != nil {
			return err
		}
		s.Addr, s.URL = addr, "http://"+addr
	}
	s.log = &lockedBuffer{}
	argv := append(append([]string{}, s.tracer...), s.Program, "serve", "--data", s.Dir, "--listen", s.Addr)
	s.cmd = exec.Command(argv[0], argv[1:]...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.Env = append(os.Environ(), s.env...)
	s.cmd.SysProcAttr = processAttributes()
	s.exited = make(chan error, 1)
	started := make(chan error)
	go launch(s.cmd, started, s.exited)
	if err := <-started; err != nil {
		return fmt.Errorf("start server: %w", err)
	}
	return s.awaitReady()
}

// launch starts a program and waits for its end, all on one thread: the program is to die with its parent, and to the
// system the parent is the thread that started it.
func launch(cmd *exec.Cmd, started, exited chan<- error) {
	runtime.LockOSThread()
	err := cmd.Start()
	started <- err
	if err == nil {
		exited <- cmd.Wait()
	}
}

func (s *Server) awaitReady() error {
	client := &http.Client{Timeout: time.Second}
	deadline := time.Now().Add(startLimit)
	for time.Now().Before(deadline) {
		select {
		case err := <-s.exited:
			s.exited <- err
			return fmt.Errorf("server ended at its start: %v\n%s", err, s.Log())
		default:
		}
		resp, err := client.Get(s.URL + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Kill()
	return fmt.Errorf("server not ready after %v\n%s", startLimit, s.Log())
}

// Stop ends the server gracefully, and by force when that takes too long.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	s.signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		s.Kill()
	}
	s.cmd = nil
}

// Kill ends the server as a power cut ends it: SIGKILL, no word to anyone.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	s.signal(syscall.SIGKILL)
	<-s.exited
	s.cmd = nil
}

// signal reaches the program and, where there is one, the tracer around it.
func (s *Server) signal(sig syscall.Signal) {
	if err := syscall.Kill(-s.cmd.Process.Pid, sig); err != nil {
		s.cmd.Process.Signal(sig)
	}
}

// Log is what the server has printed since its last start.
func (s *Server) Log() string { return s.log.String() }

// Command runs another daycairn command on the same data directory.
func (s *Server) Command(stdin string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.Program, append(args, "--data", s.Dir)...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), s.env...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("daycairn %s: %w\n%s%s", strings.Join(args, " "), err, out.String(), errOut.String())
	}
	return out.String(), nil
}

// freeAddr asks the system for a port of loopback that is free now.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// maxLog bounds what we keep of a server's log.
const maxLog = 4 << 20

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.b.Len() > maxLog {
		l.b.Reset()
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
