package ics

import (
	"cmp"
	"slices"
)

const (
	zoneMargin = 3 * 366 * daySeconds // how much more than an instant is worked out at once

	// maxZoneSteps is what the zones of one object may take to be worked out, however they are
	// defined. The usual two yearly rules take less for all years up to 9999.
	maxZoneSteps = 1 << 17
)

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
