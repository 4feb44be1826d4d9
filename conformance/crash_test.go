package conformance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"daycairn/conformance/target"
)

// How often TestCrash pulls the plug, and how many people work meanwhile.
const (
	crashCycles  = 100
	crashWorkers = 6
	crashNames   = 8 // of each worker
)

// TestCrash kills the server (SIGKILL) again and again under mixed load. What it had acknowledged is there afterwards;
// what it had not is there whole or not at all; tokens stay good; it starts each time.
func TestCrash(t *testing.T) {
	srv := target.Start(t)
	s := login(t, srv, "crash")
	workers := make([]*worker, crashWorkers)
	for i := range workers {
		workers[i] = &worker{s: s, id: i, rand: rand.New(rand.NewPCG(uint64(i), 3)), items: map[string]*kept{}}
	}
	mirror := map[string]string{} // what sync-collection told, by href
	token := ""
	for cycle := range crashCycles {
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for _, w := range workers {
			wg.Go(func() { w.work(ctx) })
		}
		time.Sleep(time.Duration(30+workers[0].rand.IntN(120)) * time.Millisecond)
		srv.Kill()
		stop()
		wg.Wait()
		if err := srv.Run(); err != nil {
			t.Fatalf("cycle %d: %v", cycle, err)
		}
		for _, w := range workers {
			if err := w.check(t.Context()); err != nil {
				t.Fatalf("cycle %d, worker %d: %v", cycle, w.id, err)
			}
		}
		token = follow(t, s, token, mirror)
	}
	acknowledged, there := 0, 0
	for _, w := range workers {
		acknowledged += w.acknowledged
		for name, k := range w.items {
			if k.body == "" {
				continue
			}
			there++
			if mirror[s.Calendar+name] != k.body {
				t.Errorf("sync gave %q for %s, want %q", mirror[s.Calendar+name], name, k.body)
			}
		}
	}
	if len(mirror) != there {
		t.Errorf("sync leaves %d items, GET finds %d", len(mirror), there)
	}
	if acknowledged < crashCycles*crashWorkers {
		t.Errorf("only %d acknowledged writes: this was no load", acknowledged)
	}
	t.Logf("%d kills, %d acknowledged writes, none lost", crashCycles, acknowledged)
}

// follow applies what happened since the token; a token that was good before the crash must be good after it.
func follow(t *testing.T, s *session, token string, mirror map[string]string) string {
	t.Helper()
	m := s.mustList(t, "REPORT", s.Calendar, syncBody(token, 0), "Depth", "0")
	for _, r := range m.Responses {
		if r.Status == http.StatusNotFound {
			delete(mirror, r.Href)
			continue
		}
		mirror[r.Href] = r.Value(calendarData)
	}
	return m.SyncToken
}

// A worker writes its own names, so that it knows what must be there.
type worker struct {
	s            *session
	id           int
	rand         *rand.Rand
	count        int
	acknowledged int
	wrong        error
	items        map[string]*kept
}

// kept is what one name must hold: the last acknowledged body ("" for none), or what was under way when the lights
// went out.
type kept struct {
	body    string
	pending *string
}

// work writes until the server is gone.
func (w *worker) work(ctx context.Context) {
	for ctx.Err() == nil {
		name := fmt.Sprintf("w%d-%d.ics", w.id, w.rand.IntN(crashNames))
		k := w.items[name]
		if k == nil {
			k = &kept{}
			w.items[name] = k
		}
		method, body := http.MethodPut, ""
		if k.body != "" && w.rand.IntN(4) == 0 {
			method = http.MethodDelete
		} else {
			w.count++
			body = event(name, fmt.Sprintf("version %d of %d %0*d", w.count, w.id, w.rand.IntN(4000), 0))
		}
		k.pending = &body
		a, err := w.s.try(ctx, method, w.s.Calendar+name, body)
		if err != nil {
			return
		}
		if a.Status >= 300 {
			w.wrong = fmt.Errorf("%s %s: status %d before the crash: %.200s", method, name, a.Status, a.Body)
			return
		}
		k.body, k.pending = body, nil
		w.acknowledged++
	}
}

// check reads every name, and takes what is there for the truth from now on.
func (w *worker) check(ctx context.Context) error {
	if w.wrong != nil {
		return w.wrong
	}
	for name, k := range w.items {
		a, err := w.s.try(ctx, http.MethodGet, w.s.Calendar+name, "")
		if err != nil {
			return err
		}
		got := string(a.Body)
		switch {
		case a.Status == http.StatusNotFound:
			got = ""
		case a.Status != http.StatusOK:
			return fmt.Errorf("%s: status %d", name, a.Status)
		}
		if got != k.body && (k.pending == nil || got != *k.pending) {
			return fmt.Errorf("LOST or torn: %s is %q, want %q", name, head(got), head(k.body))
		}
		k.body, k.pending = got, nil
	}
	return nil
}
