package server

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// What one account may have running: shares, of which each request takes what its method's row says and one more for each
// MiB of its body. The others of that account wait their turn, in order. So neither many connections nor many large bodies
// of one account take the server from all others; phones have two to four requests at a time.
const (
	shares     = 32
	maxWaiting = 256 // requests of one account
)

// A gate shares the server out between accounts.
type gate struct {
	mu       sync.Mutex
	accounts map[int64]*turnstile // that have anything running
}

// A turnstile is the part of a gate that one account goes through.
type turnstile struct {
	free    int
	waiting []*visitor
}

// A visitor waits for its turn.
type visitor struct {
	cost int
	turn chan struct{} // closed when it has come
}

// enter takes shares of an account's, and waits for them no longer than the context lasts. Whoever has entered leaves.
func (g *gate) enter(ctx context.Context, account int64, cost int) error {
	v := &visitor{cost, make(chan struct{})}
	g.mu.Lock()
	t := g.accounts[account]
	if t == nil {
		if g.accounts == nil {
			g.accounts = make(map[int64]*turnstile)
		}
		t = &turnstile{free: shares}
		g.accounts[account] = t
	}
	full := len(t.waiting) == maxWaiting
	if !full {
		t.waiting = append(t.waiting, v)
		t.advance()
	}
	g.mu.Unlock()
	if full {
		return errCrowded
	}
	select {
	case <-v.turn:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-v.turn: // at the same moment
		return nil
	default:
	}
	t.waiting = slices.DeleteFunc(t.waiting, func(w *visitor) bool { return w == v })
	t.advance() // it may have been in the way of a smaller one
	return errCrowded
}

// leave gives back what enter took.
func (g *gate) leave(account int64, cost int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.accounts[account]
	t.free += cost
	t.advance()
	if t.free == shares {
		delete(g.accounts, account)
	}
}

// advance lets in whoever is first, as long as there are shares enough.
func (t *turnstile) advance() {
	for len(t.waiting) > 0 && t.waiting[0].cost <= t.free {
		t.free -= t.waiting[0].cost
		close(t.waiting[0].turn)
		t.waiting = t.waiting[1:]
	}
}

// errCrowded says that an account does too much at once: clients keep what they have and come back.
var errCrowded = errors.New("the account has too much running")

// cost is what a request takes of its account's shares. A body of unknown length is as long as one may be, and one that
// only asks as long as one is but for a multiget.
func (x *exchange) cost(m *method) int {
	n := x.r.ContentLength
	switch {
	case n < 0 && m.writes:
		n = x.limits.Resource
	case n < 0:
		n = x.limits.Request
	}
	return min(m.cost+int(max(0, n)>>20), shares)
}

// run does what a method's row says when its turn has come.
func (x *exchange) run(m *method) error {
	ctx, cancel := context.WithTimeout(x.r.Context(), x.limits.BodyTimeout/2) // proxies wait for 60 s
	defer cancel()
	account, cost := x.who.Principal.ID, x.cost(m)
	if err := x.h.gate.enter(ctx, account, cost); err != nil {
		return err
	}
	defer x.h.gate.leave(account, cost)
	return m.run(x)
}
