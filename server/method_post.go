package server

import (
	"crypto/rand"
	"fmt"

	"daycairn/backend"
)

// post adds a member under a name that the server makes (RFC 5995). DAV:add-member of a collection is its own URL.
func (x *exchange) post() error {
	cond, err := x.conditions()
	if err != nil {
		return err
	}
	b, err := x.incoming()
	if err != nil {
		return err
	}
	t := x.target.item(newUUID() + x.target.family.suffix)
	var (
		item    backend.Item
		created bool
	)
	err = x.keep(t, b.bytes, func(w backend.Writer) error {
		res, err := x.load(w, x.target, 0)
		if err != nil {
			return err
		}
		if failed, err := cond.failed(x, w, currentOf(res)); err != nil {
			return err
		} else if failed != "" {
			return preconditionFailed(failed)
		}
		item, created, err = x.place(w, res.coll, t, nil, b)
		return err
	})
	if err != nil {
		return err
	}
	x.w.Header().Set("Location", x.tree.href(t))
	return x.stored(&item, created, b.bytes)
}

// newUUID makes a random one (RFC 9562 §5.4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
