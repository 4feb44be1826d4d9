package conformance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

const (
	linearClients = 16
	linearOps     = 20_000
	linearPlanted = 4_000 // operations with the planted bug
	linearKeys    = 4     // under contention at a time
	linearPhase   = 1_000 // operations before the next keys
	linearLimit   = 2 * time.Minute
)

// TestLinearizable shows that conditions and writes are one step: every answer of 16 clients fits one order of all
// operations in which each saw what was there.
func TestLinearizable(t *testing.T) {
	s := login(t, target.Start(t), "linear")
	h := record(t, s, linearOps, nil)
	if n := len(h.events); n != linearOps {
		t.Fatalf("%d operations, want %d", n, linearOps)
	}
	if r := porcupine.CheckOperationsTimeout(itemModel, h.events, linearLimit); r != porcupine.Ok {
		t.Errorf("history is %s", r)
	}
	t.Logf("%d operations: %v", len(h.events), h.outcomes())
}

// TestLinearizableFindsABug plants one: now and then If-Match is lost on the way, as if the server had not looked.
func TestLinearizableFindsABug(t *testing.T) {
	s := login(t, target.Start(t), "planted")
	h := record(t, s, linearPlanted, func(r *http.Request) {
		if rand.IntN(20) == 0 {
			r.Header.Del("If-Match")
		}
	})
	if r := porcupine.CheckOperationsTimeout(itemModel, h.events, linearLimit); r != porcupine.Illegal {
		t.Errorf("history with a planted bug is %s, want Illegal", r)
	}
}

// A linearOp is what a client asked of a key; body is what it writes, seen what If-Match speaks of.
type linearOp struct {
	kind       string
	key        string
	body, seen int
}

// A linearAnswer is a status, and for GET what was there.
type linearAnswer struct{ status, body int }

// itemModel is one item: a number for its body, 0 when it is not there.
var itemModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[string][]porcupine.Operation{}
		for _, o := range history {
			k := o.Input.(linearOp).key
			byKey[k] = append(byKey[k], o)
		}
		var parts [][]porcupine.Operation
		for _, p := range byKey {
			parts = append(parts, p)
		}
		return parts
	},
	Init: func() any { return 0 },
	Step: func(state, input, output any) (bool, any) {
		return linearStep(state.(int), input.(linearOp), output.(linearAnswer))
	},
}

func linearStep(now int, op linearOp, a linearAnswer) (bool, any) {
	switch op.kind {
	case "get":
		if now == 0 {
			return a.status == 404, now
		}
		return a.status == 200 && a.body == now, now
	case "create":
		if now == 0 {
			return a.status == 201, op.body
		}
		return a.status == 412, now
	case "update":
		if now == op.seen && now != 0 {
			return a.status == 204, op.body
		}
		return a.status == 412, now
	case "delete":
		if now == op.seen && now != 0 {
			return a.status == 204, 0
		}
		return a.status == 412 || now == 0 && a.status == 404, now
	}
	return false, now
}

// A history is what all clients did and were told.
type history struct {
	mu     sync.Mutex
	events []porcupine.Operation
}

func (h *history) outcomes() map[string]int {
	n := map[string]int{}
	for _, e := range h.events {
		n[fmt.Sprintf("%s %d", e.Input.(linearOp).kind, e.Output.(linearAnswer).status)]++
	}
	return n
}

// record lets the clients work. tamper sees each request last.
func record(t *testing.T, s *session, ops int, tamper func(*http.Request)) *history {
	t.Helper()
	h := &history{}
	var next atomic.Int64
	var wg sync.WaitGroup
	begin := time.Now()
	for id := range linearClients {
		c := &linearClient{h: h, id: id, begin: begin, rand: rand.New(rand.NewPCG(uint64(id), 11)), seen: map[string]sighting{}}
		one := *s
		one.client = s.User.Client(s.client.Base, 1)
		if tamper != nil {
			one.client.HTTP.Transport = tampered{one.client.HTTP.Transport, tamper}
		}
		c.s = &one
		wg.Go(func() {
			for n := next.Add(1); n <= int64(ops); n = next.Add(1) {
				if err := c.one(t.Context(), int(n)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return h
}

type tampered struct {
	http.RoundTripper
	change func(*http.Request)
}

func (p tampered) RoundTrip(r *http.Request) (*http.Response, error) {
	p.change(r)
	return p.RoundTripper.RoundTrip(r)
}

// A linearClient remembers what it last saw under each key.
type linearClient struct {
	s     *session
	h     *history
	id    int
	begin time.Time
	rand  *rand.Rand
	seen  map[string]sighting
}

type sighting struct {
	etag string
	body int
}

func (c *linearClient) one(ctx context.Context, n int) error {
	key := fmt.Sprintf("k%d-%d", n/linearPhase, c.rand.IntN(linearKeys))
	op := linearOp{key: key, body: n, kind: "get"}
	last, known := c.seen[key]
	if known {
		op.seen = last.body
		op.kind = []string{"get", "update", "update", "delete", "create"}[c.rand.IntN(5)]
	} else if c.rand.IntN(2) == 0 {
		op.kind = "create"
	}
	call := time.Since(c.begin).Nanoseconds()
	a, err := c.send(ctx, op, last.etag)
	if err != nil {
		return err
	}
	out := linearAnswer{status: a.Status}
	switch {
	case a.Status == 200:
		if _, err := fmt.Sscanf(after(string(a.Body), "SUMMARY:"), "%d", &out.body); err != nil {
			return fmt.Errorf("body %q: %w", a.Body, err)
		}
		c.seen[key] = sighting{a.Header.Get("ETag"), out.body}
	case a.Status == 201, a.Status == 204 && op.kind == "update":
		c.seen[key] = sighting{a.Header.Get("ETag"), op.body}
	case a.Status == 204, a.Status == 404, a.Status == 412:
		if op.kind != "create" {
			delete(c.seen, key)
		}
	default:
		return fmt.Errorf("%s %s: status %d: %.200s", op.kind, key, a.Status, a.Body)
	}
	c.h.mu.Lock()
	defer c.h.mu.Unlock()
	c.h.events = append(c.h.events, porcupine.Operation{ClientId: c.id, Input: op, Call: call, Output: out, Return: time.Since(c.begin).Nanoseconds()})
	return nil
}

func (c *linearClient) send(ctx context.Context, op linearOp, etag string) (*wire.Answer, error) {
	path := c.s.Calendar + op.key + ".ics"
	body := event(op.key, fmt.Sprint(op.body))
	switch op.kind {
	case "create":
		return c.s.try(ctx, "PUT", path, body, "If-None-Match", "*")
	case "update":
		return c.s.try(ctx, "PUT", path, body, "If-Match", etag)
	case "delete":
		return c.s.try(ctx, "DELETE", path, "", "If-Match", etag)
	}
	return c.s.try(ctx, "GET", path, "")
}

func after(s, mark string) string {
	_, rest, _ := strings.Cut(s, mark)
	return rest
}
