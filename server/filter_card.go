package server

import (
	"strings"

	"daycairn/backend"
	"daycairn/backend/line"
	"daycairn/backend/vcf"
	"daycairn/server/davxml"
)

// A cardFilter is a compiled CARDDAV:filter (RFC 6352 §10.5). Nil matches every card.
type cardFilter struct {
	all   bool // test="allof": each of props must match, else any
	props []cardProp
}

// A cardProp is a compiled prop-filter (§10.5.1).
type cardProp struct {
	group  string // "" for any
	name   string
	absent bool
	all    bool
	texts  []*textMatch
	params []paramFilter
}

// parseCardFilter compiles a filter. Clients that send none, or an empty one, want every card.
func parseCardFilter(el *davxml.Element) (*cardFilter, error) {
	if el == nil {
		return nil, nil
	}
	r := newFilterReader(davxml.CardDAV)
	children, err := r.children(el, "prop-filter")
	if err != nil || len(children) == 0 {
		return nil, err
	}
	f := &cardFilter{}
	if f.all, err = r.allOf(el); err != nil {
		return nil, err
	}
	for _, c := range children {
		p, err := r.cardProp(c)
		if err != nil {
			return nil, err
		}
		f.props = append(f.props, p)
	}
	return f, nil
}

func (r *filterReader) allOf(el *davxml.Element) (bool, error) {
	test, err := r.choice(el, "test", "anyof", "allof")
	return test == "allof", err
}

func (r *filterReader) cardProp(el *davxml.Element) (p cardProp, err error) {
	if p.name, err = r.named(el); err != nil {
		return p, err
	}
	p.group, p.name = splitGroup(p.name)
	if p.all, err = r.allOf(el); err != nil {
		return p, err
	}
	children, err := r.children(el, "is-not-defined", "text-match", "param-filter")
	if err != nil {
		return p, err
	}
	if p.absent, err = r.undefined(children); err != nil || p.absent {
		return p, err
	}
	for _, c := range children {
		if c.Name.Local == "text-match" {
			var text *textMatch
			text, err = r.text(c)
			p.texts = append(p.texts, text)
		} else {
			var param paramFilter
			param, err = r.param(c)
			p.params = append(p.params, param)
		}
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

// splitGroup cuts ITEM1.TEL into group and name.
func splitGroup(name string) (group, local string) {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return "", name
}

// Match tells whether a card matches. Each line is looked at once, for all of the filter.
func (f *cardFilter) Match(card *vcf.Card) bool {
	if f == nil {
		return true
	}
	found, matched := make([]bool, len(f.props)), make([]bool, len(f.props))
	lines := card.Lines()
	for i := range lines {
		l := &lines[i]
		texts := lineTexts{line: l}
		for j := range f.props {
			p := &f.props[j]
			if matched[j] || !p.names(l) {
				continue
			}
			found[j] = true
			matched[j] = !p.absent && p.line(&texts)
		}
	}
	for j := range f.props {
		if f.props[j].absent {
			matched[j] = !found[j]
		}
		if matched[j] != f.all {
			return !f.all
		}
	}
	return f.all
}

// names tells whether a line is of the property, in its group if it has one (RFC 6352 §10.5.1).
func (p *cardProp) names(l *line.Line) bool {
	return l.Name == p.name && (p.group == "" || strings.EqualFold(l.Group, p.group))
}

// line tests one property: all its conditions, or any of them, must match; without any it need only be there.
func (p *cardProp) line(t *lineTexts) bool {
	if len(p.texts)+len(p.params) == 0 {
		return true
	}
	for _, m := range p.texts {
		if m.matches(t.card()) != p.all {
			return !p.all
		}
	}
	for i := range p.params {
		if p.params[i].matches(t) != p.all {
			return !p.all
		}
	}
	return p.all
}

// Query is what an engine can tell of a match without reading bodies: never less than Match finds.
func (f *cardFilter) Query() backend.Query {
	var q backend.Query
	if f == nil || !f.all && len(f.props) > 1 {
		return q
	}
	for i := range f.props {
		p := &f.props[i]
		if !backend.TextProperties[p.name] || !p.all && len(p.texts)+len(p.params) > 1 {
			continue
		}
		for _, t := range p.texts {
			if n := t.needle(); n != "" {
				q.Texts = append(q.Texts, n)
			}
		}
	}
	return q
}
