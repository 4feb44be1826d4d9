package server

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"daycairn/auth"
	"daycairn/backend"
)

// Handler serves CalDAV and CardDAV. Its fields are set before the first request and not changed after.
type Handler struct {
	Store backend.Store
	// Auth says who asks.
	Auth auth.Method
	// Prefix is the context path, "/dav" when empty; no slash at its end.
	Prefix string
	Limits Limits
	// Log gets the causes of what goes wrong; clients see conditions only. Nil: slog.Default.
	Log *slog.Logger
	// Now is time.Now when nil.
	Now func() time.Time

	inUse   atomic.Bool // the store was seen to have a user
	lineage atomic.Pointer[lineage]
	gate    gate
}

// ServeHTTP answers one request. Nothing that a client sends makes it panic, and it answers 503 on every path and
// method while the store may not be believed (design law 7: unhealthy never looks empty).
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := h.exchange(w, r)
	defer x.finish()
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		x.fail(fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
	}()
	if err := x.serve(); err != nil {
		x.fail(err)
	}
}

// serve is the life of a request: healthy? who? what? may it? then the method's row.
func (x *exchange) serve() error {
	if err := x.h.ready(x); err != nil {
		return err
	}
	if wellKnown(x) {
		return nil
	}
	if err := once(x.r.Header); err != nil {
		return err
	}
	who, err := x.h.Auth.Authenticate(x.r)
	if err != nil {
		x.h.inUse.Store(false) // the last account may be gone: then nobody is to be asked for a password
		return cmp.Or(x.h.ready(x), err)
	}
	x.who = who
	if x.target, err = x.tree.resolve(x.r.URL.EscapedPath()); err != nil {
		return x.nowhere(err)
	}
	if err := x.own(x.target); err != nil {
		return err
	}
	m, err := findMethod(x.r.Method, x.target.kind)
	if err != nil {
		return err
	}
	if m.writes && who.ReadOnly {
		return needPrivileges(x.tree.href(x.target), "write")
	}
	return x.believe(x.run(m))
}

// singletons are the fields that decide and may stand once only: whoever is between us and the client might judge
// another one of them than we do (RFC 9110 §5.3).
var singletons = []string{"Authorization", "Content-Type", "Depth", "Destination", "Overwrite"}

func once(hd http.Header) error {
	for _, name := range singletons {
		if len(hd[name]) > 1 {
			return statusError(http.StatusBadRequest)
		}
	}
	return nil
}

// ready refuses while the store is on hold, or has no user yet: an unmounted volume must not look like an account
// whose password is wrong.
func (h *Handler) ready(x *exchange) error {
	if health := h.Store.Health(); health.Held {
		h.inUse.Store(false) // whatever ends the hold may have changed the lineage
		return backend.ErrHold
	}
	if h.inUse.Load() {
		return nil
	}
	if err := x.view(h.learn); err != nil {
		return err
	}
	if !h.inUse.Load() {
		return fmt.Errorf("no account yet: %w", backend.ErrHold)
	}
	return nil
}

// ours tells failures of the server from refusals that have a number above 500: an unknown method, a quota.
func ours(status int) bool {
	return status >= 500 && status != http.StatusNotImplemented && status != http.StatusInsufficientStorage
}

// planned tells refusals with 503 that are no failure either: nobody fills the log with them.
func planned(err error) bool {
	return errors.Is(err, backend.ErrHold) || errors.Is(err, auth.ErrBusy) || errors.Is(err, errCrowded) ||
		errors.Is(err, errOvertaken)
}

// fail answers with an error, or cuts the connection when the answer has begun: a client must not read a short list
// as a complete one (clients.md C3.5).
func (x *exchange) fail(err error) {
	if x.started() {
		x.log().Error("answer cut", "err", err)
		x.w.abort()
		if !x.r.ProtoAtLeast(1, 1) {
			x.w.reset()
		}
		panic(http.ErrAbortHandler)
	}
	e := x.describe(err)
	if ours(e.status) && !planned(err) {
		x.log().Error("request failed", "status", e.status, "err", err)
	} else {
		x.log().Debug("request refused", "status", e.status, "err", err)
	}
	x.w.discard()
	x.writeError(e)
}

// retryAfter sets the header in whole seconds: DAVx5, GNOME and python-caldav read integers.
func retryAfter(hd http.Header, d time.Duration) {
	hd.Set("Retry-After", strconv.Itoa(max(1, int((d+time.Second-1)/time.Second))))
}
