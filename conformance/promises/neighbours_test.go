package promises

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

// A nuisance is a client whose request fails, or is not waited for, in the middle of its neighbours' commits. It says
// what must not be there afterwards ("" for what may be there whole), and what is wrong with the answer it got.
type nuisance struct {
	name string
	one  func(n *nuisant) (absent string, err error)
}

var nuisances = []nuisance{
	{"goes away after half of the body", halfBody},
	{"goes away before the answer", wholeBodyNoAnswer},
	{"is cancelled at any moment", cancelled},
	{"breaks a condition", func(n *nuisant) (string, error) {
		body := event("steady-0", n.next())
		return "", n.refused(412, "", "PUT", n.p.Calendar+"steady-0.ics", body, "If-None-Match", "*")
	}},
	{"takes another item's UID", func(n *nuisant) (string, error) {
		name := n.next()
		return name, n.refused(403, "C:no-uid-conflict", "PUT", n.p.Calendar+name, event("steady-0", name))
	}},
	{"sends no calendar", func(n *nuisant) (string, error) {
		name := n.next()
		return name, n.refused(403, "C:valid-calendar-data", "PUT", n.p.Calendar+name, []byte("BEGIN:VCALENDAR\r\n"))
	}},
	{"writes where nothing is", func(n *nuisant) (string, error) {
		name := n.next()
		return name, n.refused(409, "", "PUT", n.p.CalHome+"nowhere/"+name, event(name, "x"))
	}},
	{"deletes what is not there", func(n *nuisant) (string, error) {
		return "", n.refused(404, "", "DELETE", n.p.Calendar+n.next(), nil)
	}},
}

// TestNeighbours lets steady clients write among nuisances. One commit holds them all together; still each steady
// request gets its own answer and keeps what was acknowledged.
func TestNeighbours(t *testing.T) {
	const steadies = 6
	s := mustServe(t)
	p := mustPerson(t, s, "steady", steadies)
	p.mustDo(t, 201, "PUT", p.Calendar+"steady-0.ics", event("steady-0", "first"))
	done := make(chan struct{})
	var crowd, work sync.WaitGroup
	bothered := make([]*nuisant, len(nuisances))
	for i, kind := range nuisances {
		n := &nuisant{s: s, p: &person{p.User, p.Client(s.URL, 1)}, kind: kind, id: i, rand: rand.New(rand.NewPCG(uint64(i), 1))}
		bothered[i] = n
		crowd.Go(func() { n.bother(t, done) })
	}
	all := make([]*steady, steadies)
	for i := range all {
		w := &steady{p: p, id: i + 1, items: map[string][]byte{}}
		all[i] = w
		work.Go(func() {
			for n := range size(300, 60) {
				if err := w.write(n); err != nil {
					t.Errorf("steady client %d, write %d: %v", w.id, n, err)
					return
				}
			}
		})
	}
	work.Wait()
	close(done)
	crowd.Wait()
	there := mustContents(t, p, p.Calendar)
	for _, w := range all {
		for name, body := range w.items {
			if !bytes.Equal(there[name], body) {
				t.Errorf("acknowledged and lost: %s is %q, want %q", name, there[name], body)
			}
		}
	}
	for _, n := range bothered {
		n.check(t, there)
	}
	checkLog(t, s)
}

// A steady client writes its own items and knows what each answer must be.
type steady struct {
	p     *person
	id    int
	items map[string][]byte
}

// write creates, changes and deletes in turn.
func (w *steady) write(n int) error {
	name := fmt.Sprintf("steady-%d-%d.ics", w.id, n/3)
	body := event(strings.TrimSuffix(name, ".ics"), fmt.Sprint("text ", n))
	var a *wire.Answer
	var err error
	want := http.StatusNoContent
	switch {
	case n%3 == 0:
		want = http.StatusCreated
		a, err = w.p.do("PUT", w.p.Calendar+name, body, "If-None-Match", "*")
	case n%3 == 1 || n%2 == 0:
		a, err = w.p.do("PUT", w.p.Calendar+name, body, "If-Match", "*")
	default:
		body = nil
		a, err = w.p.do("DELETE", w.p.Calendar+name, nil)
	}
	switch {
	case err != nil:
		return err
	case a.Status != want:
		return fmt.Errorf("%s: %d %.200s, want %d", name, a.Status, a.Body, want)
	case body == nil:
		delete(w.items, name)
	default:
		w.items[name] = body
	}
	return nil
}

// mustContents reads every item of a collection, by name.
func mustContents(t testing.TB, p *person, at string) map[string][]byte {
	t.Helper()
	m, err := p.multi("REPORT", at, "0", syncBody("", 0, "<D:getetag/><C:calendar-data/>"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, r := range m.Responses {
		all[strings.TrimPrefix(r.Href, at)] = []byte(r.Value(propEvent))
	}
	return all
}

// A nuisant is one nuisance at work.
type nuisant struct {
	s      *target.Server
	p      *person
	kind   nuisance
	id     int
	rand   *rand.Rand
	count  int
	sent   map[string][]byte // what may be there, whole
	absent []string
}

func (n *nuisant) bother(t *testing.T, done <-chan struct{}) {
	defer n.p.c.HTTP.CloseIdleConnections()
	n.sent = map[string][]byte{}
	for {
		select {
		case <-done:
			return
		default:
		}
		n.count++
		absent, err := n.kind.one(n)
		if err != nil {
			t.Errorf("a client that %s: %v", n.kind.name, err)
			return
		}
		if absent != "" {
			n.absent = append(n.absent, absent)
		}
	}
}

// check wants that nothing of a nuisance is there but what it sent whole.
func (n *nuisant) check(t *testing.T, there map[string][]byte) {
	t.Helper()
	if n.count < 3 {
		t.Errorf("a client that %s bothered nobody: %d requests", n.kind.name, n.count)
	}
	for _, name := range n.absent {
		if body, ok := there[name]; ok {
			t.Errorf("a client that %s left %s: %q", n.kind.name, name, body)
		}
	}
	kept := 0
	for name, body := range n.sent {
		got, ok := there[name]
		if ok {
			kept++
		}
		if ok && !bytes.Equal(got, body) {
			t.Errorf("a client that %s left %s torn: %q, want %q", n.kind.name, name, got, body)
		}
	}
	t.Logf("a client that %s: %d times, %d items kept", n.kind.name, n.count, kept)
}

// next is a name that this nuisance never used.
func (n *nuisant) next() string { return fmt.Sprintf("nuisance-%d-%d.ics", n.id, n.count) }

// raw sends part of a PUT on a connection of its own and drops it.
func (n *nuisant) raw(name string, body []byte, send int) error {
	conn, err := net.DialTimeout("tcp", n.s.Addr, 5*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	req, err := http.NewRequest("PUT", n.s.URL+n.p.Calendar+name, nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(n.p.Name, n.p.Password)
	head := fmt.Sprintf("PUT %s HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Type: text/calendar\r\nContent-Length: %d\r\n\r\n",
		req.URL.Path, n.s.Addr, req.Header.Get("Authorization"), len(body))
	if _, err := conn.Write(append([]byte(head), body[:send]...)); err != nil {
		return err
	}
	time.Sleep(time.Duration(n.rand.IntN(4000)) * time.Microsecond)
	return conn.(*net.TCPConn).SetLinger(0) // the other side sees a reset
}

func halfBody(n *nuisant) (string, error) {
	name := n.next()
	body := event(name, strings.Repeat("x", 2000))
	return name, n.raw(name, body, n.rand.IntN(len(body)))
}

func wholeBodyNoAnswer(n *nuisant) (string, error) {
	name := n.next()
	n.sent[name] = event(name, "whole")
	return "", n.raw(name, n.sent[name], len(n.sent[name]))
}

func cancelled(n *nuisant) (string, error) {
	name := n.next()
	n.sent[name] = event(name, "cancelled")
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(n.rand.IntN(6000))*time.Microsecond)
	defer cancel()
	a, err := n.p.c.Do(ctx, wire.Request{Method: "PUT", Target: n.p.Calendar + name, Body: n.sent[name]})
	if err == nil && a.Status != http.StatusCreated {
		return "", fmt.Errorf("%d %.200s, want 201", a.Status, a.Body)
	}
	return "", nil // an error is what was asked for
}

// refused sends what must be turned away, and so.
func (n *nuisant) refused(status int, cond, method, at string, body []byte, header ...string) error {
	a, err := n.p.do(method, at, body, append(header, "Content-Type", calendars.mediaType)...)
	if err != nil {
		return err
	}
	if a.Status != status || condition(a) != cond {
		return fmt.Errorf("%d %q, want %d %q: %.200s", a.Status, condition(a), status, cond, a.Body)
	}
	return nil
}
