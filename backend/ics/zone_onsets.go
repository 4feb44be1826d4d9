package ics

import (
	"cmp"
	"slices"
	"sort"
)

const (
	zoneMargin = 3 * 366 * daySeconds // how much more than an instant is worked out at once

	// maxZoneSteps is what the zones of one object may take to be worked out, however they are
	// defined. The usual two yearly rules take less for all years up to 9999.
	maxZoneSteps = 1 << 17
)

// segment is what Zone asks: the stretch of one offset around an instant.
func (d *definedZone) segment(unix int64) segment {
	unix = min(max(unix, minCivil), maxCivil)
	if d.named != nil && (unix < d.begin || unix >= d.end) {
		return d.outside(unix)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if unix < d.lo || unix >= d.hi {
		d.cover(unix)
	}
	i := sort.Search(len(d.onsets), func(i int) bool { return d.onsets[i].at > unix })
	s := segment{d.lo, d.hi, d.first}
	if i > 0 {
		s.from, s.offset = max(d.onsets[i-1].at, d.lo), d.onsets[i-1].offset
	}
	if i < len(d.onsets) {
		s.to = d.onsets[i].at
	}
	if d.named != nil {
		s.from, s.to = max(s.from, d.begin), min(s.to, d.end)
	}
	return s
}

// limit finds the first and the last onset, and what decides beyond them.
func (d *definedZone) limit(named *Zone) {
	d.named, d.begin, d.end = named, maxUnix, minUnix
	if named == nil {
		return
	}
	for i := range d.observances {
		o := &d.observances[i]
		d.begin = min(d.begin, o.start-o.from)
		d.end = max(d.end, o.start-o.from)
		for _, civil := range o.dates {
			d.end = max(d.end, civil-o.from)
		}
		if o.rule == nil {
			continue
		}
		if o.rule.count == 0 && o.bound >= maxCivil {
			d.end = maxUnix
		} else if last, ok := o.lastBefore(o.bound+1, d.steps); ok {
			d.end = max(d.end, last-o.from)
		}
	}
}

// outside is a segment of the named zone before the first or after the last onset.
func (d *definedZone) outside(unix int64) segment {
	s := d.named.segment(unix)
	if unix < d.begin {
		s.to = min(s.to, d.begin)
	} else {
		s.from = max(s.from, d.end)
	}
	return s
}

// cover works out the onsets around an instant. What is covered doubles, so that a walk through
// the years costs linear time.
func (d *definedZone) cover(unix int64) {
	if d.lo > d.hi {
		d.lo, d.hi = unix, unix
	}
	margin := zoneMargin + (d.hi-d.lo)/2
	if unix < d.lo {
		d.lo = unix - margin
	}
	if unix >= d.hi {
		d.hi = unix + margin
	}
	if d.lo == unix {
		d.lo -= zoneMargin
	}
	d.onsets = d.onsets[:0]
	for i := range d.observances {
		d.onsets = d.observances[i].appendOnsets(d.onsets, d.lo, d.hi, d.steps)
	}
	slices.SortStableFunc(d.onsets, func(a, b onset) int { return cmp.Compare(a.at, b.at) })
}

// appendOnsets adds the onsets from lo to hi, and the last one before.
func (o *observance) appendOnsets(dst []onset, lo, hi int64, steps *budget) []onset {
	from, to := lo+o.from, hi+o.from
	before := int64(minUnix)
	add := func(civil int64) {
		if civil < from {
			before = max(before, civil)
		} else if civil < to && len(dst) < maxOnsets {
			dst = append(dst, onset{civil - o.from, o.to})
		}
	}
	add(o.start)
	for _, civil := range o.dates {
		add(civil)
	}
	if o.rule != nil {
		if civil, ok := o.lastBefore(from, steps); ok {
			add(civil)
		}
		it := o.rule.iterate(o.start, from, min(to, o.bound), steps)
		for civil, ok := it.next(); ok; civil, ok = it.next() {
			add(civil)
		}
	}
	if before != minUnix && len(dst) < maxOnsets {
		dst = append(dst, onset{before - o.from, o.to})
	}
	return dst
}

// lastBefore finds the rule's last onset before a time: it looks back one year, then two, four …
func (o *observance) lastBefore(before int64, steps *budget) (last int64, ok bool) {
	if before <= o.start {
		return 0, false
	}
	bound := min(before-1, o.bound)
	for back := int64(366 * daySeconds); !ok; back *= 2 {
		it := o.rule.iterate(o.start, bound-back, bound, steps)
		for civil, more := it.next(); more; civil, more = it.next() {
			last, ok = civil, true
		}
		if bound-back <= o.start {
			break
		}
	}
	return last, ok
}
