package ics

import (
	"cmp"
	"math"
	"slices"

	"daycairn/backend/line"
)

const (
	// spanMargin widens every span: floating times and dates mean other instants elsewhere, and zones change.
	spanMargin = 48 * 3600

	// maxSpans bounds the spans of one object, alarms and others apart; the nearest ones are joined.
	maxSpans = 16
)

// A Span is a stretch of time in Unix seconds, From inclusive, To exclusive; math.MinInt64 and
// math.MaxInt64 stand for open ends. Alarm says that alarms trigger in it.
type Span struct {
	From, To int64
	Alarm    bool
}

// Spans says where in time the object may lie: it may say maybe and never wrongly no. Where
// Overlaps answers yes for a component of the object, in whatever floating zone, one of the spans
// meets the range, and where it does for an alarm, one of the alarms' spans.
func (c *Calendar) Spans() []Span {
	v := c.see(nil)
	var own, alarms []Span
	steps := newBudget()
	for comp := range c.Components() {
		f := v.facts[comp]
		own = v.appendSpans(own, f, steps)
		for _, child := range comp.Children {
			if child.Name == "VALARM" {
				alarms = v.appendAlarm(alarms, f, child, steps)
			}
		}
	}
	return append(joinSpans(own), joinSpans(alarms)...)
}

var everything = Span{From: math.MinInt64, To: math.MaxInt64}

// appendSpans adds where a component may lie, by the conditions of RFC 4791 §9.9.
func (v *view) appendSpans(spans []Span, f *facts, steps *budget) []Span {
	switch {
	case overlaps[f.comp.Name] == nil:
		return spans
	case f.comp.Name == "VFREEBUSY":
		return v.appendBusy(spans, f)
	case f.anchor.ok():
		return f.appendExtents(spans, 0, f.reach(), steps)
	case f.broken() || f.comp.Name == "VEVENT":
		return append(spans, everything)
	case f.comp.Name == "VJOURNAL":
		return spans
	}
	completed, created := v.point(find(f.comp, "COMPLETED")), v.point(find(f.comp, "CREATED"))
	switch {
	case completed.ok() && created.ok():
		return append(spans, Span{From: min(completed.unix, created.unix), To: max(completed.unix, created.unix)})
	case completed.ok():
		return append(spans, Span{From: completed.unix, To: completed.unix})
	case created.ok():
		return append(spans, Span{From: created.unix, To: math.MaxInt64})
	}
	return append(spans, everything)
}

func (v *view) appendBusy(spans []Span, f *facts) []Span {
	if end := v.point(find(f.comp, "DTEND")); end.ok() && f.start.ok() {
		return append(spans, Span{From: min(f.start.unix, end.unix), To: max(f.start.unix, end.unix)})
	}
	for i := range f.comp.Lines {
		if l := &f.comp.Lines[i]; l.Name == "FREEBUSY" {
			for p := range v.periods(l) {
				spans = append(spans, Span{From: p.start, To: p.end})
			}
		}
	}
	return spans
}

// appendAlarm adds when an alarm may trigger.
func (v *view) appendAlarm(spans []Span, f *facts, comp *line.Component, steps *budget) []Span {
	a, ok := v.readAlarm(comp)
	if !ok {
		return spans
	}
	from := len(spans)
	moved, reach := a.extent(f)
	switch {
	case a.absolute.ok():
		spans = append(spans, Span{From: a.absolute.unix, To: a.absolute.unix + a.repeats*a.gap})
	case f.anchor.ok():
		spans = f.appendExtents(spans, moved, reach, steps)
	case f.broken():
		spans = append(spans, everything)
	}
	for i := from; i < len(spans); i++ {
		spans[i].Alarm = true
	}
	return spans
}

// joinSpans widens the spans, joins those that meet and, beyond maxSpans, those that are nearest.
func joinSpans(spans []Span) []Span {
	for i := range spans {
		if spans[i].From != math.MinInt64 {
			spans[i].From -= spanMargin
		}
		if spans[i].To != math.MaxInt64 {
			spans[i].To += spanMargin
		}
	}
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	spans = joinNearer(spans, 0)
	if len(spans) <= maxSpans {
		return spans
	}
	gaps := make([]int64, 0, len(spans)-1)
	for i := 1; i < len(spans); i++ {
		gaps = append(gaps, spans[i].From-spans[i-1].To)
	}
	slices.Sort(gaps)
	return joinNearer(spans, gaps[len(gaps)-maxSpans])
}

// joinNearer joins sorted spans that are no further apart than gap.
func joinNearer(spans []Span, gap int64) []Span {
	joined := spans[:0]
	for _, s := range spans {
		if n := len(joined); n > 0 && (joined[n-1].To == math.MaxInt64 || s.From-joined[n-1].To <= gap) {
			joined[n-1].To = max(joined[n-1].To, s.To)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}
