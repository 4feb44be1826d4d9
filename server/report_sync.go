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
			if pg.takes(it.Seq, 0, it.Deleted) {
				b.items = append(b.items, it)
			} else if pg.more {
				break
			}
		}
		return b.fill(rd, q.plan)
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
