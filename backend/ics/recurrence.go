package ics

import (
	"bytes"
	"cmp"
	"slices"

	"daycairn/backend/line"
)

// Limits of what one component may say about its recurrence; beyond them it is taken to recur at
// any time.
const (
	maxRules = 32
	maxDates = 1 << 18 // RDATE and EXDATE values
)

// A recurrence is the recurrence set of a component (RFC 5545 §3.8.5): the start, what RRULE and
// RDATE add, less what EXRULE and EXDATE take away.
type recurrence struct {
	start   point
	rules   []boundRule
	exrules []boundRule
	dates   []extraDate
	except  idSet
	excepts int   // EXDATE values
	ranges  int64 // the longest RDATE period in seconds
	opaque  bool  // there may be instances that we cannot tell

	around []Span  // what stretches found
	ends   *budget // of last, for all components of the object
	end    int64   // what last found
	ended  bool
}

// A boundRule is a rule with its UNTIL applied: the last civil time, and the last instant.
type boundRule struct {
	rule  rule
	civil int64
	unix  int64
}

// An extraDate is an RDATE; end is maxUnix unless it is a PERIOD.
type extraDate struct{ civil, unix, end int64 }

// readRecurrence reads what a component says about its recurrence from its start.
func (v *view) readRecurrence(comp *line.Component, start point) *recurrence {
	r := &recurrence{start: start, ends: v.ends}
	var exdates []*line.Line
	for i := range comp.Lines {
		switch l := &comp.Lines[i]; l.Name {
		case "RRULE":
			r.addRule(&r.rules, l.Value)
		case "EXRULE":
			r.addRule(&r.exrules, l.Value)
		case "RDATE":
			v.addDates(r, l)
		case "EXDATE":
			exdates = append(exdates, l)
		}
	}
	slices.SortFunc(r.dates, func(a, b extraDate) int { return cmp.Compare(a.civil, b.civil) })
	if r.recurs() {
		for _, l := range exdates {
			v.addExceptions(r, l)
		}
	}
	return r
}

// recurs tells whether there may be more than the start.
func (r *recurrence) recurs() bool { return len(r.rules) > 0 || len(r.dates) > 0 || r.opaque }

func (r *recurrence) addRule(rules *[]boundRule, value []byte) {
	read := parseRule(value)
	excludes := rules == &r.exrules
	if read.opaque || len(*rules) == maxRules {
		r.opaque = r.opaque || !excludes
		return
	}
	b := boundRule{civil: maxCivil, unix: maxUnix}
	switch u := read.until; {
	case u.form == formNone:
	case u.form == formDate || r.start.date():
		// A date bounds the whole day, on whichever side it is written.
		b.civil = midnight(u.civil) + daySeconds - 1
	case u.form == formUTC && !r.start.floating:
		b.civil, b.unix = r.start.zone.Local(u.civil)+daySeconds, u.civil
	default: // as floating as the start, or a Z forgotten
		b.civil = u.civil
	}
	read.settle(r.start.civil, r.start.date())
	b.rule = read
	*rules = append(*rules, b)
}

// addDates reads an RDATE: dates, times or periods.
func (v *view) addDates(r *recurrence, l *line.Line) {
	ref := v.lineZone(l)
	for item := range bytes.SplitSeq(l.Value, []byte{','}) {
		if len(r.dates) == maxDates {
			r.opaque = true
			return
		}
		first, second, period := bytes.Cut(item, []byte{'/'})
		p := v.place(parseStamp(first), ref)
		if !p.ok() {
			continue
		}
		d := extraDate{civil: p.seenFrom(r.start), unix: p.unix, end: maxUnix}
		switch {
		case r.start.date():
			d.civil = midnight(d.civil)
			d.unix = r.start.zone.Unix(d.civil)
		case p.date(): // the same time on that day
			d.civil = p.civil + r.start.civil - midnight(r.start.civil)
			d.unix = r.start.zone.Unix(d.civil)
		case p.floating && !r.start.floating: // a TZID forgotten
			d.unix = r.start.zone.Unix(d.civil)
		}
		if period {
			d.end = v.periodEnd(d, p, second, ref)
			r.ranges = max(r.ranges, d.end-d.unix)
		}
		r.dates = append(r.dates, d)
	}
}

// periodEnd reads the second part of a PERIOD (RFC 5545 §3.3.9); maxUnix where it makes no sense.
func (v *view) periodEnd(d extraDate, start point, value []byte, ref zoneRef) int64 {
	if l, ok := parseLength(value); ok && l.positive() {
		return start.zone.Unix(start.zone.Local(d.unix)+l.days*daySeconds) + l.seconds
	}
	if end := v.place(parseStamp(value), ref); end.ok() && end.unix > d.unix {
		return end.unix
	}
	return maxUnix
}

func (v *view) addExceptions(r *recurrence, l *line.Line) {
	ref := v.lineZone(l)
	for item := range bytes.SplitSeq(l.Value, []byte{','}) {
		if r.excepts++; r.excepts > maxDates {
			return
		}
		r.except.add(v.place(parseStamp(item), ref), r.start)
	}
}
