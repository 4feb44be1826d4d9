package server

import (
	"net/http"
	"strings"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// The reports of RFC 3744 §9, and Apple's search. Users are strangers to each other: whoever asks finds nobody but
// oneself.
func init() {
	reports = append(reports,
		report{dav("acl-principal-prop-set"), kindAny, (*exchange).aclPrincipals},
		report{dav("principal-property-search"), kindFolder | kindPrincipal, (*exchange).principalSearch},
		report{dav("principal-search-property-set"), kindFolder | kindPrincipal, (*exchange).searchProperties},
		report{cs("calendarserver-principal-search"), kindFolder | kindPrincipal, (*exchange).tokenSearch},
	)
}

// aclPrincipals is RFC 3744 §9.2: the principals that the ACL names by URL, of which there is one at most.
func (x *exchange) aclPrincipals(_ *davxml.Element, body *davxml.Decoder) error {
	q, err := x.principalQuestion(body)
	if err != nil {
		return err
	}
	return x.answerSelf(q.plan, true, func(*resource) bool { return !kindFolder.has(x.target.kind) })
}

// leadsToPrincipals tells whether one's principal is the target or under it, at any depth.
func (x *exchange) leadsToPrincipals() bool { return x.target.kind != kindHomes }

// A searchable is a property of principals that searches look into.
type searchable struct {
	name davxml.Name
	text string // what it is, for people
	of   func(x *exchange, res *resource) []string
}

var searchables = []searchable{
	{dav("displayname"), "Name", func(x *exchange, _ *resource) []string {
		return []string{x.who.Principal.DisplayName, x.who.Principal.Name}
	}},
	{caldav("calendar-user-address-set"), "Calendar address", func(_ *exchange, res *resource) []string {
		return addresses(res)
	}},
	{cs("email-address-set"), "Mail address", func(_ *exchange, res *resource) []string {
		return addresses(res)
	}},
}

func addresses(res *resource) []string {
	list := make([]string, len(res.addresses))
	for i, a := range res.addresses {
		list[i] = calendarAddress(a)
	}
	return list
}

// contains compares as RFC 3744 §9.4 prefers: a substring, whatever the case.
func contains(texts []string, part string) bool {
	part = strings.ToLower(strings.TrimSpace(part))
	for _, t := range texts {
		if strings.Contains(strings.ToLower(t), part) {
			return true
		}
	}
	return false
}

// principalSearch is RFC 3744 §9.4. A property that cannot be searched matches nothing.
func (x *exchange) principalSearch(root *davxml.Element, body *davxml.Decoder) error {
	q, err := x.principalQuestion(body)
	if err != nil {
		return err
	}
	test, _ := root.Attr("test")
	anyOf := test == "anyof"
	searches := 0
	for _, c := range q.children {
		if c.Name != dav("property-search") {
			continue
		}
		searches++
		if c.Child(dav("prop")) == nil || c.Child(dav("match")) == nil {
			return statusError(http.StatusBadRequest)
		}
	}
	if searches == 0 {
		return statusError(http.StatusBadRequest)
	}
	everywhere := childNamed(q.children, dav("apply-to-principal-collection-set")) != nil
	return x.answerSelf(q.plan, false, func(res *resource) bool {
		if !everywhere && !x.leadsToPrincipals() {
			return false
		}
		for _, c := range q.children {
			if c.Name == dav("property-search") && x.matches(res, c) == anyOf {
				return anyOf
			}
		}
		return !anyOf
	})
}

// matches is one D:property-search: the text in each of its properties.
func (x *exchange) matches(res *resource, search *davxml.Element) bool {
	part := search.Child(dav("match")).Text
	props := search.Child(dav("prop")).Children
	for _, p := range props {
		found := false
		for i := range searchables {
			found = found || searchables[i].name == p.Name && contains(searchables[i].of(x, res), part)
		}
		if !found {
			return false
		}
	}
	return len(props) > 0
}

// tokenSearch is CS:calendarserver-principal-search: each token somewhere in the principal.
func (x *exchange) tokenSearch(_ *davxml.Element, body *davxml.Decoder) error {
	q, err := x.principalQuestion(body)
	if err != nil {
		return err
	}
	return x.answerSelf(q.plan, false, func(res *resource) bool {
		tokens := 0
		for _, c := range q.children {
			if c.Name != cs("search-token") {
				continue
			}
			tokens++
			found := false
			for i := range searchables {
				found = found || contains(searchables[i].of(x, res), c.Text)
			}
			if !found {
				return false
			}
		}
		return tokens > 0
	})
}

// searchProperties is RFC 3744 §9.5: what can be searched.
func (x *exchange) searchProperties(_ *davxml.Element, body *davxml.Decoder) error {
	if _, err := x.principalQuestion(body); err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", xmlType)
	w := davxml.NewWriter(x.w)
	w.Start(dav("principal-search-property-set"))
	for _, s := range searchables {
		w.Open(dav("principal-search-property"))
		w.Open(dav("prop"))
		w.Empty(s.name)
		w.Close(dav("prop"))
		w.Open(dav("description"), english)
		w.Text(s.text)
		w.Close(dav("description"))
		w.Close(dav("principal-search-property"))
	}
	w.Close(dav("principal-search-property-set"))
	return w.Flush()
}

// A question is the body of a principal report.
type question struct {
	children []*davxml.Element
	plan     *plan // nil without a D:prop
}

// principalQuestion reads a body, and holds the Depth header to 0 (RFC 3744 §9).
func (x *exchange) principalQuestion(body *davxml.Decoder) (q question, err error) {
	d, err := x.depth(depth0)
	if err != nil {
		return q, err
	}
	if d != depth0 {
		return q, statusError(http.StatusBadRequest)
	}
	if q.children, err = children(body); err != nil {
		return q, err
	}
	if prop := childNamed(q.children, dav("prop")); prop != nil {
		q.plan, err = x.planProps(prop, nil, false)
	}
	return q, err
}

// answerSelf answers with oneself, if found. The target must exist, too (load).
func (x *exchange) answerSelf(p *plan, load bool, found func(*resource) bool) error {
	var self *resource
	hit := false
	err := x.view(func(rd backend.Reader) (err error) {
		if load {
			if _, err := x.load(rd, x.target, 0); err != nil {
				return err
			}
		}
		self, err = x.load(rd, principalTarget(x.who.Principal.Slug), p.needs(kindPrincipal)|needAddresses)
		if err == nil {
			hit = found(self)
		}
		return err
	})
	if err != nil {
		return err
	}
	m := x.multistatus()
	if hit {
		if err := m.found(self, p); err != nil {
			return err
		}
	}
	return m.close()
}

// found tells of a resource what was asked, or only that it is one (RFC 3744 §9.3.1).
func (m *multistatus) found(res *resource, p *plan) error {
	if p == nil {
		return m.status(m.x.tree.href(res.target), http.StatusOK, davxml.Name{})
	}
	return m.response(res, p)
}
