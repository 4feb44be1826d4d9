package ics

import (
	"cmp"
	"slices"
	"strings"

	"daycairn/backend/line"
)

// facts are what a component says about time, seen from a zone.
type facts struct {
	comp      *line.Component
	start     point // DTSTART
	end       point // DTEND or DUE
	length    length
	hasLength bool
	anchor    point // what recurs: the start, or the due date of a to-do without one
	rid       point // RECURRENCE-ID
	rec       *recurrence

	anchorLine, ridLine *line.Line

	around []Span // what busyStretches found

	master     *facts // of an override; nil where the object has none
	future     bool   // an override for this and all future instances
	overridden idSet  // of a master: the instances that overrides describe
	futures    []*facts
}

// see reads the components of the calendar as a zone shows them. What it finds is kept for the next
// question from the same zone.
func (c *Calendar) see(floating *Zone) *view {
	if c.view != nil && c.view.floating == floating {
		return c.view
	}
	v := &view{cal: c, floating: floating, facts: make(map[*line.Component]*facts), ends: newBudget()}
	masters := make(map[[2]string]*facts)
	var overrides []*facts
	for comp := range c.Components() {
		f := v.read(comp)
		v.facts[comp] = f
		key := [2]string{comp.Name, componentUID(comp)}
		switch {
		case f.rid.ok():
			overrides = append(overrides, f)
		case masters[key] == nil:
			masters[key] = f
		}
	}
	for _, f := range overrides {
		if m := masters[[2]string{f.comp.Name, componentUID(f.comp)}]; m != nil && m.anchor.ok() {
			m.override(f)
		}
	}
	for _, m := range masters {
		slices.SortStableFunc(m.futures, func(a, b *facts) int {
			return cmp.Compare(a.rid.seenFrom(m.anchor), b.rid.seenFrom(m.anchor))
		})
	}
	c.view, c.filter = v, filter{}
	return v
}

// override hangs an override below its master.
func (f *facts) override(o *facts) {
	o.master = f
	f.overridden.add(o.rid, f.anchor)
	if o.future && o.anchor.ok() {
		f.futures = append(f.futures, o)
	}
}

func (v *view) read(comp *line.Component) *facts {
	f := &facts{comp: comp, anchorLine: find(comp, "DTSTART"), ridLine: find(comp, "RECURRENCE-ID")}
	f.start = v.point(f.anchorLine)
	if f.ridLine != nil {
		f.rid = v.point(f.ridLine)
		reach, _ := f.ridLine.Param("RANGE")
		f.future = strings.EqualFold(reach, "THISANDFUTURE")
	}
	v.readEnd(f)
	f.anchor = f.start
	if !f.anchor.ok() && comp.Name == "VTODO" {
		f.anchor, f.anchorLine = f.end, find(comp, "DUE")
	}
	if f.anchor.ok() && !f.rid.ok() {
		f.rec = v.readRecurrence(comp, f.anchor)
	}
	return f
}

// readEnd finds how long the component lasts. A journal lasts as long as its DTSTART says; an end
// of an event that does not come after its start is as good as none (RFC 5545 §3.8.2.2).
func (v *view) readEnd(f *facts) {
	switch f.comp.Name {
	case "VJOURNAL":
		return
	case "VTODO":
		f.end = v.point(find(f.comp, "DUE"))
	default:
		f.end = v.point(find(f.comp, "DTEND"))
		if f.start.ok() && f.end.unix <= f.start.unix {
			f.end = point{}
		}
	}
	l := find(f.comp, "DURATION")
	if l == nil || !f.start.ok() || f.end.ok() {
		return
	}
	length, ok := parseLength(l.Value)
	if ok && length.days >= 0 && length.seconds >= 0 {
		f.length, f.hasLength = length, true
	}
}

// broken tells whether the component has a date that nobody can read.
func (f *facts) broken() bool {
	if !f.start.ok() && find(f.comp, "DTSTART") != nil {
		return true
	}
	return f.comp.Name == "VTODO" && !f.end.ok() && find(f.comp, "DUE") != nil
}
