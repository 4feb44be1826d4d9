package server

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"daycairn/backend"
	"slices"
)

// TestGateIsInOrder: whoever came first goes first, and nobody goes before there is room.
func TestGateIsInOrder(t *testing.T) {
	var g gate
	ctx := context.Background()
	for range shares / 4 {
		if err := g.enter(ctx, 1, 4); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.enter(ctx, 2, shares); err != nil { // another account
		t.Fatal(err)
	}
	entered := make(chan string, 3)
	wait := func(name string, cost, queue int) {
		go func() {
			if g.enter(ctx, 1, cost) == nil {
				entered <- name
			}
		}()
		for n := -1; n < queue; time.Sleep(time.Millisecond) {
			g.mu.Lock()
			n = len(g.accounts[1].waiting)
			g.mu.Unlock()
		}
	}
	wait("large", 6, 1)
	wait("small", 1, 2)
	g.leave(1, 4)
	select {
	case name := <-entered:
		t.Errorf("%s entered, where there is no room for the first", name)
	case <-time.After(20 * time.Millisecond):
	}
	g.leave(1, 4)
	if both := <-entered + " " + <-entered; both != "large small" && both != "small large" {
		t.Errorf("entered: %s", both)
	}
	g.leave(1, 6)
	g.leave(1, 1)
	for range shares/4 - 2 {
		g.leave(1, 4)
	}
	g.leave(2, shares)
	if len(g.accounts) != 0 {
		t.Errorf("%d accounts are remembered, where nothing runs", len(g.accounts))
	}
}

// TestGateLetsGo: whoever waits for too long, or finds too many waiting, goes; those behind are not held up.
func TestGateLetsGo(t *testing.T) {
	var g gate
	if err := g.enter(context.Background(), 1, shares-1); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	first := make(chan error)
	go func() { first <- g.enter(short, 1, 2) }()
	second := make(chan error)
	go func() {
		for n := 0; n == 0; time.Sleep(time.Millisecond) {
			g.mu.Lock()
			n = len(g.accounts[1].waiting)
			g.mu.Unlock()
		}
		second <- g.enter(context.Background(), 1, 1)
	}()
	if err := <-first; !errors.Is(err, errCrowded) {
		t.Errorf("the first: %v", err)
	}
	if err := <-second; err != nil {
		t.Errorf("the second, which has room: %v", err)
	}
	var all sync.WaitGroup
	for range maxWaiting {
		all.Go(func() { g.enter(context.Background(), 1, 1); g.leave(1, 1) })
	}
	for n := 0; n < maxWaiting; time.Sleep(time.Millisecond) {
		g.mu.Lock()
		n = len(g.accounts[1].waiting)
		g.mu.Unlock()
	}
	if err := g.enter(context.Background(), 1, 1); !errors.Is(err, errCrowded) {
		t.Errorf("one more than may wait: %v", err)
	}
	g.leave(1, shares-1)
	g.leave(1, 1)
	all.Wait()
	if len(g.accounts) != 0 {
		t.Errorf("%d accounts are remembered, where nothing runs", len(g.accounts))
	}
}

// A held store lets no View begin before it is told to.
type held struct {
	backend.Store
	entered chan struct{}
	end     chan struct{}
}

func (h *held) View(ctx context.Context, fn func(backend.Reader) error) error {
	if ctx.Value(heldKey{}) != nil {
		h.entered <- struct{}{}
		<-h.end
	}
	return h.Store.View(ctx, fn)
}

type heldKey struct{}

// TestOneAccountTakesNotEverything: many listings of one account run a few at a time, and others do not wait for them.
func TestOneAccountTakesNotEverything(t *testing.T) {
	w := newWorld(t)
	w.h.Limits.BodyTimeout = 400 * time.Millisecond
	w.mustDo(207, "PROPFIND", calendarPath, propfind(askType), "Depth: 0")
	store := w.h.Store
	h := &held{Store: store, entered: make(chan struct{}, 100), end: make(chan struct{})}
	w.h.Store = h
	const many = 20
	answers := make(chan *httptest.ResponseRecorder, many)
	for range many {
		go func() {
			r := httptest.NewRequest("PROPFIND", calendarPath, strings.NewReader(propfind(askType)))
			r = r.WithContext(context.WithValue(r.Context(), heldKey{}, true))
			r.SetBasicAuth("alice", "x")
			rec := httptest.NewRecorder()
			r.Header.Set("Depth", "0")
			w.h.ServeHTTP(rec, r)
			answers <- rec
		}()
	}
	for range shares / 4 {
		<-h.entered
	}
	if rec := w.as("bob", "PROPFIND", "/dav/calendars/bob/calendar/", propfind(askType), "Depth: 0"); rec.Code != 207 {
		t.Errorf("another account: %d", rec.Code)
	}
	for range many - shares/4 { // the others give up: the first do not end
		rec := <-answers
		if rec.Code != 503 || rec.Header().Get("Retry-After") == "" {
			t.Errorf("%d %v, want 503", rec.Code, rec.Header())
		}
	}
	select {
	case <-h.entered:
		t.Error("more ran than there are shares for")
	default:
	}
	close(h.end)
	for range shares / 4 {
		if rec := <-answers; rec.Code != 207 {
			t.Errorf("one of the first: %d %s", rec.Code, rec.Body)
		}
	}
	w.mustDo(207, "PROPFIND", calendarPath, propfind(askType), "Depth: 0")
}

// A body of unknown length costs what it may come to.
func TestCost(t *testing.T) {
	for _, c := range []struct {
		method string
		length int64
		want   int
	}{
		{"PROPFIND", 0, 4}, {"REPORT", 1000, 4}, {"REPORT", 3 << 20, 7}, {"REPORT", -1, 8}, {"REPORT", 64 << 20, shares},
		{"PUT", 100, 1}, {"PUT", 5 << 20, 6}, {"PUT", -1, 11}, {"GET", 0, 2},
	} {
		r := httptest.NewRequest(c.method, "/dav/", nil)
		r.ContentLength = c.length
		x := (&Handler{}).exchange(httptest.NewRecorder(), r)
		i := slices.IndexFunc(methods, func(m method) bool { return m.name == c.method })
		if got := x.cost(&methods[i]); got != c.want {
			t.Errorf("%s of %d bytes costs %d, want %d", c.method, c.length, got, c.want)
		}
	}
}
