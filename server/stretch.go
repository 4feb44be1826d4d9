package server

import (
	"errors"
	"fmt"

	"daycairn/backend"
	"daycairn/backend/ics"
)

// batchBytes bounds the bodies, and the properties, that are held at a time, but for those of a single subject that has
// more.
const batchBytes = 4 << 20

// wants says what is read of items beyond their rows.
type wants struct {
	bodies bool
	stored bool                   // their properties:
	names  []backend.PropertyName // these, or (none) all
	zone   bool                   // of floating times
}

// A stretch is the items [from, to) of a batch, and what was wanted of them.
type stretch struct {
	*batch
	from, to int
	bodies   map[int64][]byte             // by id; damaged ones are missing
	stored   map[int64][]backend.Property // by object
	zone     *ics.Zone
}

// next reads the stretch behind st in one View: as many items as batchBytes holds.
func (x *exchange) next(st *stretch, w wants) error {
	st.from, st.to = st.to, len(st.items)
	st.bodies, st.stored = nil, nil
	if !w.bodies && !w.stored {
		return nil
	}
	return x.view(func(rd backend.Reader) (err error) {
		if w.stored {
			if err := st.readStored(rd, w.names); err != nil {
				return err
			}
		}
		if w.zone && st.from == 0 {
			if st.zone, err = st.floating(rd); err != nil {
				return err
			}
		}
		if !w.bodies {
			return nil
		}
		return x.readBodies(rd, st)
	})
}

// readStored reads properties, and ends the stretch where they are too many.
func (st *stretch) readStored(rd backend.Reader, names []backend.PropertyName) (err error) {
	st.stored = make(map[int64][]backend.Property)
	size := 0
	for i := st.from; i < st.to; i++ {
		it := &st.items[i]
		if it.Deleted || st.rich != nil && !st.rich[it.Object] {
			continue
		}
		if size >= batchBytes {
			st.to = i
			return nil
		}
		props, err := rd.Properties(backend.Subject{Object: it.Object}, names...)
		if err != nil {
			return err
		}
		if len(props) > 0 {
			st.stored[it.Object] = props
			size += sizeOf(props)
		}
	}
	return nil
}

// sizeOf is what properties take, about.
func sizeOf(props []backend.Property) int {
	n := 0
	for i := range props {
		n += len(props[i].Name.Space) + len(props[i].Name.Local) + len(props[i].XML)
	}
	return n
}

// readBodies reads bodies, and ends the stretch where they are too many.
func (x *exchange) readBodies(rd backend.Reader, st *stretch) error {
	var ids []int64
	var size int64
	for i := st.from; i < st.to; i++ {
		it := &st.items[i]
		if it.Deleted {
			continue
		}
		if size += it.Size; len(ids) > 0 && (size > batchBytes || len(ids) == backend.NamesChunk) {
			st.to = i
			break
		}
		ids = append(ids, it.Body)
	}
	st.bodies = make(map[int64][]byte, len(ids))
	err := rd.Bodies(ids, func(id int64, body []byte) error {
		st.bodies[id] = body
		return nil
	})
	if errors.Is(err, backend.ErrDamaged) {
		x.log().Error("stored bytes are damaged", "err", err)
		return bodiesOneByOne(rd, ids, st.bodies)
	}
	return err
}

// bodyOf reads the body that an item's row names. One that is not there is lost: whoever reads 404 deletes the item
// (design law 3).
func bodyOf(rd backend.Reader, it *backend.Item) ([]byte, error) {
	body, err := rd.Body(it.Body)
	if errors.Is(err, backend.ErrNotFound) {
		err = fmt.Errorf("%w: %v", backend.ErrDamaged, err)
	}
	return body, err
}

// bodiesOneByOne leaves out those that are damaged.
func bodiesOneByOne(rd backend.Reader, ids []int64, bodies map[int64][]byte) error {
	clear(bodies)
	for _, id := range ids {
		body, err := rd.Body(id)
		switch {
		case err == nil:
			bodies[id] = body
		case !errors.Is(err, backend.ErrDamaged) && !notFound(err):
			return err
		}
	}
	return nil
}
