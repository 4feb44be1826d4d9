package sqlite

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"daycairn/backend"
	"daycairn/backend/journal"
)

// The test binary is its own child: a process that writes until it is killed, and says on standard output what was
// acknowledged, one line "client number" each.
const (
	childDir     = "DAYCAIRN_TEST_DIR"
	childClients = "DAYCAIRN_TEST_CLIENTS"
	childWrites  = "DAYCAIRN_TEST_WRITES" // of each client; 0: for ever
	childUnsafe  = "DAYCAIRN_TEST_UNSAFE"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func child(dir string, out io.Writer) error {
	clients, _ := strconv.Atoi(os.Getenv(childClients))
	writes, _ := strconv.Atoi(os.Getenv(childWrites))
	j, err := journal.Open(filepath.Join(dir, "journal"), journal.Options{})
	if err != nil {
		return err
	}
	s, err := Open(context.Background(), Options{
		Dir: dir, Create: true, Journal: j, MinFree: -1, UnsafeNormalSync: os.Getenv(childUnsafe) != "",
	})
	if err != nil {
		return err
	}
	col, err := childCollection(s)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "ready")
	var mu sync.Mutex
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := 0; writes == 0 || n < writes; n++ {
				err := s.Update(context.Background(), backend.Server, func(w backend.Writer) error {
					return childWrite(w, col, c)
				})
				mu.Lock()
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
				} else {
					fmt.Fprintln(out, c)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if err := s.Close(); err != nil {
		return err
	}
	return j.Close()
}

// childCollection is the one calendar of a child's store.
func childCollection(s *Store) (col backend.Collection, err error) {
	err = s.Update(context.Background(), backend.Server, func(w backend.Writer) error {
		p, err := w.Principal("alice")
		if err != nil {
			if p, err = w.CreatePrincipal(backend.NewPrincipal{Name: "alice"}); err != nil {
				return err
			}
			col, err = w.CreateCollection(backend.NewCollection{Owner: p.ID, Kind: backend.Calendar, Slug: "work"})
			return err
		}
		col, err = w.Collection(p.ID, backend.Calendar, "work")
		return err
	})
	return col, err
}

// childWrite counts up in the item of a client.
func childWrite(w backend.Writer, col backend.Collection, client int) error {
	n, err := childCount(w, col, client)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%d.ics", client)
	_, _, err = w.PutItem(col.ID, name, fmt.Append(nil, n+1), backend.Facts{Version: backend.FactsVersion, UID: name})
	return err
}

func childCount(r backend.Reader, col backend.Collection, client int) (n int, err error) {
	it, err := r.Item(col.ID, fmt.Sprintf("%d.ics", client))
	if err != nil {
		return 0, nil
	}
	body, err := r.Body(it.Body)
	if err != nil {
		return 0, err
	}
	_, err = fmt.Sscan(string(body), &n)
	return n, err
}

// childCommand prepares a child under a tool (like strace), or alone.
func childCommand(t *testing.T, dir string, clients, writes int, tool ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := append(tool, self)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), childDir+"="+dir, fmt.Sprintf("%s=%d", childClients, clients),
		fmt.Sprintf("%s=%d", childWrites, writes))
	cmd.Stderr = os.Stderr
	return cmd
}
