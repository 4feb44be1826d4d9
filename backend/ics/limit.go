package ics

import (
	"bytes"

	"daycairn/backend/line"
)

// LimitRecurrenceSet is the object as CALDAV:limit-recurrence-set asks for it (RFC 4791 §9.6.6): the
// masters, and of the overrides those that lie in the range or whose instance would have, had it
// not been overridden. What stays is as it was.
func (c *Calendar) LimitRecurrenceSet(w Window, floating *Zone) []byte {
	q := c.ask(w, floating)
	cut := cutter{source: c.Doc.Source}
	for comp := range c.Components() {
		f := q.v.facts[comp]
		if f.rid.ok() && overlaps[comp.Name] != nil && !q.impacts(f) {
			cut.replace(comp.Start, comp.End, nil)
		}
	}
	return cut.result()
}

// impacts tells whether an override changes what happens in the range.
func (q *question) impacts(f *facts) bool {
	if overlaps[f.comp.Name](q, f) {
		return true
	}
	m := f.master
	if m == nil {
		return q.has(f.rid.unix)
	}
	original := occurrence{civil: f.rid.seenFrom(m.anchor), unix: f.rid.unix, end: maxUnix}
	if m.anchor.date() {
		original.civil = midnight(original.civil)
		original.unix = m.anchor.zone.Unix(original.civil)
	}
	if q.meets(m, m.at(original)) {
		return true
	}
	if !f.future {
		return false
	}
	// Later instances were in the range before they were moved out of it.
	found := false
	from := max(addClamped(q.start, -m.reach())-pad, original.civil)
	err := m.rec.walk(from, addClamped(q.end, m.reach())+pad, q.steps, func(o occurrence) bool {
		found = q.meets(m, m.at(o))
		return !found
	})
	return found || err != nil
}

// LimitFreeBusySet is the object as CALDAV:limit-freebusy-set asks for it (RFC 4791 §9.6.7): of the
// FREEBUSY values those that lie in the range. A line that keeps all its values is as it was.
func (c *Calendar) LimitFreeBusySet(w Window, floating *Zone) []byte {
	q := c.ask(w, floating)
	cut := cutter{source: c.Doc.Source}
	for comp := range c.Components() {
		if comp.Name != "VFREEBUSY" {
			continue
		}
		for i := range comp.Lines {
			if l := &comp.Lines[i]; l.Name == "FREEBUSY" {
				q.limitPeriods(&cut, l)
			}
		}
	}
	return cut.result()
}

func (q *question) limitPeriods(cut *cutter, l *line.Line) {
	var kept []byte
	n := 0
	for p := range q.v.periods(l) {
		if q.start < p.end && q.end > p.start {
			if n++; n > 1 {
				kept = append(kept, ',')
			} else {
				kept = make([]byte, 0, len(l.Value))
			}
			kept = append(kept, p.value...)
		}
	}
	switch n {
	case 0:
		cut.replace(l.Start, l.End, nil)
	case bytes.Count(l.Value, []byte{','}) + 1:
	default:
		if shorter := line.Append(nil, l.Name, l.Params, kept); shorter != nil { // else a parameter that no line may have
			cut.replace(l.Start, l.End, shorter)
		}
	}
}

// A cutter copies a source with some stretches replaced, which come in order.
type cutter struct {
	source []byte
	out    []byte
	at     int
}

func (c *cutter) replace(start, end int, with []byte) {
	c.out = append(append(c.out, c.source[c.at:start]...), with...)
	c.at = end
}

func (c *cutter) result() []byte {
	if c.at == 0 {
		return c.source
	}
	return append(c.out, c.source[c.at:]...)
}
