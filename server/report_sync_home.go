package server

import (
	"cmp"
	"net/http"
	"slices"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// syncHome tells what happened to the collections of a home: created, changed (their members count, as their token is
// a property of theirs), removed.
func (x *exchange) syncHome(q *syncQuestion) error {
	var (
		gone    []target
		changed []resource
		pg      *page
	)
	err := x.view(func(rd backend.Reader) error {
		gone, changed = nil, nil
		me, f := x.who.Principal.ID, x.target.family
		state, mark, err := rd.HomeState(me, f.kind)
		if err != nil {
			return err
		}
		if pg, err = x.begin(rd, q, collections(&x.who.Principal, f, state, mark)); err != nil {
			return err
		}
		rows, err := homeChanges(rd, me, f, pg.from.seq)
		if err != nil {
			return err
		}
		for i := range rows {
			c := &rows[i]
			if !pg.takes(c.Changed, c.ID, c.Deleted) {
				if pg.more {
					break
				}
				continue
			}
			if t := x.target.child(c.Slug); c.Deleted {
				gone = append(gone, t)
			} else {
				changed = append(changed, resource{target: t, coll: c})
			}
		}
		if gone, err = x.stillGone(rd, gone); err != nil {
			return err
		}
		return x.fillMembers(rd, changed, nil, q.plan)
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
	if err := m.members(changed, q.plan); err != nil {
		return err
	}
	return m.closePage(pg)
}

// homeChanges copies the rows, in one order whatever one change concerns: a MOVE changes two collections.
func homeChanges(rd backend.Reader, principal int64, f *family, since int64) ([]backend.Collection, error) {
	var rows []backend.Collection
	for c, err := range rd.HomeChanges(principal, f.kind, since) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, c)
	}
	slices.SortFunc(rows, func(a, b backend.Collection) int {
		return cmp.Or(cmp.Compare(a.Changed, b.Changed), cmp.Compare(a.ID, b.ID))
	})
	return rows, nil
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
