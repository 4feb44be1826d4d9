package server

import (
	"net/http"

	"daycairn/backend"
	"daycairn/backend/ics"
	"daycairn/server/davxml"
)

// A batch is items of one collection, as one View saw their rows. What is wide is read when it is written, a few items at
// a time, so that no answer is held as a whole and a client that reads slowly pins no snapshot: bodies, which never
// change, and stored properties, which no sequence counts: newer ones do not contradict the rows.
type batch struct {
	coll  *backend.Collection
	at    target // of the collection
	items []backend.Item
	// rich are the objects that have properties; nil: each may have some.
	rich map[int64]bool
	// asked: each item was asked for by its href, so that one whose body is damaged is a 503 of its own.
	asked bool
	zone  *ics.Zone // of floating times, as the request names it; nil: the calendar's own
}

// read copies the rows that a query finds.
func (b *batch) read(rd backend.Reader, q backend.Query, p *plan) error {
	for it, err := range rd.Items(b.coll.ID, q) {
		if err != nil {
			return err
		}
		b.items = append(b.items, it)
	}
	return b.fill(rd, p)
}

// fill reads what a plan needs of the rows beyond themselves: which items have properties, if there are many to ask.
func (b *batch) fill(rd backend.Reader, p *plan) (err error) {
	if len(b.items) > backend.NamesChunk && p.needs(b.at.family.item)&needStored != 0 {
		b.rich, err = rd.ObjectsWithProperties(b.coll.ID)
	}
	return err
}

// floating is the zone of floating times: the one that the request names, or else the one that the calendar says
// (RFC 4791 §5.2.2, §7.3, RFC 7809 §5.2), nil: UTC.
func (b *batch) floating(rd backend.Reader) (*ics.Zone, error) {
	if b.zone != nil || b.coll.Kind != backend.Calendar {
		return b.zone, nil
	}
	definition, name := backend.PropertyName(timezoneFaces[0]), backend.PropertyName(timezoneFaces[1])
	props, err := rd.Properties(backend.Subject{Collection: b.coll.ID}, definition, name)
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
	if len(b.items) == 0 {
		return true, nil
	}
	needs := p.needs(b.at.family.item)
	w := wants{bodies: needs&needBody != 0 || sel != nil && sel.body}
	w.zone = w.bodies
	if needs&needStored != 0 {
		w.stored, w.names = b.rich == nil || len(b.rich) > 0, p.on(b.at.family.item).storedNames()
	}
	res := resource{target: b.at.item(""), coll: b.coll, byHref: b.asked}
	st := stretch{batch: b}
	for st.to < len(b.items) {
		if err := m.x.next(&st, w); err != nil {
			return false, err
		}
		for i := st.from; i < st.to; i++ {
			it := &b.items[i]
			res.name, res.item, res.stored, res.body, res.zone = it.Name, it, st.stored[it.Object], st.bodies[it.Body], st.zone
			on, err := m.respondItem(&res, p, w.bodies, sel)
			if !on || err != nil {
				return on, err
			}
		}
	}
	return true, nil
}

// respondItem answers for one item. In a listing one whose body is damaged keeps its place, with its entity tag: what
// is not listed is deleted by clients, and a status that is not 200 is not listed (clients.md C3.4).
func (m *multistatus) respondItem(res *resource, p *plan, wantsBody bool, sel *selection) (bool, error) {
	if res.item.Deleted {
		return true, m.status(m.x.tree.href(res.target), http.StatusNotFound, davxml.Name{})
	}
	if wantsBody && res.body == nil && res.byHref {
		return true, m.status(m.x.tree.href(res.target), http.StatusServiceUnavailable, davxml.Name{})
	}
	if sel != nil {
		if v := sel.judge(res); v != take {
			return v != stop, nil
		}
	}
	return true, m.found(res, p)
}
