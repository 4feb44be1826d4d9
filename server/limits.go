package server

import "time"

// Limits bound what one request may cost. The zero value of a field means its default.
type Limits struct {
	Resource      int64 // bytes of a stored body: CALDAV/CARDDAV:max-resource-size
	Request       int64 // bytes of an XML body
	Multiget      int64 // bytes of a multiget's XML body, which is streamed
	MultigetHrefs int   // hrefs of one multiget
	Instances     int   // of one expansion: CALDAV:max-instances
	ExpandYears   int   // widest window of free-busy
	Results       int   // members of one answer where the client asked for a limit that is larger, 0: none
	Properties    int   // of one PROPPATCH, and dead properties of one subject
	PropertySize  int   // bytes of one property's XML
	PropertyBytes int   // of all properties of one subject together, and of one PROPPATCH
	RetryAfter    time.Duration
	BodyTimeout   time.Duration // without progress in reading or writing a body
}

// DefaultLimits are announced as properties where the RFCs have one.
var DefaultLimits = Limits{
	Resource:      10 << 20,
	Request:       4 << 20,
	Multiget:      64 << 20,
	MultigetHrefs: 200_000,
	Instances:     10_000,
	ExpandYears:   10,
	Properties:    200,
	PropertySize:  256 << 10,
	PropertyBytes: 1 << 20,
	RetryAfter:    10 * time.Minute,
	BodyTimeout:   60 * time.Second,
}

// or fills what is zero from d.
func (l Limits) or(d Limits) Limits {
	fill64 := func(p *int64, v int64) {
		if *p == 0 {
			*p = v
		}
	}
	fill := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	fill64(&l.Resource, d.Resource)
	fill64(&l.Request, d.Request)
	fill64(&l.Multiget, d.Multiget)
	fill(&l.MultigetHrefs, d.MultigetHrefs)
	fill(&l.Instances, d.Instances)
	fill(&l.ExpandYears, d.ExpandYears)
	fill(&l.Properties, d.Properties)
	fill(&l.PropertySize, d.PropertySize)
	fill(&l.PropertyBytes, d.PropertyBytes)
	if l.RetryAfter == 0 {
		l.RetryAfter = d.RetryAfter
	}
	if l.BodyTimeout == 0 {
		l.BodyTimeout = d.BodyTimeout
	}
	return l
}
