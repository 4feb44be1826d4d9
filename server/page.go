package server

import "daycairn/backend"

// A page is the part of a listing's changes that one answer tells.
type page struct {
	from  position // where it begins
	now   position // the end of the listing
	first bool     // everything, without what was removed before
	limit int
	count int
	last  int64 // seq of the last change that is in it
	id    int64 // and what it changed, where one change may concern two
	next  int64 // seq of the first that did not fit
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

// takes tells whether a change belongs to the page; more is set by the first that does not fit. id orders changes of
// one seq, 0 where there are none.
func (pg *page) takes(seq, id int64, deleted bool) bool {
	told := pg.from.within != 0 && seq == pg.from.seq+1 && id <= pg.from.within
	if told || pg.first && deleted && seq <= pg.from.head {
		pg.last, pg.id = seq, id
		return false
	}
	if pg.limit > 0 && pg.count == pg.limit {
		pg.more, pg.next = true, seq
		return false
	}
	pg.count++
	pg.last, pg.id = seq, id
	return true
}

// end is the position that the answer brings the client to (RFC 6578 §3.6).
func (pg *page) end() position {
	if !pg.more {
		return pg.now
	}
	p := position{scope: pg.now.scope, seq: pg.last, changed: pg.now.changed, mark: pg.now.mark}
	if pg.next == pg.last {
		p.seq, p.within = pg.last-1, pg.id
	}
	if pg.first && p.seq < pg.from.head {
		p.head = pg.from.head
	}
	return p
}
