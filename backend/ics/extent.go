package ics

import (
	"math"
	"slices"
)

// appendExtents adds where the component's instances lie, coarsely: one span for all that a rule
// yields, and those that its RDATEs were joined to. Each is moved, and lasts for reach seconds; a to-do may
// be due before it starts.
func (f *facts) appendExtents(spans []Span, moved, reach int64) []Span {
	early := f.early() + daySeconds
	add := func(from, to int64) {
		s := Span{From: from + moved - early, To: math.MaxInt64}
		if to != maxUnix {
			s.To = to + moved + reach + daySeconds
		}
		spans = append(spans, s)
	}
	add(f.anchor.unix, f.anchor.unix)
	if f.rec != nil {
		if to, ok := f.rec.last(); ok {
			add(f.anchor.unix, to)
		}
		for _, s := range f.rec.stretches() {
			add(s.From, s.To)
		}
		return spans
	}
	if !f.future || f.master == nil {
		return spans
	}
	m := f.master
	delta := f.anchor.unix - f.rid.unix
	add(m.anchor.unix+delta, m.anchor.unix+delta)
	if to, ok := m.rec.last(); ok {
		if to != maxUnix {
			to += delta
		}
		add(min(f.anchor.unix, m.anchor.unix+delta), to)
	}
	if all := m.rec.stretches(); len(all) > 0 {
		add(all[0].From+delta, all[len(all)-1].To+delta)
	}
	return spans
}

// early is how long before its start a to-do may be due.
func (f *facts) early() int64 {
	if f.start.ok() && f.end.ok() {
		return max(0, f.start.unix-f.end.unix)
	}
	return 0
}

// stretches are where the RDATEs lie: at most maxSpans stretches in order, which begin and end with
// one. They are found once, since each alarm of the component asks for them.
func (r *recurrence) stretches() []Span {
	if r.around == nil && len(r.dates) > 0 {
		var all spanSet
		for _, d := range r.dates {
			all.add(Span{From: d.unix, To: d.unix})
		}
		r.around = slices.Clone(all.joined())
	}
	return r.around
}

// last is an instant that no instance of the set's rules lies after, maxUnix where they go on; ok
// is false where there are no rules. It is found once, and with a budget of its own: what a span says when a
// question has spent its budget is what Spans says.
func (r *recurrence) last() (unix int64, ok bool) {
	if !r.ended {
		r.end, r.ended = r.findLast(r.ends), true
	}
	return r.end, r.opaque || len(r.rules) > 0
}

func (r *recurrence) findLast(steps *budget) int64 {
	if r.opaque {
		return maxUnix
	}
	unix := r.start.unix
	for i := range r.rules {
		b := &r.rules[i]
		civil := b.rule.lastTime(r.start.civil, b.civil, steps)
		if civil == maxUnix || civil >= maxCivil {
			return maxUnix
		}
		unix = max(unix, civil+maxOffset)
	}
	return unix
}

// lastTime is a civil time that the rule yields nothing after; maxUnix where it goes on or its
// last time takes too long to find.
func (r *rule) lastTime(start, bound int64, steps *budget) int64 {
	if r.count == 0 {
		return bound
	}
	it := r.iterate(start, start, bound, steps)
	if it.left < 0 { // computed
		return max(it.bound, start)
	}
	last := start
	for civil, ok := it.next(); ok; civil, ok = it.next() {
		last = civil
	}
	if steps.err() != nil {
		return maxUnix
	}
	return last
}
