package ics

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"

	"daycairn/backend/line"
)

// Limits of a zone's own definition. Full histories, one observance a year, stay below.
const (
	maxObservances = 512
	maxOnsetDates  = 4096
	maxOnsets      = 1 << 15 // held at once
)

// An observance is a STANDARD or DAYLIGHT component: from each onset on, the offset to holds.
type observance struct {
	start    int64 // civil, as shown with offset from
	from, to int64
	rule     *rule // nil without; settled
	bound    int64 // last civil onset of the rule
	dates    []int64
}

// A definedZone is a VTIMEZONE. Its onsets are worked out for the years that are asked for.
type definedZone struct {
	observances []observance
	first       int64   // the offset before every onset
	begin, end  int64   // the instants of the first and the last onset; maxUnix where they go on
	named       *Zone   // decides before and after these; nil where the name is unknown
	steps       *budget // of all zones of one object together

	mu     sync.Mutex
	lo, hi int64 // Unix seconds that onsets covers
	onsets []onset
}

// An onset is the instant at which an offset begins to hold.
type onset struct{ at, offset int64 }

// ErrNoZone says that a calendar object does not hold exactly one usable VTIMEZONE.
var ErrNoZone = errors.New("want exactly one VTIMEZONE with an observance")

// ParseZone reads the value of CALDAV:calendar-timezone: an iCalendar object with exactly one
// VTIMEZONE (RFC 4791 §5.2.2).
func ParseZone(vcalendar []byte) (*Zone, error) {
	cal, err := Parse(vcalendar)
	if err != nil {
		return nil, err
	}
	if len(cal.Doc.Components) != 1 || cal.Root.Name != "VCALENDAR" {
		return nil, ErrNoZone
	}
	var zones []*line.Component
	for _, c := range cal.Root.Children {
		if c.Name == "VTIMEZONE" {
			zones = append(zones, c)
		}
	}
	if len(zones) != 1 {
		return nil, ErrNoZone
	}
	z, ok := componentZone(zones[0], &budget{left: maxZoneSteps})
	if !ok {
		return nil, ErrNoZone
	}
	return z, nil
}

// componentZone makes a zone of a VTIMEZONE. Where that says only when summer begins, or nothing
// usable, the zone that it is named after decides, if we know it; it does so too for times before
// and after the changes that are defined, since many programs define only a few years.
func componentZone(c *line.Component, steps *budget) (*Zone, bool) {
	name := zoneID(c)
	def, standard := defineZone(c)
	named := namedZone(c, name)
	switch {
	case named != nil && !standard:
		return named, true
	case def == nil:
		return nil, false
	}
	def.steps = steps
	def.limit(named)
	return &Zone{name: name, segment: def.segment}, true
}

// namedZone is the zone that a VTIMEZONE's TZID or X-LIC-LOCATION names, nil where we know neither.
func namedZone(c *line.Component, name string) *Zone {
	location := ""
	if l := find(c, "X-LIC-LOCATION"); l != nil {
		location = line.Text(l.Value)
	}
	for _, alias := range []string{name, location} {
		if z, ok := LookupZone(alias); ok {
			return z
		}
	}
	return nil
}

// zoneID is the TZID of a VTIMEZONE as TZID parameters refer to it.
func zoneID(c *line.Component) string {
	if l := find(c, "TZID"); l != nil {
		return trimID(line.Text(l.Value))
	}
	return ""
}

func trimID(id string) string { return strings.Trim(id, " \t\"") }

// defineZone reads the observances; standard tells whether one of them is STANDARD.
func defineZone(c *line.Component) (def *definedZone, standard bool) {
	def = &definedZone{lo: 1, hi: 0}
	for _, child := range c.Children {
		if child.Name != "STANDARD" && child.Name != "DAYLIGHT" || len(def.observances) == maxObservances {
			continue
		}
		if o, ok := readObservance(child); ok {
			def.observances = append(def.observances, o)
			standard = standard || child.Name == "STANDARD"
		}
	}
	if len(def.observances) == 0 {
		return nil, false
	}
	earliest := slices.MinFunc(def.observances, func(a, b observance) int {
		return cmp.Compare(a.start-a.from, b.start-b.from)
	})
	def.first = earliest.from
	return def, standard
}

func readObservance(c *line.Component) (o observance, ok bool) {
	start, to, from := find(c, "DTSTART"), find(c, "TZOFFSETTO"), find(c, "TZOFFSETFROM")
	if start == nil || to == nil {
		return o, false
	}
	s := parseStamp(start.Value)
	if o.to, ok = parseOffset(to.Value); !ok || s.form == formNone {
		return o, false
	}
	o.start, o.from = s.civil, o.to
	if from != nil {
		if offset, ok := parseOffset(from.Value); ok {
			o.from = offset
		}
	}
	for i := range c.Lines {
		switch l := &c.Lines[i]; l.Name {
		case "RRULE":
			o.readRule(l.Value)
		case "RDATE":
			o.readDates(l.Value)
		}
	}
	slices.Sort(o.dates)
	return o, true
}

// readRule takes rules of a day or more; none that changes a clock is shorter.
func (o *observance) readRule(value []byte) {
	r := parseRule(value)
	if r.opaque || r.freq < daily {
		return
	}
	o.bound = maxCivil
	switch r.until.form {
	case formUTC: // RFC 5545 §3.6.5: UNTIL is in UTC
		o.bound = r.until.civil + o.from
	case formDate:
		o.bound = r.until.civil + daySeconds - 1
	case formLocal:
		o.bound = r.until.civil
	}
	r.settle(o.start, false)
	o.rule = &r
}

func (o *observance) readDates(value []byte) {
	for item := range bytes.SplitSeq(value, []byte{','}) {
		item, _, _ = bytes.Cut(item, []byte{'/'})
		if s := parseStamp(item); s.form != formNone && len(o.dates) < maxOnsetDates {
			o.dates = append(o.dates, s.civil)
		}
	}
}
