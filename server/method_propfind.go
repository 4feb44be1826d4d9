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
	err = x.view(func(rd backend.Reader) (err error) {
		l, err = x.list(rd, x.target, d, p)
		return err
	})
	if err != nil {
		return err
	}
	if x.prefer.noRoot && d == depth1 {
		l.listed = false
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
	items   []backend.Item
	stored  map[int64][]backend.Property // of items, by object
}

// list reads a target, and its members at depth 1.
func (x *exchange) list(rd backend.Reader, t target, d depth, p *plan) (*listing, error) {
	self, err := x.load(rd, t, p.needs(t.kind))
	if err != nil {
		return nil, err
	}
	l := &listing{self: self, listed: true}
	if d == depth0 {
		return l, nil
	}
	if kindCollection.has(t.kind) {
		return l, l.readItems(rd, p)
	}
	return l, x.listMembers(rd, l, p)
}

// readItems copies the rows of a collection's items.
func (l *listing) readItems(rd backend.Reader, p *plan) (err error) {
	l.items = make([]backend.Item, 0, l.self.coll.Items)
	for it, err := range rd.Items(l.self.coll.ID, backend.Query{}) {
		if err != nil {
			return err
		}
		l.items = append(l.items, it)
	}
	if p.needs(l.self.family.item)&needStored != 0 {
		l.stored, err = rd.ObjectProperties(l.self.coll.ID)
	}
	return err
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
	return x.fillMembers(rd, l, p)
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
	return x.fillMembers(rd, l, p)
}

// fillMembers loads what the plan needs of members; what they share is read once.
func (x *exchange) fillMembers(rd backend.Reader, l *listing, p *plan) error {
	usage := l.self.usage
	for i := range l.members {
		res := &l.members[i]
		res.usage = usage
		if err := x.fill(rd, res, p.needs(res.kind)); err != nil {
			return err
		}
		usage = res.usage
	}
	return nil
}

// write answers with all of it. One resource is passed over the rows of items.
func (l *listing) write(m *multistatus, p *plan) error {
	if l.listed {
		if err := m.found(l.self, p); err != nil {
			return err
		}
	}
	for i := range l.members {
		if err := m.found(&l.members[i], p); err != nil {
			return err
		}
	}
	if len(l.items) == 0 {
		return nil
	}
	res := &resource{target: l.self.target.item(""), coll: l.self.coll}
	for i := range l.items {
		res.item = &l.items[i]
		res.name = res.item.Name
		res.stored = l.stored[res.item.Object]
		if err := m.found(res, p); err != nil {
			return err
		}
	}
	return nil
}
