package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"daycairn/auth"
	"daycairn/backend"
	"daycairn/server"
)

const (
	// davPrefix is the root of the URL space.
	davPrefix = "/dav"
	// retryBroken is for the 503 of a store that cannot be opened: a person has to come first.
	retryBroken = "600"
)

// house is what a serving process keeps: the store, or why there is none. It serves either way: a store that cannot
// be believed is 503 on every path and method, since clients delete what a 404 or an empty answer does not name.
type house struct {
	set     *settings
	log     *slog.Logger
	started time.Time
	proxies auth.Proxies
	url     atomic.Pointer[string] // that people type, once it is known

	mu   sync.Mutex // of open and close
	open atomic.Pointer[opened]
	err  atomic.Pointer[error] // why open is nil
}

// opened is a store with those who work on it.
type opened struct {
	store   backend.Store
	basic   *auth.Basic
	handler http.Handler
}

var errNotOpened = errors.New("store is not opened")

func newHouse(set *settings, log *slog.Logger) (*house, error) {
	h := &house{set: set, log: log, started: time.Now()}
	h.err.Store(&errNotOpened)
	var err error
	if h.proxies, err = auth.ParseProxies(set.TrustedProxies); err != nil {
		return nil, usageError{err}
	}
	return h, nil
}

// tryOpen opens the store if it is not. The house keeps the error until a later try.
func (h *house) tryOpen(ctx context.Context, create bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open.Load() != nil {
		return nil
	}
	o, err := h.openNow(ctx, create)
	if err != nil {
		h.err.Store(&err)
		return err
	}
	h.open.Store(o)
	h.log.Debug("store opened")
	return nil
}

func (h *house) openNow(ctx context.Context, create bool) (*opened, error) {
	store, err := openStore(ctx, h.set, h.log, create)
	if err != nil {
		return nil, err
	}
	basic, err := auth.NewBasic(auth.Options{Store: store, Proxies: h.proxies, Log: h.log})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	methods := auth.Chain{basic}
	if h.set.UserHeader != "" {
		methods = auth.Chain{&auth.Header{Store: store, Name: h.set.UserHeader, Peers: h.proxies}, basic}
	}
	return &opened{store, basic, &server.Handler{
		Store: store, Auth: methods, Prefix: davPrefix, Limits: h.set.Limits, Log: h.log,
	}}, nil
}

// ServeHTTP answers what clients ask.
func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if o := h.open.Load(); o != nil {
		o.handler.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Retry-After", retryBroken)
	http.Error(w, "503 the store cannot be opened; nothing was changed", http.StatusServiceUnavailable)
}

// session for a command that came over the socket.
func (h *house) session(by backend.Actor) *session {
	s := &session{by: by, house: h, reopen: func(ctx context.Context) error { return h.tryOpen(ctx, false) }}
	if u := h.url.Load(); u != nil {
		s.url = *u
	}
	o := h.open.Load()
	if o == nil {
		s.err = *h.err.Load()
		return s
	}
	s.store, s.lastUsed = o.store, o.basic.LastUsed
	return s
}

// flush writes last uses every so often until the context ends.
func (h *house) flush(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if o := h.open.Load(); o != nil {
			if err := o.basic.Flush(ctx); err != nil {
				h.log.Warn("last uses not written", "err", err)
			}
		}
	}
}

// close writes what is left and closes the store. Nobody may be served any more.
func (h *house) close(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := h.open.Swap(nil)
	if o == nil {
		return nil
	}
	if err := o.basic.Flush(ctx); err != nil {
		h.log.Warn("last uses not written", "err", err)
	}
	return o.store.Close()
}
