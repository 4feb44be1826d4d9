package ics

import (
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // zones are known on machines that have none
)

// A Zone says what the clocks on the wall show at an instant, and which instant they mean. The nil
// Zone is UTC. A Zone may be used by several goroutines.
type Zone struct {
	name    string
	segment func(unix int64) segment
	last    atomic.Pointer[segment]
}

// A segment is a stretch of time in which a zone keeps one offset: from is in it, to is not.
type segment struct{ from, to, offset int64 }

// maxOffset bounds the offsets that a zone may have: RFC 5545 §3.3.14 writes them in 24 hours.
const maxOffset = daySeconds

// Name is what the zone was asked for by, in its usual spelling.
func (z *Zone) Name() string {
	if z == nil {
		return "UTC"
	}
	return z.name
}

// Local is what a clock on the wall shows at the instant, in seconds as if the wall hung in UTC.
func (z *Zone) Local(unix int64) int64 {
	if z == nil {
		return unix
	}
	if s := z.last.Load(); s != nil && unix >= s.from && unix < s.to {
		return unix + s.offset
	}
	s := z.segment(unix)
	z.last.Store(&s)
	return unix + s.offset
}

// Unix is the instant at which the clocks on the wall show the civil time. RFC 5545 §3.3.5: where
// they show it twice it is the first time; where they skip it, it is read with the offset before
// the gap.
func (z *Zone) Unix(civil int64) int64 {
	if z == nil {
		return civil
	}
	// Far enough from the edges of the last segment no other one can show the same time.
	if s := z.last.Load(); s != nil {
		unix := civil - s.offset
		if unix < s.to && (s.from == minUnix || unix-2*maxOffset >= s.from) {
			return unix
		}
	}
	unix, s := z.resolve(civil)
	z.last.Store(&s)
	return unix
}

// resolve walks the few segments that may show the civil time, earliest first.
func (z *Zone) resolve(civil int64) (int64, segment) {
	const maxSegments = 16 // offsets change a few times in two days at most
	s := z.segment(civil - maxOffset)
	before := s.offset
	for i := range maxSegments {
		unix := civil - s.offset
		if unix < s.to {
			if i > 0 && unix < s.from { // skipped
				unix = civil - before
			}
			return unix, s
		}
		before = s.offset
		s = z.segment(s.to)
	}
	return civil - before, s
}

// fixedZone keeps one offset for ever.
func fixedZone(name string, offset int64) *Zone {
	always := segment{minUnix, maxUnix, offset}
	return &Zone{name: name, segment: func(int64) segment { return always }}
}

// locationZone is a zone of the IANA database.
func locationZone(name string, loc *time.Location) *Zone {
	return &Zone{name: name, segment: func(unix int64) segment {
		t := time.Unix(unix, 0).In(loc)
		_, offset := t.Zone()
		s := segment{minUnix, maxUnix, int64(offset)}
		from, to := t.ZoneBounds()
		if !from.IsZero() {
			s.from = from.Unix()
		}
		if !to.IsZero() {
			s.to = to.Unix()
		}
		return s
	}}
}

// knownZones holds the zones of the IANA table that have been asked for; it never outgrows it.
var knownZones sync.Map // canonical name -> *Zone

// loadZone gives the zone of a name out of the IANA table.
func loadZone(canonical string) (*Zone, bool) {
	if z, ok := knownZones.Load(canonical); ok {
		return z.(*Zone), true
	}
	loc, err := time.LoadLocation(canonical)
	if err != nil {
		return nil, false
	}
	z, _ := knownZones.LoadOrStore(canonical, locationZone(canonical, loc))
	return z.(*Zone), true
}
