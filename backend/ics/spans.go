package ics

import (
	"math"

	"daycairn/backend/line"
)

const (
	// spanMargin widens every span: floating times and dates mean other instants elsewhere, and zones change.
	spanMargin = 48 * 3600

	// maxSpans bounds the spans of one object, alarms and others apart; the nearest ones are joined.
	maxSpans = 16

	// maxGathered bounds the spans that are held before they are joined.
	maxGathered = 1024
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
	var own, alarms spanSet
	steps := newBudget()
	for comp := range c.Components() {
		f := v.facts[comp]
		v.addSpans(&own, f, steps)
		for _, child := range comp.Children {
			if child.Name == "VALARM" {
				v.addAlarm(&alarms, f, child, steps)
			}
		}
	}
	spans := widened(own.joined())
	for _, s := range widened(alarms.joined()) {
		s.Alarm = true
		spans = append(spans, s)
	}
	return spans
}

var everything = Span{From: math.MinInt64, To: math.MaxInt64}

// addSpans adds where a component may lie, by the conditions of RFC 4791 §9.9.
func (v *view) addSpans(spans *spanSet, f *facts, steps *budget) {
	switch {
	case overlaps[f.comp.Name] == nil:
		return
	case f.comp.Name == "VFREEBUSY":
		v.addBusy(spans, f)
		return
	case f.anchor.ok():
		f.addExtents(spans, 0, f.reach(), steps)
		return
	case f.broken() || f.comp.Name == "VEVENT":
		spans.add(everything)
		return
	case f.comp.Name == "VJOURNAL":
		return
	}
	completed, created := v.point(find(f.comp, "COMPLETED")), v.point(find(f.comp, "CREATED"))
	switch {
	case completed.ok() && created.ok():
		spans.add(Span{From: min(completed.unix, created.unix), To: max(completed.unix, created.unix)})
	case completed.ok():
		spans.add(Span{From: completed.unix, To: completed.unix})
	case created.ok():
		spans.add(Span{From: created.unix, To: math.MaxInt64})
	default:
		spans.add(everything)
	}
}

func (v *view) addBusy(spans *spanSet, f *facts) {
	if end := v.point(find(f.comp, "DTEND")); end.ok() && f.start.ok() {
		spans.add(Span{From: min(f.start.unix, end.unix), To: max(f.start.unix, end.unix)})
		return
	}
	for _, s := range v.busyStretches(f) {
		spans.add(s)
	}
}

// busyStretches are where the periods of a VFREEBUSY lie, coarsely. They are found once.
func (v *view) busyStretches(f *facts) []Span {
	if f.around != nil {
		return f.around
	}
	var all spanSet
	for i := range f.comp.Lines {
		if l := &f.comp.Lines[i]; l.Name == "FREEBUSY" {
			for p := range v.periods(l) {
				all.add(Span{From: p.start, To: p.end})
			}
		}
	}
	f.around = append(make([]Span, 0, maxSpans), all.joined()...)
	return f.around
}

// addAlarm adds when an alarm may trigger.
func (v *view) addAlarm(spans *spanSet, f *facts, comp *line.Component, steps *budget) {
	a, ok := v.readAlarm(comp)
	if !ok {
		return
	}
	moved, reach := a.extent(f)
	switch {
	case a.absolute.ok():
		spans.add(Span{From: a.absolute.unix, To: a.absolute.unix + a.repeats*a.gap})
	case f.anchor.ok():
		f.addExtents(spans, moved, reach, steps)
	case f.broken():
		spans.add(everything)
	}
}

// addExtents adds the component's extents. Each takes a step: an object with more alarms than a
// budget reaches for may ring at any time.
func (f *facts) addExtents(spans *spanSet, moved, reach int64, steps *budget) {
	if steps.err() != nil {
		spans.add(everything)
		return
	}
	var few [maxSpans + 2]Span
	for _, s := range f.appendExtents(few[:0], moved, reach) {
		spans.add(s)
		steps.spend(1)
	}
}
