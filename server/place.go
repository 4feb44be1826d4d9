package server

import (
	"errors"
	"net/http"

	"daycairn/backend"
)

// A turnedAway is a body that a precondition refuses. It is a result of the transaction and not a failure of it: the
// body is kept for its owner, since several clients drop the user's edit then (clients.md C1).
type turnedAway struct {
	why string // "If-Match", or the local name of the condition
	err error  // what the client is told
}

func (e *turnedAway) Error() string { return "turned away by " + e.why + ": " + e.err.Error() }
func (e *turnedAway) Unwrap() error { return e.err }

// turnAway is a violated precondition.
func turnAway(err error) error {
	why := "409"
	if e := new(davError); errors.As(err, &e) && e.condition.Local != "" {
		why = e.condition.Local
	}
	return &turnedAway{why, err}
}

// preconditionFailed is 412 for the header of that name.
func preconditionFailed(header string) error {
	return &turnedAway{header, because(statusError(http.StatusPreconditionFailed), errors.New(header))}
}

// keep runs a write whose body may be turned away, and keeps the body if it is. write puts nothing before it has
// checked everything.
func (x *exchange) keep(t target, body []byte, write func(backend.Writer) error) error {
	var away *turnedAway
	err := x.update(func(w backend.Writer) error {
		away = nil
		err := write(w)
		if !errors.As(err, &away) {
			return err
		}
		return x.refuse(w, t, body, away.why)
	})
	if err == nil && away != nil {
		return away
	}
	return err
}

func (x *exchange) refuse(w backend.Writer, t target, body []byte, why string) error {
	r := backend.Refused{Principal: x.who.Principal.ID, Name: t.name, Condition: why, Body: body}
	c, err := w.Collection(x.who.Principal.ID, t.family.kind, t.slug)
	switch {
	case err == nil:
		r.Collection = c.ID
	case !notFound(err):
		return err
	}
	return w.Refuse(r)
}

// parent finds the collection that a name is to stand in; 409 when it is not there (RFC 4918 §9.7.1).
func (x *exchange) parent(rd backend.Reader, t target) (*backend.Collection, error) {
	res, err := x.load(rd, t.collection(), 0)
	if notFound(err) {
		return nil, &turnedAway{"409", because(statusError(http.StatusConflict), err)}
	}
	if err != nil {
		return nil, err
	}
	return res.coll, nil
}

// occupant finds the item that stands under a name, nil if none does.
func occupant(rd backend.Reader, coll *backend.Collection, name string) (*backend.Item, error) {
	it, err := rd.Item(coll.ID, name)
	if notFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &it, nil
}

// A newcomer is what wants to stand under a name: a body of a PUT, or an item that is copied or moved there.
type newcomer struct {
	uid, component string
	item           *backend.Item // nil for a body
	moves          bool          // the item leaves its old place
}

// admit checks the preconditions of RFC 4791 §5.3.2.1 and RFC 6352 §6.3.2.1 that depend on what is there. old is what
// the newcomer replaces, nil for nothing.
func (x *exchange) admit(rd backend.Reader, coll *backend.Collection, t target, old *backend.Item, n newcomer) error {
	if !takes(coll, n.component) {
		return turnAway(violated(http.StatusForbidden, caldav("supported-calendar-component")))
	}
	conflict := t.family.condition("no-uid-conflict")
	if old != nil && old.UID != "" && old.UID != n.uid {
		return turnAway(violated(http.StatusForbidden, conflict, x.tree.href(t)))
	}
	if n.uid == "" || old != nil && old.UID == n.uid {
		return nil
	}
	twin, err := rd.ItemByUID(coll.ID, n.uid)
	if notFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if twin.Name == t.name || n.moves && n.item.Collection == coll.ID && twin.Name == n.item.Name {
		return nil
	}
	return turnAway(violated(http.StatusForbidden, conflict, x.tree.href(t.collection().item(twin.Name))))
}

// takes tells whether a collection has room for a kind of component (RFC 4791 §5.2.3).
func takes(c *backend.Collection, component string) bool {
	if c.Components == nil {
		return true
	}
	for _, have := range c.Components {
		if have == component {
			return true
		}
	}
	return false
}
