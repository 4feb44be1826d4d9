package ics

import "daycairn/backend/line"

// PropOverlaps tells whether a property of the component lies in a time range by RFC 4791 §9.9. The
// name is upper-case. DTSTART, DTEND and DUE are looked at for each instance; an event's DTEND and a
// to-do's DUE may follow from DURATION. Properties that hold no date never overlap.
func (c *Calendar) PropOverlaps(comp *line.Component, name string, w Window, floating *Zone) bool {
	return c.answer(comp, name, w, floating, func(q *question) bool { return q.prop(comp, name) })
}

func (q *question) prop(comp *line.Component, name string) bool {
	if f := q.v.facts[comp]; f != nil && f.anchor.ok() {
		switch {
		case name == "DTSTART" && f.start.ok():
			return q.any(f, 0, 0, func(i instance) bool { return q.has(i.start) })
		case name == effectiveEnd[comp.Name] && (f.end.ok() || f.hasLength):
			return q.any(f, 0, f.reach(), func(i instance) bool { return i.hasEnd && q.has(i.end) })
		}
	}
	for i := range comp.Lines {
		l := &comp.Lines[i]
		if l.Name != name {
			continue
		}
		if p := q.v.point(l); p.ok() && q.has(p.unix) {
			return true
		}
	}
	return false
}

// effectiveEnd names the property that DURATION stands in for.
var effectiveEnd = map[string]string{"VEVENT": "DTEND", "VTODO": "DUE"}
