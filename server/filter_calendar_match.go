package server

import (
	"daycairn/backend/ics"
	"daycairn/backend/line"
)

// Match tells whether an object matches. Floating times and dates are read in the given zone.
func (f *calendarFilter) Match(cal *ics.Calendar, floating *ics.Zone) bool {
	if f == nil {
		return true
	}
	m := calendarMatch{cal, floating}
	return m.comp(f.root, []*line.Component{cal.Root})
}

// A calendarMatch tests one object.
type calendarMatch struct {
	cal      *ics.Calendar
	floating *ics.Zone
}

// comp tells whether one of the components in scope is what f asks for. It recurs no deeper than
// filters nest.
func (m *calendarMatch) comp(f *compFilter, scope []*line.Component) bool {
	found := false
	for _, c := range scope {
		if c.Name != f.name {
			continue
		}
		found = true
		if !f.absent && m.inside(f, c) {
			return true
		}
	}
	return f.absent && !found
}

func (m *calendarMatch) inside(f *compFilter, c *line.Component) bool {
	for i := range f.props {
		if !m.prop(&f.props[i], c) {
			return false
		}
	}
	if f.window != nil && !m.cal.Overlaps(c, *f.window, m.floating) {
		return false
	}
	for _, inner := range f.comps {
		if !m.comp(inner, c.Children) {
			return false
		}
	}
	return true
}

func (m *calendarMatch) prop(f *propFilter, c *line.Component) bool {
	if f.window != nil && len(f.params) == 0 {
		return m.cal.PropOverlaps(c, f.name, *f.window, m.floating)
	}
	found := false
	for i := range c.Lines {
		l := &c.Lines[i]
		if l.Name != f.name {
			continue
		}
		found = true
		if !f.absent && m.line(f, c, l) {
			return true
		}
	}
	return f.absent && !found
}

// line tells whether one property matches; its value and all its parameters must.
func (m *calendarMatch) line(f *propFilter, c *line.Component, l *line.Line) bool {
	for i := range f.params {
		if !f.params[i].matches(l) {
			return false
		}
	}
	if f.window != nil {
		return m.cal.PropOverlaps(c, f.name, *f.window, m.floating)
	}
	return f.text == nil || f.text.matches(line.Text(l.Value))
}
