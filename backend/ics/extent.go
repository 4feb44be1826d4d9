package ics

import "math"

// appendExtents adds where the component's instances lie, coarsely: one span for all that a rule
// yields, one for each RDATE. Each is moved, and lasts for reach seconds; a to-do may be due before
// it starts.
func (f *facts) appendExtents(spans []Span, moved, reach int64, steps *budget) []Span {
	early := f.early() + daySeconds
	add := func(from, to int64) {
		s := Span{From: from + moved - early, To: math.MaxInt64}
		if to != maxUnix {
			s.To = to + moved + reach + daySeconds
		}
		if n := len(spans); n > 0 && s.From >= spans[n-1].From && s.From <= spans[n-1].To {
			spans[n-1].To = max(spans[n-1].To, s.To)
			return
		}
		spans = append(spans, s)
	}
	add(f.anchor.unix, f.anchor.unix)
	if f.rec != nil {
		if to, ok := f.rec.last(steps); ok {
			add(f.anchor.unix, to)
		}
		for _, d := range f.rec.dates {
			add(d.unix, d.unix)
		}
		return spans
	}
	if !f.future || f.master == nil {
		return spans
	}
	m := f.master
	delta := f.anchor.unix - f.rid.unix
	add(m.anchor.unix+delta, m.anchor.unix+delta)
	if to, ok := m.rec.last(steps); ok {
		if to != maxUnix {
			to += delta
		}
		add(min(f.anchor.unix, m.anchor.unix+delta), to)
	}
	if n := len(m.rec.dates); n > 0 {
		add(m.rec.dates[0].unix+delta, m.rec.dates[n-1].unix+delta)
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

// last is an instant that no instance of the set's rules lies after, maxUnix where they go on; ok
// is false where there are no rules.
func (r *recurrence) last(steps *budget) (unix int64, ok bool) {
	if r.opaque {
		return maxUnix, true
	}
	unix = r.start.unix
	for i := range r.rules {
		b := &r.rules[i]
		civil := b.rule.lastTime(r.start.civil, b.civil, steps)
		if civil == maxUnix || civil >= maxCivil {
			return maxUnix, true
		}
		unix = max(unix, civil+maxOffset)
	}
	return unix, len(r.rules) > 0
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
