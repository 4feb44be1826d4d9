package server

import (
	"errors"
	"io"
	"net/http"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// CALDAV:calendar-multiget (RFC 4791 §7.9) and CARDDAV:addressbook-multiget (RFC 6352 §8.7).
func init() {
	reports = append(reports,
		report{caldav("calendar-multiget"), kindCalDAV, (*exchange).multiget},
		report{carddav("addressbook-multiget"), kindCardDAV, (*exchange).multiget})
}

// maxQuestion bounds the elements that say what is asked: D:allprop has a D:include beside it.
const maxQuestion = 2

// A multigetQuestion is the body of the report, each item once.
type multigetQuestion struct {
	plan   *plan
	slugs  []string            // in the order in which they were first named
	names  map[string][]string // of items, by slug
	sent   map[target]string   // the href that named an item, as it was sent
	absent []string            // hrefs that can name nothing here
}

// multiget answers for each href: Thunderbird and vdirsyncer send as many as a collection holds.
func (x *exchange) multiget(_ *davxml.Element, body *davxml.Decoder) error {
	q, err := x.readMultiget(body)
	if err != nil {
		return err
	}
	if kindCollection.has(x.target.kind) { // else nothing at all would look like nothing of what was asked
		err := x.view(func(rd backend.Reader) error {
			_, err := x.load(rd, x.target, 0)
			return err
		})
		if err != nil {
			return err
		}
	}
	m := x.multistatus()
	for _, href := range q.absent {
		if err := m.status(href, http.StatusNotFound, davxml.Name{}); err != nil {
			return err
		}
	}
	for _, slug := range q.slugs {
		names := q.names[slug]
		for len(names) > 0 {
			n := min(len(names), backend.NamesChunk)
			if err := x.multigetChunk(m, q, slug, names[:n]); err != nil {
				return err
			}
			names = names[n:]
		}
	}
	return m.close()
}

// readMultiget reads all of the body before anything is answered: few clients read while they write.
func (x *exchange) readMultiget(body *davxml.Decoder) (*multigetQuestion, error) {
	q := &multigetQuestion{names: make(map[string][]string), sent: make(map[target]string)}
	var question []*davxml.Element
	for count := 0; ; {
		el, err := body.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch el.Name {
		case dav("href"):
			if count++; count > x.limits.MultigetHrefs {
				return nil, violated(http.StatusForbidden, dav("number-of-matches-within-limits"))
			}
			q.add(x, el.Text)
		case dav("prop"), dav("allprop"), dav("propname"), dav("include"): // all else is let go: the body may be long
			if question = append(question, el); len(question) > maxQuestion {
				return nil, statusError(http.StatusBadRequest)
			}
		}
	}
	var err error
	q.plan, err = x.planOf(question, true)
	return q, err
}

// add notes what an href names. What is not under the report's target is not there, and neither is what belongs to
// others: without a look at the store, so that no clock tells them apart.
func (q *multigetQuestion) add(x *exchange, href string) {
	t, err := x.tree.resolveHref(href)
	if err != nil || !x.under(t) {
		q.absent = append(q.absent, href)
		return
	}
	if _, twice := q.sent[t]; twice {
		return
	}
	q.sent[t] = href
	if q.names[t.slug] == nil {
		q.slugs = append(q.slugs, t.slug)
	}
	q.names[t.slug] = append(q.names[t.slug], t.name)
}

// under tells whether an item is within the target of the request.
func (x *exchange) under(t target) bool {
	if t.family != x.target.family || t.kind != x.target.family.item || t.principal != x.target.principal {
		return false
	}
	if x.target.slug != "" && t.slug != x.target.slug {
		return false
	}
	return x.target.name == "" || t.name == x.target.name
}

// multigetChunk answers for some items of one collection, in the order in which they were asked for.
func (x *exchange) multigetChunk(m *multistatus, q *multigetQuestion, slug string, names []string) error {
	at := x.target.home().child(slug)
	b := &batch{at: at, asked: true}
	err := x.view(func(rd backend.Reader) error {
		b.items = b.items[:0]
		res, err := x.load(rd, at, 0)
		if notFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		b.coll = res.coll
		found := make(map[string]backend.Item, len(names))
		for it, err := range rd.ItemsNamed(res.coll.ID, names) {
			if err != nil {
				return err
			}
			found[it.Name] = it
		}
		for _, name := range names {
			if it, ok := found[name]; ok {
				b.items = append(b.items, it)
				delete(q.sent, at.item(name))
			}
		}
		return b.fill(rd, q.plan)
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		if href, missing := q.sent[at.item(name)]; missing {
			if err := m.status(href, http.StatusNotFound, davxml.Name{}); err != nil {
				return err
			}
		}
	}
	_, err = m.respond(b, q.plan, nil)
	return err
}
