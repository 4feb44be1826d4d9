package promises

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

const (
	killedWorkers = 6
	killedItems   = 6 // of each worker
)

// TestKilledMoves kills the server (SIGKILL) while items are made, changed, moved and deleted and collections are named
// anew, and kills it again while it starts. Each item is then where it was acknowledged to be, or where the request
// without an answer would have put it: in one place, whole, never in both and never in none.
func TestKilledMoves(t *testing.T) {
	cycles := size(40, 6)
	s := mustServe(t)
	p := mustPerson(t, s, "killed", killedWorkers+1)
	colls := []string{p.Calendar, p.CalHome + "other/", p.CalHome + "third/"}
	for _, c := range colls[1:] {
		calendars.mustMake(t, p, c, "x")
	}
	r := rand.New(rand.NewPCG(1, 41))
	workers := make([]*mover, killedWorkers)
	for i := range workers {
		workers[i] = &mover{p: p, id: i, colls: colls, rand: rand.New(rand.NewPCG(uint64(i), 42)), items: map[string]*moved{}}
	}
	tokens, mirror := map[string]string{}, map[string]string{}
	for cycle := range cycles {
		var wg sync.WaitGroup
		stop := make(chan struct{})
		for _, w := range workers {
			wg.Go(func() { w.work(stop) })
		}
		time.Sleep(time.Duration(20+r.IntN(150)) * time.Millisecond)
		s.Kill()
		close(stop)
		wg.Wait()
		for range r.IntN(3) {
			killAtStart(t, s, time.Duration(r.IntN(60))*time.Millisecond)
		}
		mustRun(t, s)
		if err := follow(p, colls, tokens, mirror); err != nil {
			t.Fatalf("cycle %d: %v", cycle, err)
		}
		there := map[string]string{}
		for _, c := range colls {
			for name, body := range mustContents(t, p, c) {
				there[c+name] = string(body)
			}
		}
		if err := sameItems(mirror, there); err != nil {
			t.Fatalf("cycle %d: what sync told since the token of before: %v", cycle, err)
		}
		for _, w := range workers {
			if err := w.check(there); err != nil {
				t.Fatalf("cycle %d, worker %d: %v", cycle, w.id, err)
			}
		}
	}
	mustVerify(t, s)
	done := 0
	for _, w := range workers {
		done += w.done
	}
	if done < cycles*killedWorkers {
		t.Errorf("only %d acknowledged writes: this was no load", done)
	}
	t.Logf("%d kills, %d acknowledged writes", cycles, done)
}

// killAtStart lets the program run for a moment only.
func killAtStart(t *testing.T, s *target.Server, after time.Duration) {
	t.Helper()
	cmd := exec.Command(s.Program, "serve", "--data", s.Dir, "--listen", s.Addr)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(filepath.Dir(s.Dir), "state"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatalf("the server ended by itself %v after its start: %v", after, err)
	}
	cmd.Wait() // killed, as it says
}

// mustVerify reads everything back by the program's own command.
func mustVerify(t *testing.T, s *target.Server) {
	t.Helper()
	if out, err := s.Command("", "verify"); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// follow brings a mirror, by path, up to date with tokens that were given before the crash.
func follow(p *person, colls []string, tokens, mirror map[string]string) error {
	for _, c := range colls {
		m, err := p.multi("REPORT", c, "0", syncBody(tokens[c], 0, "<D:getetag/><C:calendar-data/>"))
		if err != nil {
			return err
		}
		tokens[c] = m.SyncToken
		for _, r := range m.Responses {
			if r.Status == http.StatusNotFound {
				delete(mirror, r.Href)
				continue
			}
			mirror[r.Href] = r.Value(propEvent)
		}
	}
	return nil
}

func sameItems(got, want map[string]string) error {
	for path, body := range want {
		if got[path] != body {
			return fmt.Errorf("%s: %s", path, difference([]byte(got[path]), []byte(body)))
		}
	}
	for path := range got {
		if _, ok := want[path]; !ok {
			return fmt.Errorf("%s is gone", path)
		}
	}
	return nil
}

// A mover writes items that are its alone.
type mover struct {
	p     *person
	id    int
	colls []string
	rand  *rand.Rand
	count int
	done  int
	wrong error
	items map[string]*moved // by name
}

// moved is where an item must be (path, body), or may be because of a request that was not answered. Both are empty
// for an item that is not there.
type moved struct {
	now  [2]string
	next *[2]string
}

func (w *mover) work(stop <-chan struct{}) {
	defer w.p.c.HTTP.CloseIdleConnections()
	for w.wrong == nil {
		select {
		case <-stop:
			return
		default:
		}
		name := fmt.Sprintf("w%d-%d.ics", w.id, w.rand.IntN(killedItems))
		it := w.items[name]
		if it == nil {
			it = &moved{}
			w.items[name] = it
		}
		w.count++
		body := event(name, fmt.Sprintf("%d %s", w.count, strings.Repeat("x", w.rand.IntN(6000))))
		coll := pick(w.rand, w.colls)
		var a *wire.Answer
		var err error
		switch n := w.rand.IntN(10); {
		case it.now[0] == "":
			it.next = &[2]string{coll + name, string(body)}
			a, err = w.p.do("PUT", coll+name, body, "If-None-Match", "*")
		case n < 3:
			it.next = &[2]string{it.now[0], string(body)}
			a, err = w.p.do("PUT", it.now[0], body, "If-Match", "*")
		case n < 4:
			it.next = &[2]string{}
			a, err = w.p.do("DELETE", it.now[0], nil)
		case it.now[0] != coll+name:
			it.next = &[2]string{coll + name, it.now[1]}
			a, err = w.p.do("MOVE", it.now[0], nil, "Destination", coll+name, "Overwrite", "F")
		default:
			a, err = w.p.do("PROPPATCH", coll, []byte(dav("D:propertyupdate", fmt.Sprintf(
				"<D:set><D:prop><D:displayname>%d</D:displayname></D:prop></D:set>", w.count))), "Content-Type", xmlType)
		}
		if err != nil {
			return // the lights went out
		}
		if a.Status >= 300 {
			w.wrong = fmt.Errorf("%s: %d %.200s", name, a.Status, a.Body)
			return
		}
		if w.done++; it.next != nil {
			it.now, it.next = *it.next, nil
		}
	}
}

// check looks for each item in all collections, and takes what is there for the truth from now on.
func (w *mover) check(there map[string]string) error {
	if w.wrong != nil {
		return w.wrong
	}
	for name, it := range w.items {
		var found [2]string
		for _, c := range w.colls {
			body, ok := there[c+name]
			if ok && found[0] != "" {
				return fmt.Errorf("%s is in two places: %s and %s", name, found[0], c)
			}
			if ok {
				found = [2]string{c + name, body}
			}
		}
		if found != it.now && (it.next == nil || found != *it.next) {
			return fmt.Errorf("LOST or torn: %s is %.200q, want %.200q or %.200q", name, found, it.now, it.next)
		}
		it.now, it.next = found, nil
	}
	return nil
}
