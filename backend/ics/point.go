package ics

import "daycairn/backend/line"

// A point is a DATE or DATE-TIME that a zone has been applied to.
type point struct {
	civil    int64
	unix     int64
	zone     *Zone
	form     form // formNone: there is no such point
	floating bool // neither UTC nor in a zone that anybody knows
}

func (p point) ok() bool   { return p.form != formNone }
func (p point) date() bool { return p.form == formDate }

// A view is a calendar seen from a zone, in which floating times and dates are read.
type view struct {
	cal      *Calendar
	floating *Zone
	facts    map[*line.Component]*facts
	ends     *budget // for finding where rules end
}

// point reads the DATE or DATE-TIME of a line; nil is no point.
func (v *view) point(l *line.Line) point {
	if l == nil {
		return point{}
	}
	return v.place(parseStamp(l.Value), v.lineZone(l))
}

// lineZone is the zone of a line's TZID; known is false where times of the line float.
func (v *view) lineZone(l *line.Line) zoneRef {
	tzid, ok := l.Param("TZID")
	if !ok {
		return zoneRef{}
	}
	z, known := v.cal.zone(tzid)
	return zoneRef{z, known}
}

// A zoneRef is what a TZID refers to.
type zoneRef struct {
	zone  *Zone
	known bool
}

// place gives a stamp its instant. RFC 5545 §3.3.5: a Z wins, then TZID, else the time floats.
func (v *view) place(s stamp, ref zoneRef) point {
	switch {
	case s.form == formNone:
		return point{}
	case s.form == formUTC:
		return point{civil: s.civil, unix: s.civil, form: s.form}
	case s.form == formLocal && ref.known:
		return point{civil: s.civil, unix: ref.zone.Unix(s.civil), zone: ref.zone, form: s.form}
	}
	return point{civil: s.civil, unix: v.floating.Unix(s.civil), zone: v.floating, form: s.form, floating: true}
}

// seenFrom is the civil time that a clock in start's zone shows at the point; a date and a floating
// time show themselves.
func (p point) seenFrom(start point) int64 {
	if p.date() || p.floating || start.date() {
		return p.civil
	}
	return start.zone.Local(p.unix)
}

// An idSet tells which instances a list of EXDATE or RECURRENCE-ID values names. Values are matched
// as liberally as they are written: a DATE names all of its day, a time without a zone the civil
// time, another the instant.
type idSet struct {
	days, civils, units sortedSet
}

func (s *idSet) add(p, start point) {
	switch {
	case !p.ok():
	case p.date() || start.date():
		s.days.add(dayOf(p.civil))
	case p.floating && !start.floating:
		s.civils.add(p.civil)
	default:
		s.units.add(p.unix)
	}
}

// has tells whether the instance at a civil time and instant is named.
func (s *idSet) has(civil, unix int64) bool {
	return s.units.has(unix) || s.civils.has(civil) || s.days.has(dayOf(civil))
}
