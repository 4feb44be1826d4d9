package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// mkcol makes a collection (RFC 4918 §9.3, RFC 5689). A plain MKCOL makes what the home holds: cadaver makes its
// calendars and books so.
func (x *exchange) mkcol() error { return x.create(dav("mkcol")) }

// mkcalendar makes a calendar (RFC 4791 §5.3.1).
func (x *exchange) mkcalendar() error { return x.create(caldav("mkcalendar")) }

// create makes the collection, with all of its properties or not at all. Properties that are refused are a result of
// the transaction.
func (x *exchange) create(root davxml.Name) error {
	cond, err := x.conditions()
	if err != nil {
		return err
	}
	list, err := x.readCreate(root)
	if err != nil {
		return err
	}
	x.w.Header().Set("Cache-Control", "no-cache") // RFC 4791 §5.3.1
	done := false
	err = x.update(func(w backend.Writer) error {
		done = false
		cur := current{}
		res, err := x.load(w, x.target, 0)
		if err == nil {
			cur = currentOf(res)
		} else if !notFound(err) {
			return err
		}
		if failed, err := cond.failed(x, w, cur); err != nil {
			return err
		} else if failed != "" {
			return preconditionFailed(failed)
		}
		if cur.exists {
			return violated(http.StatusMethodNotAllowed, dav("resource-must-be-null"))
		}
		if err := x.freeSlug(x.target); err != nil {
			return err
		}
		if done = x.mayCreate(list); !done {
			return nil
		}
		_, err = w.CreateCollection(backend.NewCollection{
			Owner: x.who.Principal.ID, Kind: x.target.family.kind, Slug: x.target.slug,
			Components: componentsOf(list), Properties: newProperties(list),
		})
		return err
	})
	if err != nil {
		return err
	}
	if !done {
		return x.notCreated(root, list)
	}
	x.w.WriteHeader(http.StatusCreated)
	return nil
}

// readCreate reads the body; none sets nothing. RFC 4918 §9.3: a body that is not understood is 415.
func (x *exchange) readCreate(root davxml.Name) ([]change, error) {
	el, err := x.xml()
	syntax := new(davxml.SyntaxError)
	switch {
	case errors.Is(err, davxml.ErrEmpty):
		return nil, nil
	case errors.As(err, &syntax) && !strings.Contains(x.r.Header.Get("Content-Type"), "xml"):
		return nil, because(statusError(http.StatusUnsupportedMediaType), err)
	case err != nil:
		return nil, err
	case el.Name != root:
		return nil, statusError(http.StatusUnsupportedMediaType)
	}
	return x.readChanges(el)
}

// mayCreate is checkSet with a look at the type.
func (x *exchange) mayCreate(list []change) bool {
	res := &resource{target: x.target, coll: &backend.Collection{Kind: x.target.family.kind, Slug: x.target.slug}}
	ok := x.checkSet(res, list, true)
	for i := range list {
		c := &list[i]
		if c.name == dav("resourcetype") && c.err == nil && !rightType(x.target.kind, c.el) {
			ok = false
			c.err = &davError{status: http.StatusForbidden, condition: dav("valid-resourcetype")} // RFC 5689 §3.3
		}
	}
	return ok
}

// rightType wants the type that the home holds, or the plain collection that any MKCOL makes.
func rightType(k kind, el *davxml.Element) bool {
	if el == nil {
		return false
	}
	for _, c := range el.Children {
		if !slices.Contains(resourceTypes[k], c.Name) {
			return false
		}
	}
	return el.Child(dav("collection")) != nil
}

// freeSlug refuses slugs that the URL space needs, and those that are too long.
func (x *exchange) freeSlug(t target) error {
	if len(t.slug) <= backend.MaxSlug && !slices.Contains(backend.ReservedSlugs, strings.ToLower(t.slug)) {
		return nil
	}
	return violated(http.StatusForbidden, t.family.badLocation())
}

// badLocation is the precondition that a collection in the wrong place violates.
func (f *family) badLocation() davxml.Name {
	if f.kind == backend.Calendar {
		return caldav("calendar-collection-location-ok")
	}
	return carddav("addressbook-collection-location-ok")
}

// notCreated answers for properties that were refused: 403 and DAV:mkcol-response for MKCOL (RFC 5689 §3), 207 for
// MKCALENDAR (RFC 4791 §5.3.1.1) unless the time zone violates its precondition.
func (x *exchange) notCreated(root davxml.Name, list []change) error {
	if root == caldav("mkcalendar") {
		for i := range list {
			if e := list[i].err; e != nil && e.condition == caldav("valid-calendar-data") {
				return e
			}
		}
		m := x.multistatus()
		m.changed(x.target, list)
		return m.close()
	}
	w := davxml.NewWriter(nil)
	w.Start(dav("mkcol-response"))
	appendChanges(w, list)
	w.Close(dav("mkcol-response"))
	x.w.Header().Set("Content-Type", xmlType)
	x.w.WriteHeader(http.StatusForbidden)
	_, err := x.w.Write(w.Bytes())
	return err
}
