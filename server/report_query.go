package server

import (
	"net/http"

	"daycairn/backend"
	"daycairn/backend/ics"
	"daycairn/backend/vcf"
	"daycairn/server/davxml"
)

// CALDAV:calendar-query (RFC 4791 §7.8) and CARDDAV:addressbook-query (RFC 6352 §8.6).
func init() {
	reports = append(reports,
		report{caldav("calendar-query"), kindCalDAV, (*exchange).calendarQuery},
		report{carddav("addressbook-query"), kindCardDAV, (*exchange).addressbookQuery})
}

// A search is a query report, compiled.
type search struct {
	plan  *plan
	query backend.Query // what the engine can tell
	zone  *ics.Zone     // of the request
	limit int           // 0: none
	// exact: the rows tell whether an item matches, so that no body is looked at.
	exact   bool
	matches func(res *resource) bool
}

func (x *exchange) calendarQuery(_ *davxml.Element, body *davxml.Decoder) error {
	list, err := children(body)
	if err != nil {
		return err
	}
	var f *calendarFilter
	if el := childNamed(list, caldav("filter")); el != nil { // some queries of KDE have none
		if f, err = parseCalendarFilter(el); err != nil {
			return err
		}
	}
	s := &search{query: f.Query()}
	if s.zone, err = requestZone(list); err != nil {
		return err
	}
	if name, ok := f.only(); ok {
		s.exact = true
		s.matches = func(res *resource) bool { // an item of which nobody knows what it is may be one
			return name == "" || res.item.Component == name || res.item.Component == ""
		}
		return x.search(s, list, caldav("nresults"))
	}
	s.matches = func(res *resource) bool {
		if res.body == nil { // damaged
			return true
		}
		cal, err := ics.Parse(res.body)
		return err != nil || f.Match(cal, res.zone) // what cannot be read may match: it is never hidden (design law 3)
	}
	return x.search(s, list, caldav("nresults"))
}

func (x *exchange) addressbookQuery(_ *davxml.Element, body *davxml.Decoder) error {
	list, err := children(body)
	if err != nil {
		return err
	}
	var f *cardFilter
	if el := childNamed(list, carddav("filter")); el != nil {
		if f, err = parseCardFilter(el); err != nil {
			return err
		}
	}
	s := &search{query: f.Query(), exact: f == nil}
	s.matches = func(res *resource) bool {
		if s.exact || res.body == nil {
			return true
		}
		card, err := vcf.Parse(res.body)
		return err != nil || f.Match(card)
	}
	return x.search(s, list, carddav("nresults"))
}

// requestZone is the zone that the request names for floating times (RFC 4791 §9.8, RFC 7809 §4.1), nil for none.
func requestZone(list []*davxml.Element) (*ics.Zone, error) {
	if el := childNamed(list, caldav("timezone")); el != nil {
		z, err := ics.ParseZone([]byte(el.Text))
		if err != nil {
			return nil, because(violated(http.StatusForbidden, caldav("valid-calendar-data")), err)
		}
		return z, nil
	}
	if el := childNamed(list, caldav("timezone-id")); el != nil {
		z, ok := ics.LookupZone(el.Text)
		if !ok {
			return nil, violated(http.StatusForbidden, caldav("valid-timezone"))
		}
		return z, nil
	}
	return nil, nil
}

// search answers with the items that match. The rows come from one View; bodies are looked at where the rows do not
// tell enough.
func (x *exchange) search(s *search, list []*davxml.Element, nresults davxml.Name) error {
	var err error
	if s.limit, err = x.readLimit(childNamed(list, davxml.Name{Space: nresults.Space, Local: "limit"}), nresults); err != nil {
		return err
	}
	if s.plan, err = x.planOf(list, true); err != nil {
		return err
	}
	d, err := x.depth(depth1) // RFC 4791 §7.8 says 0, and no client means it
	if err != nil {
		return err
	}
	var batches []*batch
	err = x.view(func(rd backend.Reader) error {
		batches, err = x.candidates(rd, d, s.query, s.plan)
		return err
	})
	if err != nil {
		return err
	}
	m := x.multistatus()
	count, more := 0, false
	sel := &selection{body: !s.exact, judge: func(res *resource) verdict {
		if !s.matches(res) {
			return skip
		}
		if s.limit > 0 && count == s.limit {
			more = true
			return stop
		}
		count++
		return take
	}}
	for _, b := range batches {
		if s.zone != nil {
			b.zone = s.zone
		}
		if on, err := m.respond(b, s.plan, sel); err != nil {
			return err
		} else if !on {
			break
		}
	}
	if more { // RFC 6352 §8.6.2
		err := m.status(x.tree.href(x.target), http.StatusInsufficientStorage, dav("number-of-matches-within-limits"))
		if err != nil {
			return err
		}
	}
	return m.close()
}

// candidates reads the rows within a depth of the target: an item is itself, a collection has its items one level
// below, a home two.
func (x *exchange) candidates(rd backend.Reader, d depth, q backend.Query, p *plan) ([]*batch, error) {
	res, err := x.load(rd, x.target, 0)
	if err != nil {
		return nil, err
	}
	switch {
	case res.item != nil:
		return []*batch{{coll: res.coll, at: x.target.collection(), items: []backend.Item{*res.item}}}, nil
	case res.coll != nil && d >= depth1:
		b := &batch{coll: res.coll, at: x.target}
		return []*batch{b}, b.read(rd, q, p)
	case res.coll != nil || d != depthInfinity:
		return nil, nil
	}
	home, err := rd.Home(x.who.Principal.ID, x.target.family.kind)
	if err != nil {
		return nil, err
	}
	var all []*batch
	for i := range home {
		b := &batch{coll: &home[i], at: x.target.child(home[i].Slug)}
		if err := b.read(rd, q, p); err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}
