package ics

import (
	"bytes"
	"strings"

	"daycairn/backend/line"
)

// maxRepeats bounds REPEAT; alarms are looked at by arithmetic, so this only keeps it in range.
const maxRepeats = 1 << 20

// An alarmClock is when a VALARM triggers (RFC 5545 §3.6.6).
type alarmClock struct {
	absolute point  // a TRIGGER in DATE-TIME
	offset   length // else counted from the start or the end
	fromEnd  bool
	repeats  int64
	gap      int64 // seconds between repeats
}

// readAlarm reads a VALARM's trigger; ok is false where it has none that we understand.
func (v *view) readAlarm(comp *line.Component) (a alarmClock, ok bool) {
	trigger := find(comp, "TRIGGER")
	if trigger == nil {
		return a, false
	}
	if l := find(comp, "REPEAT"); l != nil {
		a.repeats = min(max(number(l.Value), 0), maxRepeats)
	}
	if l := find(comp, "DURATION"); l != nil {
		if gap, ok := parseLength(l.Value); ok && gap.positive() {
			a.gap = gap.days*daySeconds + gap.seconds
		}
	}
	if a.gap == 0 {
		a.repeats = 0
	}
	if a.offset, ok = parseLength(bytes.TrimSpace(trigger.Value)); ok {
		related, _ := trigger.Param("RELATED")
		a.fromEnd = strings.EqualFold(related, "END")
		return a, true
	}
	a.absolute = v.point(trigger)
	return a, a.absolute.ok()
}

// alarm tells whether a VALARM of the component triggers in the range.
func (q *question) alarm(f *facts, comp *line.Component) bool {
	a, ok := q.v.readAlarm(comp)
	if !ok {
		return false
	}
	if a.absolute.ok() {
		return q.rings(a, a.absolute.unix)
	}
	if !f.anchor.ok() {
		return f.broken()
	}
	moved, reach := a.extent(f)
	return q.any(f, moved, reach, func(i instance) bool {
		base := i.start
		if a.fromEnd {
			base = i.end
		}
		return q.rings(a, a.trigger(base, f.anchor.zone))
	})
}

// extent is how far from the anchor of an instance its triggers lie: how long after it the first may
// come, and how long after that the last.
func (a *alarmClock) extent(f *facts) (moved, reach int64) {
	moved, reach = a.offset.days*daySeconds+a.offset.seconds, a.repeats*a.gap
	if a.fromEnd {
		reach += f.reach()
	}
	return moved, reach
}

// trigger applies a relative trigger to the instant that it counts from.
func (a *alarmClock) trigger(base int64, zone *Zone) int64 {
	if a.offset.days != 0 {
		base = zone.Unix(zone.Local(base) + a.offset.days*daySeconds)
	}
	return base + a.offset.seconds
}

// rings tells whether the first trigger or one of the repeats lies in the range.
func (q *question) rings(a alarmClock, first int64) bool {
	if q.has(first) {
		return true
	}
	if a.repeats == 0 || first >= q.start {
		return false
	}
	n := ceilDiv(max(q.start, minCivil-maxLength)-first, a.gap)
	return n <= a.repeats && q.has(first+n*a.gap)
}
