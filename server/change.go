package server

import (
	"errors"
	"net/http"
	"strings"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// A change is one property that a client sets or removes.
type change struct {
	name davxml.Name
	el   *davxml.Element // nil: removal
	xml  []byte          // of el, as it is stored; nil: it is longer than any limit
	err  *davError       // why it is refused
}

// maxChanges bounds the properties of one request, maxNameBytes their names.
const (
	maxChanges   = 1000
	maxNameBytes = 64 << 10
)

// readChanges reads the D:set and D:remove elements of a D:propertyupdate, D:mkcol or C:mkcalendar, in document order.
func (x *exchange) readChanges(root *davxml.Element) ([]change, error) {
	var list []change
	instructions, names, left := 0, 0, x.limits.PropertyBytes
	for _, ins := range root.Children {
		removal := ins.Name == dav("remove")
		if !removal && ins.Name != dav("set") {
			continue // RFC 4918 §17: unknown elements are as if they were not there
		}
		instructions++
		prop := ins.Child(dav("prop"))
		if prop == nil {
			return nil, statusError(http.StatusBadRequest)
		}
		for _, el := range prop.Children {
			if names += len(el.Name.Space) + len(el.Name.Local); len(list) == maxChanges || names > maxNameBytes {
				return nil, statusError(http.StatusRequestEntityTooLarge)
			}
			c := change{name: el.Name}
			if !removal {
				c.el = el
				c.xml, left = x.standalone(el, left)
			}
			list = append(list, c)
		}
	}
	if instructions == 0 && root.Name == dav("propertyupdate") {
		return nil, statusError(http.StatusBadRequest)
	}
	return list, nil
}

// standalone gives an element's XML, nil if it is longer than what a property, or what is left of the request, may have.
// Namespaces and a language from around it are added to each element, which makes much of a short body: so nothing is made
// any more once nothing is left.
func (x *exchange) standalone(el *davxml.Element, left int) (xml []byte, rest int) {
	if left < 0 {
		return nil, left
	}
	xml = el.XML()
	if left -= len(xml); left < 0 || len(xml) > x.limits.PropertySize {
		xml = nil
	}
	return xml, left
}

// A room is what a subject's properties take, by name.
type room struct {
	size  map[davxml.Name]int
	total int
}

// change makes room for a property, or takes it away. It is false when the subject would have more than limits allow; what
// makes it smaller is always possible.
func (r *room) change(c *change, l Limits) bool {
	old, there := r.size[c.name]
	if c.el == nil {
		delete(r.size, c.name)
		r.total -= old
		return true
	}
	size := len(c.xml)
	if c.xml == nil || !there && len(r.size) >= l.Properties || size > old && r.total+size-old > l.PropertyBytes {
		return false
	}
	r.size[c.name] = size
	r.total += size - old
	return true
}

// checkSet tells whether all of list may be done to res, and notes in it what may not and why. creating: res is about
// to be made, so what is protected later may be given (resourcetype is the caller's to look at). It may run again.
func (x *exchange) checkSet(res *resource, list []change, creating bool) bool {
	ok := true
	r := room{size: make(map[davxml.Name]int, len(res.stored)+len(list))}
	for i := range res.stored {
		p := &res.stored[i]
		r.size[davxml.Name(p.Name)] = len(p.XML)
		r.total += len(p.XML)
	}
	for i := range list {
		c := &list[i]
		c.err = nil
		err := x.checkChange(res, c, creating)
		if err == nil && !r.change(c, x.limits) { // RFC 4918 §9.2.1, RFC 4331 §6
			err = violated(http.StatusInsufficientStorage, dav("quota-not-exceeded"))
		}
		if err != nil {
			ok = false
			if !errors.As(err, &c.err) {
				c.err = &davError{status: http.StatusConflict, cause: err}
			}
		}
	}
	return ok
}

// checkChange is checkSet of one.
func (x *exchange) checkChange(res *resource, c *change, creating bool) error {
	row := properties[c.name]
	switch {
	case row == nil, row.set != nil && !row.kinds.has(res.kind): // a dead one
		return nil
	case row.set != nil:
		return row.set(x, res, c.el)
	case creating && c.name == dav("resourcetype"):
		return nil
	case creating && row.create != nil && row.kinds.has(res.kind):
		return row.create(x, res, c.el)
	}
	return violated(http.StatusForbidden, dav("cannot-modify-protected-property"))
}

// changedProperties is what there is to store: the last word on each name that is not protected.
func changedProperties(list []change) []backend.Property {
	at := make(map[davxml.Name]int, len(list))
	var props []backend.Property
	put := func(n davxml.Name, xml []byte) {
		i, twice := at[n]
		if !twice {
			i = len(props)
			at[n] = i
			props = append(props, backend.Property{Name: backend.PropertyName(n)})
		}
		props[i].XML = xml
	}
	written := func(n davxml.Name) bool {
		for i := range list {
			if list[i].name == n {
				return true
			}
		}
		return false
	}
	for i := range list {
		c := &list[i]
		if row := properties[c.name]; row != nil && row.set == nil {
			continue
		}
		put(c.name, c.xml)
		if other, ok := otherFace(c.name, written); ok {
			put(other, nil)
		}
	}
	return props
}

// newProperties is changedProperties of what has none yet.
func newProperties(list []change) []backend.Property {
	var set []backend.Property
	for _, p := range changedProperties(list) {
		if p.XML != nil {
			set = append(set, p)
		}
	}
	return set
}

// componentsOf is what a new calendar is restricted to by list: nil for all components.
func componentsOf(list []change) []string {
	for i := len(list) - 1; i >= 0; i-- {
		if c := &list[i]; c.el != nil && c.name == caldav("supported-calendar-component-set") {
			return componentNames(c.el)
		}
	}
	return nil
}

// componentNames reads the names of a C:supported-calendar-component-set, upper case, each once. KDE names VCALENDAR,
// too, which says nothing.
func componentNames(el *davxml.Element) []string {
	var names []string
	seen := map[string]bool{"": true, "VCALENDAR": true}
	for _, c := range el.Children {
		name, _ := c.Attr("name")
		name = strings.ToUpper(strings.TrimSpace(name))
		if c.Name != caldav("comp") || seen[name] {
			continue
		}
		seen[name] = true
		names = append(names, name)
	}
	return names
}
