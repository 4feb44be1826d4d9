package ics

import "sort"

// An instance is one happening of a component. Start and end are Unix seconds.
type instance struct {
	civil, unix int64 // of the anchor, in its zone
	start, end  int64
	hasEnd      bool
	initial     bool // the one that the component's own DTSTART describes
	id          occurrence
}

// pad is added around a stretch of time where civil time stands for instants: offsets of two zones
// differ by two days at most.
const pad = 2 * maxOffset

// reach is how long an instance may last, in seconds.
func (f *facts) reach() int64 {
	var r int64
	switch {
	case f.end.ok() && f.start.ok():
		r = abs(f.end.unix-f.start.unix) + daySeconds
	case f.hasLength:
		r = f.length.reach()
	default:
		r = 2 * daySeconds
	}
	if f.rec != nil {
		r = max(r, f.rec.ranges)
	}
	return r
}

// each yields the instances that the component describes and whose anchor lies between two
// instants, in civil order; it may yield some around them. A master's overridden instances are not
// its own; an override for this and future instances has those after it as well, moved as it was.
func (f *facts) each(from, to int64, steps *budget, yield func(instance) bool) error {
	from, to = max(from, minCivil)-pad, min(to, maxCivil)+pad
	if !f.anchor.ok() {
		return nil
	}
	if f.rec != nil {
		return f.rec.walk(from, to, steps, func(o occurrence) bool {
			if f.overridden.has(o.civil, o.unix) {
				return true
			}
			if len(f.futures) > 0 && o.civil >= f.futures[0].rid.seenFrom(f.anchor) {
				return false
			}
			return yield(f.at(o))
		})
	}
	own := occurrence{civil: f.anchor.civil, unix: f.anchor.unix, end: maxUnix}
	if !yield(f.at(own)) {
		return nil
	}
	if f.future && f.master != nil {
		return f.eachFuture(from, to, steps, yield)
	}
	return nil
}

// eachFuture yields the master's instances after the override, up to the next such override.
// RFC 5545 §3.8.4.4: they are rescheduled by the same difference.
func (f *facts) eachFuture(from, to int64, steps *budget, yield func(instance) bool) error {
	m := f.master
	id := f.rid.seenFrom(m.anchor)
	moved := f.anchor.seenFrom(m.anchor) - id
	until := int64(maxUnix)
	after := sort.Search(len(m.futures), func(i int) bool { return m.futures[i].rid.seenFrom(m.anchor) > id })
	if after < len(m.futures) {
		until = m.futures[after].rid.seenFrom(m.anchor)
	}
	first := max(addClamped(from, -moved)-pad, id+1)
	return m.rec.walk(first, addClamped(to, -moved)+pad, steps, func(o occurrence) bool {
		if o.civil >= until {
			return false
		}
		if m.overridden.has(o.civil, o.unix) {
			return true
		}
		shifted := occurrence{civil: o.civil + moved, end: maxUnix}
		shifted.unix = m.anchor.zone.Unix(shifted.civil)
		inst := f.at(shifted)
		inst.id, inst.initial = o, false
		return yield(inst)
	})
}

// addClamped adds without leaving the years that there are.
func addClamped(a, b int64) int64 {
	return min(max(a, minCivil-maxLength), maxCivil+maxLength) + b
}

// at makes the instance of an occurrence of the anchor. RFC 5545 §3.8.5.3: a DTEND or DUE gives all
// instances the same exact duration, a DURATION the same nominal one.
func (f *facts) at(o occurrence) instance {
	inst := instance{civil: o.civil, unix: o.unix, start: o.unix, end: o.unix, hasEnd: true, id: o}
	inst.initial = o.civil == f.anchor.civil && o.unix == f.anchor.unix
	zone := f.anchor.zone
	switch {
	case o.end != maxUnix:
		inst.end = o.end
	case f.end.ok() && !f.start.ok(): // anchored at DUE
	case f.end.ok() && inst.initial:
		inst.end = f.end.unix
	case f.end.ok() && f.end.date() && f.start.date():
		inst.end = zone.Unix(o.civil + f.end.civil - f.start.civil)
	case f.end.ok():
		inst.end = o.unix + f.end.unix - f.start.unix
	case f.hasLength:
		inst.end = o.unix + f.length.seconds
		if f.length.days != 0 {
			inst.end = zone.Unix(o.civil+f.length.days*daySeconds) + f.length.seconds
		}
	default:
		inst.hasEnd = false
		if f.anchor.date() && f.comp.Name != "VTODO" {
			inst.end = zone.Unix(o.civil + daySeconds) // RFC 4791 §9.9: +P1D
		}
	}
	return inst
}
