package ics

import (
	"cmp"
	"fmt"
	"slices"

	"daycairn/backend/line"
)

// Limit bounds an expansion; a zero field means its default.
type Limit struct {
	Instances int // defaultInstances
	Bytes     int // defaultExpansion; the object twice is always allowed, so that each can be shown
}

const (
	defaultInstances = 3000
	defaultExpansion = 8 << 20
)

func (l Limit) withDefaults() Limit {
	return Limit{cmp.Or(l.Instances, defaultInstances), cmp.Or(l.Bytes, defaultExpansion)}
}

// ErrTooMany says that an expansion has more than Max instances, or that so many would take more
// bytes than the limit allows.
type ErrTooMany struct{ Max int }

func (e ErrTooMany) Error() string { return fmt.Sprintf("more than %d instances", e.Max) }

// Expand is the object as CALDAV:expand asks for it (RFC 4791 §9.6.5): a component for each instance
// that lies in the range by the rules of Overlaps, without recurrence properties and time zones,
// with times in UTC. Dates stay dates and floating times float. All but the initial instance have a
// RECURRENCE-ID. Other lines stay as they were, in their order. Where no instance lies in the range
// the answer is a VCALENDAR without components.
//
// The error is an ErrTooMany, without an answer, or ErrBudget, with an answer that may lack
// instances.
func (c *Calendar) Expand(w Window, floating *Zone, lim Limit) ([]byte, error) {
	e := expansion{question: c.ask(w, floating), source: c.Doc.Source, limit: lim.withDefaults()}
	e.limit.Bytes = max(e.limit.Bytes, 2*len(e.source))
	e.raw = append(e.raw, "BEGIN:VCALENDAR\r\n"...)
	var failed error
	for _, p := range inOrder(c.Root) {
		switch {
		case p.line != nil:
			e.keep(p.line.Start, p.line.End)
		case p.child.Name != "VTIMEZONE":
			if err := e.component(p.child); err != nil {
				failed = err
			}
		}
		if e.full {
			return nil, ErrTooMany{e.limit.Instances}
		}
	}
	return append(e.raw, "END:VCALENDAR\r\n"...), failed
}

// A part is a line or a child of a component.
type part struct {
	start int
	line  *line.Line
	child *line.Component
}

// inOrder lists the lines and children of a component as they stand in the source.
func inOrder(comp *line.Component) []part {
	parts := make([]part, 0, len(comp.Lines)+len(comp.Children))
	for i := range comp.Lines {
		parts = append(parts, part{start: comp.Lines[i].Start, line: &comp.Lines[i]})
	}
	for _, child := range comp.Children {
		parts = append(parts, part{start: child.Start, child: child})
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.start, b.start) })
	return parts
}

// An expansion is an answer being written.
type expansion struct {
	*question
	source []byte
	raw    []byte
	limit  Limit
	count  int
	full   bool // there is more than the limit allows
}

// room makes room for one more component, unless the limit is reached. The buffer doubles up to the
// limit and no further.
func (e *expansion) room(comp *line.Component) bool {
	const more = 256 // what an instance says that its component does not
	e.count++
	need := len(e.raw) + comp.End - comp.Start + more
	if e.count > e.limit.Instances || need > e.limit.Bytes+more {
		e.full = true
		return false
	}
	if need > cap(e.raw) {
		e.raw = append(make([]byte, 0, max(need, min(2*cap(e.raw), e.limit.Bytes))), e.raw...)
	}
	return true
}

// keep copies a stretch of the source, ended with a line break.
func (e *expansion) keep(start, end int) {
	e.raw = append(e.raw, e.source[start:end]...)
	if last := e.raw[len(e.raw)-1]; last != '\n' && last != '\r' {
		e.raw = append(e.raw, "\r\n"...)
	}
}

// component writes the instances of a component that lie in the range.
func (e *expansion) component(comp *line.Component) error {
	f, condition := e.v.facts[comp], overlaps[comp.Name]
	if condition == nil {
		if e.room(comp) {
			e.keep(comp.Start, comp.End)
		}
		return nil
	}
	w := instanceWriter{f: f}
	if !f.anchor.ok() || comp.Name == "VFREEBUSY" {
		if condition(e.question, f) && e.room(comp) {
			e.write(&w)
		}
		return nil
	}
	w.dated = true
	return f.each(addClamped(e.start, -f.reach()), addClamped(e.end, f.reach()), e.steps, func(i instance) bool {
		if !e.meets(f, i) {
			return true
		}
		if !e.room(comp) {
			return false
		}
		w.inst = i
		e.write(&w)
		return true
	})
}
