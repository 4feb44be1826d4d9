package server

import (
	"errors"
	"net/http"

	"daycairn/backend"
	"daycairn/backend/ics"
	"daycairn/server/davxml"
)

// A batch is items of one collection, as one View saw them. Bodies never change: they are read when they are written,
// so that a client that reads slowly pins no snapshot.
type batch struct {
	coll   *backend.Collection
	at     target // of the collection
	items  []backend.Item
	stored map[int64][]backend.Property // by object
	// asked: each item was asked for by its href, so that one whose body is damaged is a 503 of its own.
	asked bool
	zone  *ics.Zone // for floating times, nil: UTC
}

// fewItems is how many items' properties are read one by one; of more, all of the collection's are read at once.
const fewItems = 16

// fill reads what a plan needs of the rows beyond themselves: dead properties, and the zone of floating times where
// bodies are looked at.
func (b *batch) fill(x *exchange, rd backend.Reader, p *plan, bodies bool) (err error) {
	needs := p.needs(b.at.family.item)
	if len(b.items) == 0 {
		return nil
	}
	if b.coll.Kind == backend.Calendar && (bodies || needs&needBody != 0) {
		if b.zone, err = x.zoneOf(rd, b.coll); err != nil {
			return err
		}
	}
	if needs&needStored == 0 {
		return nil
	}
	if len(b.items) > fewItems {
		b.stored, err = rd.ObjectProperties(b.coll.ID)
		return err
	}
	b.stored = make(map[int64][]backend.Property, len(b.items))
	for i := range b.items {
		object := b.items[i].Object
		if b.stored[object], err = rd.Properties(backend.Subject{Object: object}); err != nil {
			return err
		}
	}
	return nil
}

// zoneOf is the zone that a calendar says its floating times are in (RFC 4791 §5.2.2, RFC 7809 §5.2), nil: UTC.
func (x *exchange) zoneOf(rd backend.Reader, c *backend.Collection) (*ics.Zone, error) {
	props, err := rd.Properties(backend.Subject{Collection: c.ID})
	if err != nil {
		return nil, err
	}
	res := &resource{stored: props}
	if xml := res.storedProperty(timezoneFaces[0]); xml != nil {
		if z, err := ics.ParseZone([]byte(elementText(xml))); err == nil {
			return z, nil
		}
	}
	if xml := res.storedProperty(timezoneFaces[1]); xml != nil {
		if z, ok := ics.LookupZone(elementText(xml)); ok {
			return z, nil
		}
	}
	return nil, nil
}

// batchBytes bounds the bodies that are held at a time, but for a single one that is larger.
const batchBytes = 4 << 20

// A verdict is what a selection says of an item.
type verdict int

const (
	take verdict = iota
	skip
	stop // neither this nor any later one
)

// A selection looks at the living items of a batch one by one. body: it must see their bytes.
type selection struct {
	body  bool
	judge func(*resource) verdict
}

// respond answers for a batch in its order, tombstones as removed. It is false when the selection, which may be nil,
// has stopped it.
func (m *multistatus) respond(b *batch, p *plan, sel *selection) (bool, error) {
	want := p.needs(b.at.family.item)&needBody != 0 || sel != nil && sel.body
	for from := 0; from < len(b.items); {
		to, bodies, err := m.x.bodies(b.items, from, want)
		if err != nil {
			return false, err
		}
		for i := from; i < to; i++ {
			it := &b.items[i]
			res := resource{
				target: b.at.item(it.Name), coll: b.coll, item: it, stored: b.stored[it.Object], zone: b.zone, body: bodies[it.Body],
				byHref: b.asked,
			}
			on, err := m.respondItem(b, &res, p, want, sel)
			if !on || err != nil {
				return on, err
			}
		}
		from = to
	}
	return true, nil
}

// respondItem answers for one item. In a listing one whose body is damaged keeps its place, with its entity tag: what
// is not listed is deleted by clients, and a status that is not 200 is not listed (clients.md C3.4).
func (m *multistatus) respondItem(b *batch, res *resource, p *plan, want bool, sel *selection) (bool, error) {
	if res.item.Deleted {
		return true, m.status(m.x.tree.href(res.target), http.StatusNotFound, davxml.Name{})
	}
	if want && res.body == nil && b.asked {
		return true, m.status(m.x.tree.href(res.target), http.StatusServiceUnavailable, davxml.Name{})
	}
	if sel != nil {
		if v := sel.judge(res); v != take {
			return v != stop, nil
		}
	}
	return true, m.response(res, p)
}

// bodies reads the next bodies of items in a View of its own, as many as batchBytes holds. Damaged ones are missing
// from the map.
func (x *exchange) bodies(items []backend.Item, from int, want bool) (to int, bodies map[int64][]byte, err error) {
	if !want {
		return len(items), nil, nil
	}
	var ids []int64
	var size int64
	for to = from; to < len(items) && len(ids) < backend.NamesChunk; to++ {
		it := &items[to]
		if it.Deleted {
			continue
		}
		if size += it.Size; size > batchBytes && len(ids) > 0 {
			break
		}
		ids = append(ids, it.Body)
	}
	if len(ids) == 0 {
		return to, nil, nil
	}
	err = x.view(func(rd backend.Reader) error {
		bodies = make(map[int64][]byte, len(ids))
		err := rd.Bodies(ids, func(id int64, body []byte) error {
			bodies[id] = body
			return nil
		})
		if errors.Is(err, backend.ErrDamaged) {
			x.log().Error("stored bytes are damaged", "err", err)
			return x.bodiesOneByOne(rd, ids, bodies)
		}
		return err
	})
	return to, bodies, err
}

// bodiesOneByOne leaves out those that are damaged.
func (x *exchange) bodiesOneByOne(rd backend.Reader, ids []int64, bodies map[int64][]byte) error {
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
