package server

import (
	"net/http"
	"strconv"
	"strings"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// DAV:sync-collection, RFC 6578 §3.2, on collections and on homes.
func init() {
	reports = append(reports, report{dav("sync-collection"), kindCollection | kindHome, (*exchange).syncCollection})
}

// A syncQuestion is the body of the report. Its elements come in any order.
type syncQuestion struct {
	token string // empty: everything
	limit int    // 0: none
	plan  *plan
}

func (x *exchange) syncCollection(_ *davxml.Element, body *davxml.Decoder) error {
	d, err := x.depth(depth0)
	if err != nil {
		return err
	}
	if d == depthInfinity { // RFC 6578 §3.2 wants 0; Apple and Thunderbird send 1
		return statusError(http.StatusBadRequest)
	}
	q, err := x.readSync(body)
	if err != nil {
		return err
	}
	if kindHome.has(x.target.kind) {
		return x.syncHome(q)
	}
	return x.syncMembers(q)
}

func (x *exchange) readSync(body *davxml.Decoder) (*syncQuestion, error) {
	list, err := children(body)
	if err != nil {
		return nil, err
	}
	q := &syncQuestion{}
	token := childNamed(list, dav("sync-token"))
	if token == nil {
		return nil, statusError(http.StatusBadRequest)
	}
	q.token = strings.TrimSpace(token.Text)
	if level := childNamed(list, dav("sync-level")); level != nil {
		switch strings.ToLower(strings.TrimSpace(level.Text)) {
		case "", "1":
		case "infinite", "infinity":
			if kindHome.has(x.target.kind) { // RFC 6578 §3.3
				return nil, violated(http.StatusForbidden, dav("sync-traversal-supported"))
			}
		default:
			return nil, statusError(http.StatusBadRequest)
		}
	}
	if q.limit, err = x.readLimit(childNamed(list, dav("limit")), dav("nresults")); err != nil {
		return nil, err
	}
	q.plan, err = x.planOf(list, true)
	return q, err
}

// readLimit reads how many results are wanted (RFC 5323 §5.17, RFC 6352 §10.6), 0 for all that there are.
func (x *exchange) readLimit(limit *davxml.Element, nresults davxml.Name) (int, error) {
	if limit == nil {
		return 0, nil
	}
	el := limit.Child(nresults)
	if el == nil {
		return 0, statusError(http.StatusBadRequest)
	}
	n, err := strconv.ParseUint(strings.TrimSpace(el.Text), 10, 31)
	if err != nil || n == 0 {
		return 0, statusError(http.StatusBadRequest)
	}
	if x.limits.Results > 0 {
		n = min(n, uint64(x.limits.Results))
	}
	return int(n), nil
}

// A page is the part of a listing's changes that one answer tells.
type page struct {
	from  position // where it begins
	now   position // the end of the listing
	first bool     // everything, without what was removed before
	limit int
	count int
	last  int64 // seq of the last change that is in it
	more  bool
}

// begin finds where a client stands.
func (x *exchange) begin(rd backend.Reader, q *syncQuestion, now position) (*page, error) {
	pg := &page{now: now, limit: q.limit}
	if q.token == "" {
		pg.from = position{scope: now.scope, head: now.seq}
		pg.first = true
		return pg, nil
	}
	var err error
	pg.from, err = x.resume(rd, q.token, now)
	pg.first = pg.from.head != 0
	return pg, err
}

// takes tells whether a change belongs to the page; more is set by the first that does not fit.
func (pg *page) takes(seq int64, deleted bool) bool {
	if pg.first && deleted && seq <= pg.from.head {
		pg.last = seq
		return false
	}
	if pg.limit > 0 && pg.count == pg.limit {
		pg.more = true
		return false
	}
	pg.count++
	pg.last = seq
	return true
}

// end is the position that the answer brings the client to (RFC 6578 §3.6).
func (pg *page) end() position {
	if !pg.more {
		return pg.now
	}
	p := position{scope: pg.now.scope, seq: pg.last, changed: pg.now.changed}
	if pg.first && p.seq < pg.from.head {
		p.head = pg.from.head
	}
	return p
}

// syncMembers tells what happened to the items of a collection. Changes and the new token come from one View.
func (x *exchange) syncMembers(q *syncQuestion) error {
	var (
		b  *batch
		pg *page
	)
	err := x.view(func(rd backend.Reader) error {
		res, err := x.load(rd, x.target, 0)
		if err != nil {
			return err
		}
		if pg, err = x.begin(rd, q, members(res.coll)); err != nil {
			return err
		}
		b = &batch{coll: res.coll, at: x.target}
		for it, err := range rd.Changes(res.coll.ID, pg.from.seq, pg.now.seq) {
			if err != nil {
				return err
			}
			if pg.takes(it.Seq, it.Deleted) {
				b.items = append(b.items, it)
			} else if pg.more {
				break
			}
		}
		b.stored, err = x.storedOf(rd, res.coll.ID, b.items, q.plan, x.target.family.item)
		return err
	})
	if err != nil {
		return err
	}
	m := x.multistatus()
	if _, err := m.respond(b, q.plan, nil); err != nil {
		return err
	}
	return m.closePage(pg)
}

// closePage ends the answer with the token, and with 507 on the target itself if there is more.
func (m *multistatus) closePage(pg *page) error {
	if pg.more {
		err := m.status(m.x.tree.href(m.x.target), http.StatusInsufficientStorage, dav("number-of-matches-within-limits"))
		if err != nil {
			return err
		}
	}
	m.token(m.x.lineage().token(pg.end()))
	return m.close()
}

// syncHome tells what happened to the collections of a home: created, changed (their members count, as their token is
// a property of theirs), removed.
func (x *exchange) syncHome(q *syncQuestion) error {
	var (
		gone    []target
		changed []*resource
		pg      *page
	)
	err := x.view(func(rd backend.Reader) error {
		gone, changed = nil, nil
		me, f := x.who.Principal.ID, x.target.family
		state, err := rd.HomeState(me, f.kind)
		if err != nil {
			return err
		}
		if pg, err = x.begin(rd, q, collections(&x.who.Principal, f, state)); err != nil {
			return err
		}
		for c, err := range rd.HomeChanges(me, f.kind, pg.from.seq) {
			if err != nil {
				return err
			}
			if !pg.takes(c.Changed, c.Deleted) {
				if pg.more {
					break
				}
				continue
			}
			if t := x.target.child(c.Slug); c.Deleted {
				gone = append(gone, t)
			} else {
				changed = append(changed, &resource{target: t, coll: &c})
			}
		}
		if gone, err = x.stillGone(rd, gone); err != nil {
			return err
		}
		for _, res := range changed {
			if err := x.fill(rd, res, q.plan.needs(res.kind)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	m := x.multistatus()
	for _, t := range gone {
		if err := m.status(x.tree.href(t), http.StatusNotFound, davxml.Name{}); err != nil {
			return err
		}
	}
	for _, res := range changed {
		if err := m.response(res, q.plan); err != nil {
			return err
		}
	}
	return m.closePage(pg)
}

// stillGone leaves out the removed collections whose slug another one has taken since (RFC 6578 §3.5.1).
func (x *exchange) stillGone(rd backend.Reader, gone []target) ([]target, error) {
	var still []target
	seen := make(map[string]bool, len(gone))
	for _, t := range gone {
		if seen[t.slug] {
			continue
		}
		seen[t.slug] = true
		_, err := x.load(rd, t, 0)
		if notFound(err) {
			still = append(still, t)
		} else if err != nil {
			return nil, err
		}
	}
	return still, nil
}
