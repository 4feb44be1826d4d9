package server

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"daycairn/auth"
	"daycairn/backend"
)

// An exchange is one request and its answer.
type exchange struct {
	h      *Handler
	w      *answer
	r      *http.Request
	tree   tree
	limits Limits
	prefer preference
	who    auth.Identity
	target target
}

// exchange begins one. DAV goes on every answer (clients.md B3.4).
func (h *Handler) exchange(w http.ResponseWriter, r *http.Request) *exchange {
	prefix := h.Prefix
	if prefix == "" {
		prefix = "/dav"
	}
	x := &exchange{
		h: h, r: r, tree: tree{prefix}, limits: h.Limits.or(DefaultLimits),
		w: newAnswer(w, r), prefer: preferences(r.Header),
	}
	x.w.patience = x.limits.BodyTimeout
	x.w.Header().Set("DAV", davHeader)
	return x
}

func (x *exchange) finish() { x.w.finish() }

// started tells whether the status line is out.
func (x *exchange) started() bool { return x.w.status != 0 }

func (x *exchange) log() *slog.Logger {
	if x.h.Log == nil {
		return slog.Default()
	}
	return x.h.Log
}

func (x *exchange) now() time.Time {
	if x.h.Now == nil {
		return time.Now()
	}
	return x.h.Now()
}

// view reads one snapshot.
func (x *exchange) view(fn func(backend.Reader) error) error {
	return x.h.Store.View(x.r.Context(), fn)
}

// update writes as whoever asks.
func (x *exchange) update(fn func(backend.Writer) error) error {
	by := backend.Actor{Principal: x.who.Principal.ID, Credential: x.who.Credential, Agent: cut(x.r.UserAgent(), 256)}
	return x.h.Store.Update(x.r.Context(), by, fn)
}

// cut bounds what goes into rows and logs.
func cut(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// own lets pass what belongs to nobody or to whoever asks. What belongs to others answers exactly like what does not
// exist, and both without I/O, so that no clock tells them apart.
func (x *exchange) own(t target) error {
	if t.principal == "" || t.principal == x.who.Principal.Slug {
		return nil
	}
	return statusError(http.StatusNotFound)
}

// load reads what a target names. The error wraps backend.ErrNotFound when it is not there, whatever the kind.
func (x *exchange) load(rd backend.Reader, t target, needs need) (*resource, error) {
	if err := x.own(t); err != nil {
		return nil, err
	}
	res := &resource{target: t}
	if t.family != nil && t.slug != "" {
		c, err := rd.Collection(x.who.Principal.ID, t.family.kind, t.slug)
		if err != nil {
			return nil, err
		}
		res.coll = &c
	}
	if t.name != "" {
		it, err := rd.Item(res.coll.ID, t.name)
		if err != nil {
			return nil, err
		}
		res.item = &it
	}
	return res, x.fill(rd, res, needs)
}

// fill loads what a plan needs beyond the rows.
func (x *exchange) fill(rd backend.Reader, res *resource, needs need) (err error) {
	me := x.who.Principal.ID
	if needs&needStored != 0 && res.stored == nil {
		if s, ok := x.subject(res); ok {
			if res.stored, err = rd.Properties(s); err != nil {
				return err
			}
		}
	}
	if needs&needUsage != 0 && res.usage == nil {
		u, err := rd.Usage(me)
		if err != nil {
			return err
		}
		res.usage = &u
	}
	if needs&needMembers != 0 && kindHome.has(res.kind) {
		if res.state, res.mark, err = rd.HomeState(me, res.family.kind); err != nil {
			return err
		}
	}
	if needs&needDefault != 0 && kindHome.has(res.kind) {
		if res.primary, err = x.primary(rd, res.family); err != nil {
			return err
		}
	}
	if needs&needAddresses != 0 {
		if res.addresses, err = rd.Addresses(me); err != nil {
			return err
		}
	}
	if needs&needBody != 0 && res.item != nil {
		res.body, err = bodyOf(rd, res.item)
	}
	return err
}

// primary is the default collection of a home, nil if it was deleted.
func (x *exchange) primary(rd backend.Reader, f *family) (*backend.Collection, error) {
	colls, err := rd.Home(x.who.Principal.ID, f.kind)
	if err != nil || len(colls) == 0 || !colls[0].Default { // it is listed first
		return nil, err
	}
	return &colls[0], nil
}

// subject is whose stored properties a resource shows; false for kinds that have none.
func (x *exchange) subject(res *resource) (backend.Subject, bool) {
	switch {
	case res.item != nil:
		return backend.Subject{Object: res.item.Object}, true
	case res.coll != nil:
		return backend.Subject{Collection: res.coll.ID}, true
	case kindHome.has(res.kind):
		return backend.Subject{Principal: x.who.Principal.ID, Kind: res.family.kind}, true
	case res.kind == kindPrincipal:
		return backend.Subject{Principal: x.who.Principal.ID}, true
	}
	return backend.Subject{}, false
}

// notFound tells whether an error says that something is not there.
func notFound(err error) bool {
	var e *davError
	return errors.Is(err, backend.ErrNotFound) || errors.As(err, &e) && e.status == http.StatusNotFound
}
