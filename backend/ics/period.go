package ics

import (
	"bytes"
	"iter"

	"daycairn/backend/line"
)

// A stretch is a PERIOD in Unix seconds.
type stretch struct {
	start, end int64
	value      []byte // as written
}

// periods yields the periods of a FREEBUSY line; what is none is left out.
func (v *view) periods(l *line.Line) iter.Seq[stretch] {
	ref := v.lineZone(l)
	return func(yield func(stretch) bool) {
		for item := range bytes.SplitSeq(l.Value, []byte{','}) {
			first, second, ok := bytes.Cut(item, []byte{'/'})
			start := v.place(parseStamp(first), ref)
			if !ok || !start.ok() {
				continue
			}
			s := stretch{start: start.unix, end: minUnix, value: item}
			if length, ok := parseLength(second); ok {
				s.end = start.zone.Unix(start.civil+length.days*daySeconds) + length.seconds
			} else if end := v.place(parseStamp(second), ref); end.ok() {
				s.end = end.unix
			}
			if s.end > s.start && !yield(s) {
				return
			}
		}
	}
}
