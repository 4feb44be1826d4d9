package ics

import "daycairn/backend/line"

// overlaps has RFC 4791 §9.9's conditions: a row for each kind of component that has one.
var overlaps = map[string]func(q *question, f *facts) bool{
	"VEVENT":    (*question).event,
	"VTODO":     (*question).todo,
	"VJOURNAL":  (*question).journal,
	"VFREEBUSY": (*question).busy,
}

// A question is a time range that is asked about, in Unix seconds: start is in it, end is not.
type question struct {
	v          *view
	start, end int64
	steps      *budget
}

func (c *Calendar) ask(w Window, floating *Zone) *question {
	start, end := w.bounds()
	return &question{v: c.see(floating), start: start, end: end, steps: newBudget()}
}

// A filter is what one filter asks of an object: about any number of components and time ranges. They
// share one budget, so that many of them cost no more than one, and each is answered once.
type filter struct {
	steps   *budget
	asks    int
	answers map[asked]bool
}

// asked is what a filter asks: whether a component, or a property of it, lies in a range.
type asked struct {
	comp       *line.Component
	prop       string
	start, end int64
}

// What one filter may ask of one object. An object with so many components that a filter asks for more may lie
// anywhere.
const (
	maxAsks    = 1 << 17
	maxAnswers = 1 << 14 // that are kept
)

// answer finds what a filter asks, or has asked before.
func (c *Calendar) answer(comp *line.Component, prop string, w Window, floating *Zone, find func(*question) bool) bool {
	v := c.see(floating)
	if c.filter.steps == nil {
		c.filter = filter{steps: newBudget(), answers: make(map[asked]bool)}
	}
	if c.filter.asks++; c.filter.asks > maxAsks {
		return true
	}
	start, end := w.bounds()
	a := asked{comp, prop, start, end}
	yes, known := c.filter.answers[a]
	if known {
		return yes
	}
	yes = find(&question{v: v, start: start, end: end, steps: c.filter.steps})
	if len(c.filter.answers) < maxAnswers {
		c.filter.answers[a] = yes
	}
	return yes
}

// Overlaps tells whether a component of the object lies in a time range by RFC 4791 §9.9. A
// recurring component does when one of its instances does: a master has those that no override
// describes, an override its own, and all later ones if it is for this and future instances. A
// VALARM does when it triggers in the range for one of its component's instances. Floating times
// and dates are read in the floating zone.
//
// Where the answer cannot be known (a rule beyond the step budget or in another calendar, a date
// that nobody can read) it is yes. A component that §9.9 does not speak of never overlaps.
func (c *Calendar) Overlaps(comp *line.Component, w Window, floating *Zone) bool {
	return c.answer(comp, "", w, floating, func(q *question) bool {
		if comp.Name == "VALARM" && comp.Parent != nil {
			f := q.v.facts[comp.Parent]
			return f != nil && q.alarm(f, comp)
		}
		f, condition := q.v.facts[comp], overlaps[comp.Name]
		return f != nil && condition != nil && condition(q, f)
	})
}

// any tells whether an instance meets a condition that looks at no more than what lies between
// moved and moved+reach seconds after its anchor. Where the instances cannot all be known, any
// place that they may have is taken for one.
func (q *question) any(f *facts, moved, reach int64, meets func(instance) bool) bool {
	found := false
	from := addClamped(q.start, -moved-reach-daySeconds)
	to := addClamped(q.end, f.early()-moved+daySeconds)
	err := f.each(from, to, q.steps, func(inst instance) bool {
		found = meets(inst)
		return !found
	})
	if found || err == nil && !f.opaque() {
		return found
	}
	var few [maxSpans + 2]Span
	return q.touches(f.appendExtents(few[:0], moved, reach))
}

// opaque tells whether the component has a rule that we do not understand.
func (f *facts) opaque() bool {
	rec := f.rec
	if rec == nil && f.future && f.master != nil {
		rec = f.master.rec
	}
	return rec != nil && rec.opaque
}

// holds is the condition for what begins and ends: a stretch that touches the range, or a moment
// in it.
func (q *question) holds(start, end int64) bool {
	if end > start {
		return q.start < end && q.end > start
	}
	return q.has(start)
}

func (q *question) has(moment int64) bool { return q.start <= moment && q.end > moment }

func (q *question) event(f *facts) bool {
	if !f.anchor.ok() {
		return true // RFC 4791 §9.9 has no row for an event without a start
	}
	return q.any(f, 0, f.reach(), func(i instance) bool { return q.meets(f, i) })
}

func (q *question) journal(f *facts) bool {
	if !f.anchor.ok() {
		return f.broken()
	}
	return q.any(f, 0, f.reach(), func(i instance) bool { return q.meets(f, i) })
}

// meets tells whether one instance lies in the range.
func (q *question) meets(f *facts, i instance) bool {
	if f.comp.Name == "VTODO" {
		return q.todoInstance(f, i)
	}
	return q.holds(i.start, i.end)
}

func (q *question) busy(f *facts) bool {
	end := q.v.point(find(f.comp, "DTEND"))
	if f.start.ok() && end.ok() {
		return q.start <= end.unix && q.end > f.start.unix
	}
	for i := range f.comp.Lines {
		l := &f.comp.Lines[i]
		if l.Name != "FREEBUSY" {
			continue
		}
		for p := range q.v.periods(l) {
			if !q.steps.spend(1) {
				return q.touches(q.v.busyStretches(f))
			}
			if q.start < p.end && q.end > p.start {
				return true
			}
		}
	}
	return false
}

// touches tells whether one of the spans meets the range.
func (q *question) touches(spans []Span) bool {
	for _, s := range spans {
		if s.From < q.end && s.To > q.start {
			return true
		}
	}
	return false
}
