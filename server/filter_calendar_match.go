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
	if !m.props(f.props, c) {
		return false
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

// props tells whether each filter finds its property. Each line is looked at once, for all of them.
func (m *calendarMatch) props(filters []propFilter, c *line.Component) bool {
	if len(filters) == 0 {
		return true
	}
	matched := make([]bool, len(filters))
	for i := range c.Lines {
		l := &c.Lines[i]
		texts := lineTexts{line: l}
		for j := range filters {
			f := &filters[j]
			if f.name != l.Name || matched[j] {
				continue
			}
			if f.absent {
				return false
			}
			matched[j] = f.line(&texts)
		}
	}
	for j := range filters {
		f := &filters[j]
		if f.window != nil && (matched[j] || len(f.params) == 0) { // an end may follow from a duration, without a line
			matched[j] = m.cal.PropOverlaps(c, f.name, *f.window, m.floating)
		}
		if !matched[j] && !f.absent {
			return false
		}
	}
	return true
}

// line tells whether one property matches, its time range aside: its value and all its parameters must.
func (f *propFilter) line(t *lineTexts) bool {
	for i := range f.params {
		if !f.params[i].matches(t) {
			return false
		}
	}
	return f.text == nil || f.text.matches(t.value())
}
