package sqlite

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"daycairn/backend"
)

// A scene is a store with a calendar, in which requests can be made to share one batch.
type scene struct {
	*testing.T
	s    *Store
	o    Options
	col  backend.Collection
	acks map[string]string // name → body that was acknowledged
}

func newScene(t *testing.T, o Options) *scene {
	t.Helper()
	setFault(nil)
	o.Dir = t.TempDir()
	o.Journal = mustJournal(t, o.Dir)
	sc := &scene{T: t, s: mustOpen(t, o), o: o, acks: map[string]string{}}
	col, err := childCollection(sc.s)
	if err != nil {
		t.Fatal(err)
	}
	sc.col = col
	return sc
}

func (sc *scene) put(name, body string) func(*writer) error {
	return func(w *writer) error {
		_, _, err := w.PutItem(sc.col.ID, name, []byte(body), backend.Facts{Version: backend.FactsVersion, UID: name})
		return err
	}
}

// A member is one request of a batch. Its error is what it got.
type member struct {
	name, body string
	ctx        context.Context
	fn         func(*writer) error // after the put; nil: nothing
	err        error
}

// batch runs members as neighbours in one batch, each putting its item.
func (sc *scene) batch(members ...*member) {
	sc.Helper()
	release := make(chan bool)
	begun := make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		err := sc.s.update(sc.Context(), backend.Server, func(*writer) error { close(begun); <-release; return nil })
		if err != nil {
			sc.Errorf("the one that holds the line: %v", err)
		}
	})
	<-begun
	for i, m := range members {
		if m.ctx == nil {
			m.ctx = context.Background()
		}
		wg.Go(func() {
			m.err = sc.s.update(m.ctx, backend.Server, func(w *writer) error {
				if err := sc.put(m.name, m.body)(w); err != nil {
					return err
				}
				if m.fn != nil {
					return m.fn(w)
				}
				return nil
			})
		})
		for len(sc.s.queue) <= i {
			time.Sleep(time.Millisecond)
		}
	}
	close(release)
	wg.Wait()
	for _, m := range members {
		if m.err == nil {
			sc.acks[m.name] = m.body
		}
	}
}

// reopen closes the store and opens it again.
func (sc *scene) reopen() {
	sc.Helper()
	if err := sc.s.Close(); err != nil {
		sc.Logf("close: %v", err)
	}
	sc.s = mustOpen(sc.T, sc.o)
}

// check compares the store with what was acknowledged, and verifies it. Names in unknown may be there or not.
func (sc *scene) check(unknown ...string) {
	sc.Helper()
	err := sc.s.View(context.Background(), func(r backend.Reader) error {
		have := map[string]string{}
		for it, err := range r.Items(sc.col.ID, backend.Query{}) {
			if err != nil {
				return err
			}
			body, err := r.Body(it.Body)
			if err != nil {
				return err
			}
			have[it.Name] = string(body)
		}
		for name, body := range sc.acks {
			if have[name] != body {
				sc.Errorf("%s was acknowledged with %.20q, the store has %.20q", name, body, have[name])
			}
		}
		for name := range have {
			if _, ok := sc.acks[name]; !ok && !strings.Contains(strings.Join(unknown, " "), name) {
				sc.Errorf("%s is there and was not acknowledged", name)
			}
		}
		return nil
	})
	if err != nil {
		sc.Error(err)
	}
	err = sc.s.Verify(context.Background(), func(f backend.Finding) {
		if f.Damage {
			sc.Errorf("verify: %s: %s", f.Where, f.What)
		}
	})
	if err != nil {
		sc.Error(err)
	}
}

// neighbours is a batch of five whose middle one fails by fn.
func (sc *scene) neighbours(middle *member) []*member {
	sc.Helper()
	list := []*member{
		{name: "a", body: "1"}, {name: "b", body: "2"}, middle, {name: "d", body: "4"}, {name: "e", body: "5"},
	}
	sc.batch(list...)
	for i, m := range list {
		if i != 2 && m.err != nil {
			sc.Errorf("neighbour %s: %v", m.name, m.err)
		}
	}
	return list
}

// waitOpen waits until a restart is over.
func (sc *scene) waitOpen() {
	sc.Helper()
	for range 500 {
		if !sc.s.Health().Held {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	sc.Fatalf("still on hold: %v", sc.s.Health().Reasons)
}
