package server

import (
	"errors"
	"net/http"

	"daycairn/backend"
)

// copyMove is COPY and MOVE (RFC 4918 §9.8, §9.9) of items, and MOVE of a collection within its home, which renames
// it. Each is one transaction: whoever asks drops the source before the answer comes (clients.md A1).
func (x *exchange) copyMove() error {
	cond, err := x.conditions()
	if err != nil {
		return err
	}
	to, err := x.destination()
	if err != nil {
		return err
	}
	overwrite, err := x.overwrite()
	if err != nil {
		return err
	}
	if d, err := x.depth(depthInfinity); err != nil || d != depthInfinity && kindCollection.has(x.target.kind) {
		return statusError(http.StatusBadRequest) // RFC 4918 §9.9.2
	}
	t := transfer{x: x, cond: cond, to: to, overwrite: overwrite, moves: x.r.Method == "MOVE"}
	var replaced bool
	var item *backend.Item
	for try := 0; try == 0 || try < maxCopies && errors.Is(err, errOvertaken); try++ {
		if err = t.describe(); err != nil {
			return err
		}
		err = x.update(func(w backend.Writer) (err error) {
			replaced, item = false, nil
			if kindCollection.has(x.target.kind) {
				return t.rename(w)
			}
			item, replaced, err = t.item(w)
			return err
		})
	}
	if err != nil {
		return err
	}
	if item != nil {
		x.w.Header().Set("ETag", item.ETag())
	}
	if replaced {
		x.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	x.w.Header().Set("Location", x.tree.href(to))
	x.w.WriteHeader(http.StatusCreated)
	return nil
}

// A transfer is a COPY or MOVE within a transaction.
type transfer struct {
	x         *exchange
	cond      conditions
	to        target
	overwrite bool
	moves     bool
	source    int64    // the body that is copied,
	copied    incoming // and what it says
}

// A COPY that a PUT of its source has overtaken is tried again, maxCopies times in all.
const maxCopies = 3

var errOvertaken = errors.New("the source of a copy changed meanwhile")

// describe reads what a COPY copies before its transaction, in which nobody else can write.
func (t *transfer) describe() error {
	if t.moves {
		return nil
	}
	err := t.x.view(func(rd backend.Reader) error {
		src, err := t.x.load(rd, t.x.target, 0)
		if err != nil {
			return err
		}
		t.source = src.item.Body
		t.copied.bytes, err = bodyOf(rd, src.item)
		return err
	})
	if err == nil {
		t.copied.facts, t.copied.invalid = backend.Describe(t.x.target.family.kind, t.copied.bytes)
	}
	return err
}

// item brings an item to another name.
func (t *transfer) item(w backend.Writer) (*backend.Item, bool, error) {
	x := t.x
	src, err := x.load(w, x.target, 0)
	if err != nil {
		return nil, false, err
	}
	if failed, err := t.cond.failed(x, w, currentOf(src)); err != nil {
		return nil, false, err
	} else if failed != "" {
		return nil, false, preconditionFailed(failed)
	}
	coll, err := x.parent(w, t.to)
	if err != nil {
		return nil, false, err
	}
	old, err := occupant(w, coll, t.to.name)
	if err != nil {
		return nil, false, err
	}
	if old != nil && !t.overwrite {
		return nil, false, preconditionFailed("Overwrite")
	}
	n := newcomer{uid: src.item.UID, component: src.item.Component, item: src.item, moves: t.moves}
	if err := x.admit(w, coll, t.to, old, n); err != nil {
		return nil, false, err
	}
	if t.moves {
		it, err := t.move(w, src, coll, old)
		return it, old != nil, err
	}
	it, err := t.copy(w, src, coll)
	return it, old != nil, err
}

// move keeps the object and its history; what it replaces goes first.
func (t *transfer) move(w backend.Writer, src *resource, coll *backend.Collection, old *backend.Item) (*backend.Item, error) {
	if old != nil {
		if err := w.DeleteItem(coll.ID, old.Name); err != nil {
			return nil, err
		}
	}
	it, err := w.MoveItem(src.coll.ID, src.item.Name, coll.ID, t.to.name)
	return &it, err
}

// copy makes a new object of the same bytes and dead properties (RFC 4918 §9.8.2), or the next version of the one that
// is there.
func (t *transfer) copy(w backend.Writer, src *resource, coll *backend.Collection) (*backend.Item, error) {
	if src.item.Body != t.source {
		return nil, errOvertaken
	}
	if t.copied.invalid != nil { // a newer parser dislikes what is stored: copying would make a second one of it
		return nil, t.copied.invalid
	}
	it, _, err := w.PutItem(coll.ID, t.to.name, t.copied.bytes, t.copied.facts)
	if err != nil {
		return nil, err
	}
	return &it, copyProperties(w, src.item.Object, it.Object)
}

// copyProperties gives an object the dead properties of another (RFC 4918 §9.8.2), and no others.
func copyProperties(w backend.Writer, from, to int64) error {
	if from == to {
		return nil
	}
	props, err := w.Properties(backend.Subject{Object: from})
	if err != nil {
		return err
	}
	old, err := w.Properties(backend.Subject{Object: to})
	if err != nil {
		return err
	}
	have := make(map[backend.PropertyName]bool, len(props))
	for i := range props {
		have[props[i].Name] = true
	}
	for i := range old {
		if !have[old[i].Name] {
			props = append(props, backend.Property{Name: old[i].Name})
		}
	}
	if len(props) == 0 {
		return nil
	}
	return w.SetProperties(backend.Subject{Object: to}, props)
}

// rename gives a collection another slug under its home. One that is there is in the way whatever Overwrite says: it
// would take everything in it along.
func (t *transfer) rename(w backend.Writer) error {
	x := t.x
	src, err := x.load(w, x.target, 0)
	if err != nil {
		return err
	}
	if failed, err := t.cond.failed(x, w, currentOf(src)); err != nil {
		return err
	} else if failed != "" {
		return preconditionFailed(failed)
	}
	if err := x.freeSlug(t.to); err != nil {
		return err
	}
	switch _, err := x.load(w, t.to, 0); {
	case err == nil:
		return preconditionFailed("Overwrite")
	case !notFound(err):
		return err
	}
	return w.RenameCollection(src.coll.ID, t.to.slug)
}
