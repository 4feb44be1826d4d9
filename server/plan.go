package server

import (
	"math/bits"
	"net/http"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// The three questions of RFC 4918 §9.1.
type mode uint8

const (
	askNamed mode = iota
	askAll
	askNames
)

// A plan is what a request wants to know of each resource that it meets: compiled once for each kind, so that
// answering does not look at names again.
type plan struct {
	x     *exchange
	mode  mode
	quiet bool          // what is not there is left out (RFC 8144 §2.1)
	asked []*asked      // askNamed, and D:include of askAll
	kinds [16]*compiled // by bit of the kind
}

// An asked is one property of a request.
type asked struct {
	name  davxml.Name
	shape shape // of bodies, nil for other properties
}

// A compiled is a plan for one kind.
type compiled struct {
	steps  []step
	needs  need
	shape  shape                // of bodies, if they are asked for
	absent []byte               // the names that no resource of the kind has, rendered
	sure   bool                 // each resource of the kind has something of it
	listed map[davxml.Name]bool // askAll: what the steps name
	dead   []backend.PropertyName
	all    bool // stored properties that no dead one names are needed, too
}

// A step renders: what is ready already, a live property, or (neither) a dead one.
type step struct {
	ready []byte
	get   getter
	name  davxml.Name
	shows bool // of the body, in the shape that was asked for
}

// maxAsked bounds the properties that one request may name, as maxNameBytes does: what is not there is named again for
// each resource of the answer.
const maxAsked = 500

// planProps compiles what el asks: a D:prop, D:allprop (include: the properties beside it, or nil) or D:propname; nil
// is allprop, too. Bodies are given in reports only (RFC 4791 §9.6). The error names what in el is not valid.
func (x *exchange) planProps(el, include *davxml.Element, inReport bool) (*plan, error) {
	p := &plan{x: x, quiet: x.prefer.minimal}
	switch {
	case el == nil || el.Name == dav("allprop"):
		p.mode, el = askAll, include
	case el.Name == dav("propname"):
		p.mode = askNames
		return p, nil
	case el.Name != dav("prop"):
		return nil, statusError(http.StatusBadRequest)
	}
	if el == nil {
		return p, nil
	}
	seen := make(map[davxml.Name]bool, min(len(el.Children), maxAsked))
	names := 0
	for _, c := range el.Children {
		if seen[c.Name] {
			continue
		}
		seen[c.Name] = true
		if names += len(c.Name.Space) + len(c.Name.Local); len(seen) > maxAsked || names > maxNameBytes {
			return nil, statusError(http.StatusRequestEntityTooLarge)
		}
		a := &asked{name: c.Name}
		if row := properties[c.Name]; row != nil && row.ask != nil && inReport {
			var err error
			if a.shape, err = row.ask(c); err != nil {
				return nil, err
			}
		}
		p.asked = append(p.asked, a)
	}
	return p, nil
}

// planOf finds the question among the children of a PROPFIND's or REPORT's root.
func (x *exchange) planOf(children []*davxml.Element, inReport bool) (*plan, error) {
	var question, include *davxml.Element
	for _, c := range children {
		switch c.Name {
		case dav("prop"), dav("allprop"), dav("propname"):
			if question != nil {
				return nil, statusError(http.StatusBadRequest)
			}
			question = c
		case dav("include"):
			include = c
		}
	}
	return x.planProps(question, include, inReport)
}

// needs tells what must be loaded of resources of these kinds; nothing for no plan.
func (p *plan) needs(k kind) need {
	var n need
	if p == nil {
		return n
	}
	for ; k != 0; k &= k - 1 {
		n |= p.on(k & -k).needs
	}
	return n
}

// on gives the plan for one kind.
func (p *plan) on(k kind) *compiled {
	i := bits.TrailingZeros16(uint16(k))
	if p.kinds[i] == nil {
		p.kinds[i] = p.compile(k)
	}
	return p.kinds[i]
}

// storedNames are the stored properties that are to be read where needStored is among the needs, nil: all.
func (c *compiled) storedNames() []backend.PropertyName {
	if c.all {
		return nil
	}
	return c.dead
}

func (p *plan) compile(k kind) *compiled {
	b := builder{c: &compiled{}, x: p.x, k: k}
	switch p.mode {
	case askNames:
		b.names()
	case askAll:
		b.all(p.asked)
	default:
		b.asked(p.asked)
	}
	if p.mode == askNamed && len(b.missing) > 0 {
		b.c.absent = rendered(func(w *davxml.Writer) {
			for _, n := range b.missing {
				w.Empty(n)
			}
		})
	}
	return b.c
}

// A builder compiles.
type builder struct {
	c       *compiled
	x       *exchange
	k       kind
	missing []davxml.Name
}

// asked compiles names.
func (b *builder) asked(list []*asked) {
	for _, a := range list {
		row, dead := findProperty(a.name, b.k)
		switch {
		case dead:
			b.c.needs |= needStored
			b.c.dead = append(b.c.dead, backend.PropertyName(a.name))
			b.c.steps = append(b.c.steps, step{name: a.name})
		case row == nil, row.ask != nil && a.shape == nil:
			b.missing = append(b.missing, a.name)
		default:
			b.live(row, a.shape)
		}
	}
}

// all compiles allprop: the rows that say so, what is included, and dead properties (appendDead).
func (b *builder) all(include []*asked) {
	b.c.needs |= needStored
	b.c.all = true
	b.c.listed = map[davxml.Name]bool{}
	for _, row := range propertyRows {
		if row.allprop && row.kinds.has(b.k) {
			b.c.listed[row.name] = true
			b.live(row, nil)
		}
	}
	for _, a := range include {
		row, _ := findProperty(a.name, b.k)
		if row != nil && !b.c.listed[a.name] && (row.ask == nil || a.shape != nil) {
			b.c.listed[a.name] = true
			b.live(row, a.shape)
		}
	}
}

// names compiles propname.
func (b *builder) names() {
	for _, row := range propertyRows {
		if row.kinds.has(b.k) && row.ask == nil {
			b.live(nameOf(row), nil)
		}
	}
	b.c.needs |= needStored
	b.c.all = true
}

// nameOf is a row whose value is its bare name where the property is there.
func nameOf(row *property) *property {
	n := *row
	n.get = func(w *davxml.Writer, x *exchange, res *resource) bool {
		there := row.always
		if !there {
			rendered(func(w *davxml.Writer) { there = row.get(w, x, res) })
		}
		if there {
			w.Empty(row.name)
		}
		return there
	}
	return &n
}

// live compiles one row: what is fixed is rendered here and now.
func (b *builder) live(row *property, shown shape) {
	if shown != nil {
		b.c.shape = shown
	}
	if !row.fixed {
		b.c.needs |= row.needs
		b.c.all = b.c.all || row.needs&needStored != 0
		b.c.sure = b.c.sure || row.always
		b.c.steps = append(b.c.steps, step{get: row.get, name: row.name, shows: shown != nil})
		return
	}
	res := &resource{target: target{kind: b.k, family: familyOfKind(b.k)}}
	there := false
	xml := rendered(func(w *davxml.Writer) { there = row.get(w, b.x, res) })
	if !there {
		b.missing = append(b.missing, row.name)
		return
	}
	b.c.sure = true
	if n := len(b.c.steps); n > 0 && b.c.steps[n-1].ready != nil { // neighbours are one step
		b.c.steps[n-1].ready = append(b.c.steps[n-1].ready, xml...)
		return
	}
	b.c.steps = append(b.c.steps, step{ready: xml, name: row.name})
}
