package server

import (
	"net/http"
	"strings"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// maxConditions bounds the elements of one filter: each is asked of every candidate.
const maxConditions = 128

// A filterReader compiles the elements that CALDAV:filter (RFC 4791 §9.7) and CARDDAV:filter
// (RFC 6352 §10.5) share. Its errors are the preconditions of the two query reports.
type filterReader struct {
	space      string // CalDAV or CardDAV
	collation  string // the default one
	matchTypes bool
	conditions int
}

func newFilterReader(space string) *filterReader {
	if space == davxml.CardDAV {
		return &filterReader{space: space, collation: "i;unicode-casemap", matchTypes: true}
	}
	return &filterReader{space: space, collation: "i;ascii-casemap"}
}

func (r *filterReader) name(local string) davxml.Name {
	return davxml.Name{Space: r.space, Local: local}
}

func (r *filterReader) invalid() error {
	return violated(http.StatusForbidden, r.name("valid-filter"))
}

// unsupported names the element that we cannot test.
func (r *filterReader) unsupported(el *davxml.Element) error {
	w := davxml.NewWriter(nil)
	w.Empty(el.Name, el.Attrs...)
	return &davError{status: http.StatusForbidden, condition: r.name("supported-filter"), inner: w.Bytes()}
}

// children gives the children of el that are of our namespace, and refuses those not in allowed. Elements of other
// namespaces are passed over (RFC 4918 §17).
func (r *filterReader) children(el *davxml.Element, allowed ...string) ([]*davxml.Element, error) {
	var kept []*davxml.Element
next:
	for _, c := range el.Children {
		if c.Name.Space != r.space {
			continue
		}
		if r.conditions++; r.conditions > maxConditions {
			return nil, r.invalid()
		}
		for _, local := range allowed {
			if c.Name.Local == local {
				kept = append(kept, c)
				continue next
			}
		}
		return nil, r.invalid()
	}
	return kept, nil
}

// named gives the required name attribute, in upper case as names are compared without regard to case.
func (r *filterReader) named(el *davxml.Element) (string, error) {
	name, ok := el.Attr("name")
	if name = strings.ToUpper(strings.TrimSpace(name)); !ok || name == "" {
		return "", r.invalid()
	}
	return name, nil
}

// choice gives an attribute that has few values, the first one by default.
func (r *filterReader) choice(el *davxml.Element, attr string, values ...string) (string, error) {
	v, ok := el.Attr(attr)
	if !ok {
		return values[0], nil
	}
	for _, allowed := range values {
		if v == allowed {
			return v, nil
		}
	}
	return "", r.invalid()
}

// undefined tells whether el asks for absence; then it asks for nothing else.
func (r *filterReader) undefined(children []*davxml.Element) (bool, error) {
	for _, c := range children {
		if c.Name.Local == "is-not-defined" {
			if len(children) > 1 {
				return false, r.invalid()
			}
			return true, nil
		}
	}
	return false, nil
}

// maxWanted bounds the text of one text-match: it is compared with all that an account holds.
const maxWanted = 8 << 10

// A textMatch is a compiled text-match.
type textMatch struct {
	comparison
	negate bool
}

func (r *filterReader) text(el *davxml.Element) (*textMatch, error) {
	name, ok := el.Attr("collation")
	if !ok || name == "default" {
		name = r.collation
	}
	c, known := collationOf(name)
	if !known {
		return nil, violated(http.StatusForbidden, r.name("supported-collation"))
	}
	match := "contains"
	if v, ok := el.Attr("match-type"); ok && r.matchTypes {
		match = v
	}
	test, ok := matchTypes[match]
	if !ok {
		return nil, r.invalid()
	}
	negate, err := r.choice(el, "negate-condition", "no", "yes")
	if err != nil {
		return nil, err
	}
	if len(el.Text) > maxWanted {
		return nil, r.unsupported(el)
	}
	return &textMatch{newComparison(c, test, el.Text), negate == "yes"}, nil
}

// matches tests a value: any of its parts may match, and negation turns the whole of it. What is too long to tell
// matches either way: an item is never wrongly hidden.
func (m *textMatch) matches(parts []value) bool {
	unknown := false
	for i := range parts {
		found, known := m.comparison.matches(&parts[i])
		if found {
			return !m.negate
		}
		unknown = unknown || !known
	}
	return unknown || m.negate
}

// needle is what Facts.Text contains wherever the text matches; it is empty where nothing can be told.
func (m *textMatch) needle() string {
	if m.negate {
		return ""
	}
	return backend.Needle(m.raw)
}

// A paramFilter is a compiled param-filter (RFC 4791 §9.7.3, RFC 6352 §10.5.2).
type paramFilter struct {
	name   string
	absent bool
	text   *textMatch // nil: the parameter need only be there
}

func (r *filterReader) param(el *davxml.Element) (p paramFilter, err error) {
	if p.name, err = r.named(el); err != nil {
		return p, err
	}
	children, err := r.children(el, "is-not-defined", "text-match")
	if err != nil {
		return p, err
	}
	if p.absent, err = r.undefined(children); err != nil || p.absent {
		return p, err
	}
	if len(children) > 1 {
		return p, r.invalid()
	}
	if len(children) == 1 {
		p.text, err = r.text(children[0])
	}
	return p, err
}

func (p *paramFilter) matches(t *lineTexts) bool {
	found := false
	for i := range t.line.Params {
		if t.line.Params[i].Name != p.name {
			continue
		}
		found = true
		if p.text != nil && p.text.matches(t.param(i)) {
			return true
		}
	}
	if p.absent || p.text == nil {
		return found != p.absent
	}
	return false
}
