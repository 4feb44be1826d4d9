package ics

import (
	"slices"
	"strconv"

	"daycairn/backend/line"
)

// An instanceWriter writes a component as its instances.
type instanceWriter struct {
	f     *facts
	inst  instance
	dated bool   // inst is one; else the component has no dates to recur by
	parts []part // what instances show, once the first is written
}

// write appends the instance as a component of its own.
func (e *expansion) write(w *instanceWriter) {
	comp := w.f.comp
	if w.parts == nil {
		w.parts = w.show(inOrder(comp))
	}
	e.raw = append(e.raw, "BEGIN:"+comp.Name+"\r\n"...)
	for _, p := range w.parts {
		if p.child != nil {
			e.keep(p.child.Start, p.child.End)
			continue
		}
		e.line(w, p.line)
	}
	e.raw = append(e.raw, "END:"+comp.Name+"\r\n"...)
}

// once are the lines that tell when an instance is; only the first of each can.
var once = map[string]bool{"DTSTART": true, "DTEND": true, "DUE": true, "DURATION": true, "RECURRENCE-ID": true}

// show leaves out what no instance shows: what tells of recurrence, and of the lines that tell its
// time all but the first, which nobody reads.
func (w *instanceWriter) show(parts []part) []part {
	seen := make(map[string]bool, len(once))
	return slices.DeleteFunc(parts, func(p part) bool {
		if p.line == nil {
			return false
		}
		switch name := p.line.Name; {
		case name == "RRULE" || name == "RDATE" || name == "EXDATE" || name == "EXRULE":
			return true
		case w.dated && once[name]:
			again := seen[name]
			seen[name] = true
			return again
		}
		return false
	})
}

// line writes one line of the instance: what tells its time anew, and the rest as it stands.
func (e *expansion) line(w *instanceWriter, l *line.Line) {
	f := w.f
	switch l.Name {
	case "RECURRENCE-ID":
		if w.dated && f.rid.ok() {
			return // with the anchor
		}
	case "DTSTART":
		if w.dated && f.start.ok() {
			e.moment(l, f.start, w.inst.start)
			e.recurrenceID(w)
			if w.inst.id.end != maxUnix && !f.end.ok() && !f.hasLength {
				_, value := e.form(l, f.start, w.inst.end)
				e.raw = line.Append(e.raw, "DTEND", nil, value)
			}
			return
		}
	case "DTEND", "DUE":
		if w.dated && !f.end.ok() && !w.inst.initial {
			return // an end before the start, or unreadable: only the initial instance shows it
		}
		if w.dated && f.end.ok() && (l.Name == "DUE") == (f.comp.Name == "VTODO") {
			e.moment(l, f.end, w.inst.end)
			if !f.start.ok() {
				e.recurrenceID(w)
			}
			return
		}
	case "DURATION":
		if w.dated && f.hasLength {
			e.duration(w, l)
			return
		}
	}
	e.other(l)
}

// moment writes a line with another instant in the form that the original had.
func (e *expansion) moment(l *line.Line, original point, unix int64) {
	params, value := e.form(l, original, unix)
	before := len(e.raw)
	if e.raw = line.Append(e.raw, l.Name, params, value); len(e.raw) == before { // a parameter that no line may have
		params = slices.DeleteFunc(params, func(p line.Param) bool { return p.Name != "VALUE" })
		e.raw = line.Append(e.raw, l.Name, params, value)
	}
}

// form writes an instant as a point was written: a date, a floating time, or else in UTC, and gives
// the parameters that go with it: the line's own, but none that says otherwise.
func (e *expansion) form(l *line.Line, original point, unix int64) (params []line.Param, value []byte) {
	_, zoned := l.Param("TZID")
	params = slices.DeleteFunc(slices.Clone(l.Params), func(p line.Param) bool {
		return p.Name == "TZID" || p.Name == "RANGE" || p.Name == "VALUE" || len(p.Values) == 0
	})
	switch {
	case original.date():
		params = append(params, line.Param{Name: "VALUE", Values: []string{"DATE"}})
		return params, appendDate(nil, original.zone.Local(unix))
	case original.floating && !zoned:
		return params, appendTime(nil, original.zone.Local(unix))
	}
	return params, appendUTC(nil, unix)
}

// recurrenceID says which instance it is (RFC 4791 §9.6.5: of all but the initial one).
func (e *expansion) recurrenceID(w *instanceWriter) {
	f := w.f
	own := f.ridLine
	switch {
	case own != nil && f.rid.ok() && w.inst.initial:
		e.moment(own, f.rid, f.rid.unix)
	case own != nil && f.master != nil: // a later one of this and future
		e.named(f.master, w.inst.id.unix)
	case own == nil && f.rec.recurs() && !w.inst.initial:
		e.named(f, w.inst.id.unix)
	}
}

// named writes a RECURRENCE-ID in the form of a master's anchor.
func (e *expansion) named(master *facts, unix int64) {
	_, value := e.form(master.anchorLine, master.anchor, unix)
	var params []line.Param
	if master.anchor.date() {
		params = []line.Param{{Name: "VALUE", Values: []string{"DATE"}}}
	}
	e.raw = line.Append(e.raw, "RECURRENCE-ID", params, value)
}

// duration keeps a DURATION, unless it is nominal and its time now in UTC, or an RDATE gave the instance
// another end: then it is written in seconds.
func (e *expansion) duration(w *instanceWriter, l *line.Line) {
	f := w.f
	exact := w.inst.end - w.inst.start
	nominal := f.length.days*daySeconds + f.length.seconds
	if exact == nominal || w.inst.id.end == maxUnix && (f.start.date() || f.start.floating) {
		e.keep(l.Start, l.End)
		return
	}
	e.raw = line.Append(e.raw, "DURATION", nil, append(strconv.AppendInt([]byte("PT"), exact, 10), 'S'))
}

// other keeps a line, except that a reference to a time zone is resolved. A line with a group, which iCalendar does
// not have, is left alone: without it X.END would end the component.
func (e *expansion) other(l *line.Line) {
	if _, zoned := l.Param("TZID"); zoned && l.Group == "" {
		if p := e.v.point(l); p.ok() {
			e.moment(l, p, p.unix)
			return
		}
	}
	e.keep(l.Start, l.End)
}
