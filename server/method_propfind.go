package server

import (
	"errors"
	"net/http"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// propfind is RFC 4918 §9.1. One View copies the narrow rows and closes; then the answer is written, however slowly it
// is read.
func (x *exchange) propfind() error {
	p, err := x.readPropfind()
	if err != nil {
		return err
	}
	d, err := x.depth(depthInfinity)
	if err != nil {
		return err
	}
	if kindItem.has(x.target.kind) {
		d = depth0 // no members: any depth is the same
	}
	if d == depthInfinity {
		return violated(http.StatusForbidden, dav("propfind-finite-depth"))
	}
	var l *listing
	noRoot := x.prefer.noRoot && d == depth1
	err = x.view(func(rd backend.Reader) (err error) {
		l, err = x.list(rd, x.target, d, p, !noRoot)
		return err
	})
	if err != nil {
		return err
	}
	if noRoot {
		x.w.Header().Add("Preference-Applied", "depth-noroot")
	}
	if x.prefer.minimal {
		x.w.Header().Add("Preference-Applied", "return=minimal")
	}
	m := x.multistatus()
	if err := l.write(m, p); err != nil {
		return err
	}
	return m.close()
}

// readPropfind reads the question. No body asks for allprop.
func (x *exchange) readPropfind() (*plan, error) {
	root, err := x.xml()
	if errors.Is(err, davxml.ErrEmpty) {
		return x.planProps(nil, nil, false)
	}
	if err != nil {
		return nil, err
	}
	if root.Name != dav("propfind") {
		return nil, statusError(http.StatusBadRequest)
	}
	questions := 0
	for _, c := range root.Children {
		switch c.Name {
		case dav("prop"), dav("allprop"), dav("propname"):
			questions++
		}
	}
	if questions != 1 { // RFC 4918 §14.20
		return nil, statusError(http.StatusBadRequest)
	}
	return x.planOf(root.Children, false)
}

// A listing is a resource and its members, as one View saw them.
type listing struct {
	self    *resource
	listed  bool       // self is in the answer
	members []resource // of folders and homes
	items   *batch     // of collections
}

// list reads a target, and its members at depth 1. listed: the target itself is in the answer.
func (x *exchange) list(rd backend.Reader, t target, d depth, p *plan, listed bool) (*listing, error) {
	l := &listing{listed: listed}
	var needs need
	if listed {
		needs = p.needs(t.kind)
	}
	var err error
	if l.self, err = x.load(rd, t, needs); err != nil {
		return nil, err
	}
	switch {
	case d == depth0:
		return l, nil
	case kindCollection.has(t.kind):
		l.items = &batch{coll: l.self.coll, at: t, items: make([]backend.Item, 0, l.self.coll.Items)}
		return l, l.items.read(rd, backend.Query{}, p)
	}
	return l, x.listMembers(rd, l, p)
}

// listMembers reads what is under a folder or a home.
func (x *exchange) listMembers(rd backend.Reader, l *listing, p *plan) error {
	t := l.self.target
	me := x.who.Principal.Slug
	switch {
	case kindHome.has(t.kind):
		return x.listHome(rd, l, p)
	case t.kind == kindApex && t.slug == "":
		l.members = []resource{{target: target{kind: kindRoot}}}
	case t.kind == kindRoot:
		l.members = []resource{{target: target{kind: kindPrincipals}}}
		for i := range families {
			l.members = append(l.members, resource{target: target{kind: kindHomes, family: &families[i]}})
		}
	case t.kind == kindPrincipals, t.kind == kindApex: // users are strangers to each other
		l.members = []resource{{target: principalTarget(me)}}
	case t.kind == kindHomes:
		l.members = []resource{{target: homeTarget(t.family.kind, me)}}
	}
	return x.fillMembers(rd, l.members, l.self.usage, p)
}

// listHome reads the collections of a home, the default one first: macOS shows no other address book.
func (x *exchange) listHome(rd backend.Reader, l *listing, p *plan) error {
	t := l.self.target
	colls, err := rd.Home(x.who.Principal.ID, t.family.kind)
	if err != nil {
		return err
	}
	l.members = make([]resource, len(colls))
	for i := range colls {
		l.members[i] = resource{target: t.child(colls[i].Slug), coll: &colls[i]}
	}
	return x.fillMembers(rd, l.members, l.self.usage, p)
}

// fillMembers loads what the plan needs of members; what they share is read once. Their stored properties are not among
// it: members reads those when it writes.
func (x *exchange) fillMembers(rd backend.Reader, list []resource, usage *backend.Usage, p *plan) error {
	for i := range list {
		res := &list[i]
		res.usage = usage
		if err := x.fill(rd, res, p.needs(res.kind)&^needStored); err != nil {
			return err
		}
		usage = res.usage
	}
	return nil
}

// write answers with all of it.
func (l *listing) write(m *multistatus, p *plan) error {
	if l.listed {
		if err := m.found(l.self, p); err != nil {
			return err
		}
	}
	if err := m.members(l.members, p); err != nil || l.items == nil {
		return err
	}
	_, err := m.respond(l.items, p, nil)
	return err
}

// members answers for folders, homes and collections, with the stored properties of a few at a time.
func (m *multistatus) members(list []resource, p *plan) error {
	for from := 0; from < len(list); {
		to, err := m.x.readMembers(list, from, p)
		if err != nil {
			return err
		}
		for ; from < to; from++ {
			if err := m.found(&list[from], p); err != nil {
				return err
			}
			list[from].stored = nil
		}
	}
	return nil
}

// readMembers reads the stored properties of the next members in one View, as many as batchBytes holds.
func (x *exchange) readMembers(list []resource, from int, p *plan) (to int, err error) {
	wanted := func(i int) bool { return p.needs(list[i].kind)&needStored != 0 }
	for to = from; to < len(list) && !wanted(to); to++ {
	}
	if to == len(list) {
		return to, nil
	}
	err = x.view(func(rd backend.Reader) error {
		for size := 0; to < len(list) && size < batchBytes; to++ {
			if !wanted(to) {
				continue
			}
			if err := x.fill(rd, &list[to], needStored); err != nil {
				return err
			}
			size += sizeOf(list[to].stored)
		}
		return nil
	})
	return to, err
}
