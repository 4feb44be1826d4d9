package server

import (
	"errors"
	"net/http"
	"strings"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// put stores the request's body under a name (RFC 4918 §9.7, RFC 4791 §5.3.2, RFC 6352 §6.3.2). The bytes stay as they
// are, and so the answer has their ETag.
func (x *exchange) put() error {
	if x.r.Header.Get("Content-Range") != "" { // RFC 9110 §14.5
		return statusError(http.StatusBadRequest)
	}
	cond, err := x.conditions()
	if err != nil {
		return err
	}
	b, err := x.incoming()
	if err != nil {
		return err
	}
	var (
		old     *backend.Item
		item    backend.Item
		created bool
	)
	err = x.keep(x.target, b.bytes, func(w backend.Writer) error {
		old = nil
		coll, err := x.parent(w, x.target)
		if err != nil {
			return err
		}
		if old, err = occupant(w, coll, x.target.name); err != nil {
			return err
		}
		if failed, err := cond.failed(x, w, currentItem(old)); err != nil {
			return err
		} else if failed != "" {
			return preconditionFailed(failed)
		}
		item, created, err = x.place(w, coll, x.target, old, b)
		return err
	})
	if statusOf(err) == http.StatusPreconditionFailed && x.prefer.representation && old != nil {
		return x.insteadOf(old, err)
	}
	if err != nil {
		return err
	}
	return x.stored(&item, created, b.bytes)
}

// insteadOf answers 412 with what is there (RFC 8144 §3.2), so that a client that lost a race need not ask again.
func (x *exchange) insteadOf(old *backend.Item, failed error) error {
	var body []byte
	err := x.view(func(rd backend.Reader) (err error) {
		body, err = rd.Body(old.Body)
		return err
	})
	if err != nil {
		return failed
	}
	x.w.Header().Set("Preference-Applied", "return=representation")
	return x.represent(http.StatusPreconditionFailed, old, body)
}

// place puts a body under a name once the request's own conditions hold.
func (x *exchange) place(w backend.Writer, coll *backend.Collection, t target, old *backend.Item, b *incoming) (backend.Item, bool, error) {
	if b.invalid != nil {
		return backend.Item{}, false, turnAway(b.invalid)
	}
	if err := x.admit(w, coll, t, old, newcomer{uid: b.facts.UID, component: b.facts.Component}); err != nil {
		return backend.Item{}, false, err
	}
	return w.PutItem(coll.ID, t.name, b.bytes, b.facts)
}

// An incoming is a body that wants to become an item.
type incoming struct {
	bytes   []byte
	facts   backend.Facts
	invalid error // what is wrong with it, told after the conditions
}

// incoming reads the body and what it says. Too much of it is 413 with the condition that announces the limit.
func (x *exchange) incoming() (*incoming, error) {
	f := x.target.family
	b := &incoming{}
	if !f.takesType(x.r.Header.Get("Content-Type")) {
		b.invalid = violated(http.StatusForbidden, f.unsupported())
	}
	var err error
	b.bytes, err = x.readBody(x.limits.Resource)
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		return nil, because(violated(http.StatusRequestEntityTooLarge, f.condition("max-resource-size")), err)
	}
	if err != nil || b.invalid != nil {
		return b, err
	}
	b.facts, err = backend.Describe(f.kind, b.bytes)
	if why := new(backend.Invalid); errors.As(err, &why) {
		b.invalid = because(violated(http.StatusForbidden, f.condition(why.Condition)), err)
		return b, nil
	}
	return b, err
}

// stored answers a PUT or POST.
func (x *exchange) stored(it *backend.Item, created bool, body []byte) error {
	hd := x.w.Header()
	hd.Set("ETag", it.ETag())
	status := http.StatusNoContent
	if created {
		status = http.StatusCreated
	}
	if !x.prefer.representation {
		x.w.WriteHeader(status)
		return nil
	}
	if !created {
		status = http.StatusOK
	}
	hd.Set("Preference-Applied", "return=representation") // RFC 7240 §3
	return x.represent(status, it, body)
}

// represent answers with an item's bytes as they are now.
func (x *exchange) represent(status int, it *backend.Item, body []byte) error {
	hd := x.w.Header()
	hd.Set("ETag", it.ETag())
	hd.Set("Content-Type", x.target.family.contentType())
	hd.Set("Content-Location", x.tree.href(x.target.collection().item(it.Name)))
	hd.Set("X-Content-Type-Options", "nosniff")
	x.w.WriteHeader(status)
	_, err := x.w.Write(body)
	return err
}

// condition names a precondition that both RFCs have, in the family's namespace.
func (f *family) condition(local string) davxml.Name {
	return davxml.Name{Space: f.space, Local: local}
}

// unsupported is the precondition that a media type of the wrong kind violates.
func (f *family) unsupported() davxml.Name {
	if f.kind == backend.Calendar {
		return caldav("supported-calendar-data")
	}
	return carddav("supported-address-data")
}

// tolerated are media types that say nothing, or what the family's own was called before it had one.
var tolerated = map[backend.Kind][]string{
	backend.Calendar:    {"", "application/octet-stream", "text/calendar"},
	backend.AddressBook: {"", "application/octet-stream", "text/vcard", "text/x-vcard", "text/directory"},
}

// takesType tells whether a body of that Content-Type can become an item. Parameters do not matter.
func (f *family) takesType(contentType string) bool {
	mediaType, _, _ := strings.Cut(contentType, ";")
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	for _, t := range tolerated[f.kind] {
		if t == mediaType {
			return true
		}
	}
	return false
}
