package ics

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"daycairn/backend/line"
)

// The types of busy time (RFC 5545 §3.2.9) that an answer holds; free time is not told.
const (
	BusyFirm        = "BUSY"
	BusyTentative   = "BUSY-TENTATIVE"
	BusyUnavailable = "BUSY-UNAVAILABLE"
)

// maxPeriods bounds the busy periods that one object gives.
const maxPeriods = 1 << 15

// A Period is a stretch of busy time: Start is in it, End is not. Type is one of the Busy constants.
type Period struct {
	Start, End time.Time
	Type       string
}

// Busy gives the busy time of the object within a range, as RFC 4791 §7.10 derives it: from events
// that are opaque and not cancelled, and from VFREEBUSY components. The periods are cut to the range, in no
// particular order. The error is ErrBudget where some may be missing.
func (c *Calendar) Busy(w Window, floating *Zone) ([]Period, error) {
	q := c.ask(w, floating)
	var periods []Period
	for comp := range c.Components() {
		switch comp.Name {
		case "VEVENT":
			kind := eventType(comp)
			if kind == "" {
				continue
			}
			f := q.v.facts[comp]
			err := f.each(addClamped(q.start, -f.reach()), q.end, q.steps, func(i instance) bool {
				periods = q.appendPeriod(periods, i.start, i.end, kind)
				return len(periods) < maxPeriods
			})
			if err != nil {
				return periods, err
			}
		case "VFREEBUSY":
			periods = q.appendFreeBusy(periods, comp)
		}
		if len(periods) >= maxPeriods {
			return periods, ErrBudget
		}
	}
	return periods, nil
}

func (q *question) appendPeriod(periods []Period, start, end int64, kind string) []Period {
	start, end = max(start, q.start), min(end, q.end)
	if start >= end {
		return periods
	}
	if n := len(periods); n > 0 && periods[n-1].Type == kind {
		last := &periods[n-1]
		if from, to := last.Start.Unix(), last.End.Unix(); start >= from && start <= to {
			last.End = time.Unix(max(end, to), 0).UTC()
			return periods
		}
	}
	return append(periods, Period{time.Unix(start, 0).UTC(), time.Unix(end, 0).UTC(), kind})
}

func (q *question) appendFreeBusy(periods []Period, comp *line.Component) []Period {
	for i := range comp.Lines {
		l := &comp.Lines[i]
		if l.Name != "FREEBUSY" {
			continue
		}
		kind := freeBusyType(l)
		if kind == "" {
			continue
		}
		for p := range q.v.periods(l) {
			if periods = q.appendPeriod(periods, p.start, p.end, kind); len(periods) >= maxPeriods {
				return periods
			}
		}
	}
	return periods
}

// eventType is the table of RFC 4791 §7.10: TRANSP and STATUS of an event to the type of its time;
// "" where it takes none.
func eventType(comp *line.Component) string {
	if word(comp, "TRANSP") == "TRANSPARENT" {
		return ""
	}
	switch word(comp, "STATUS") {
	case "CANCELLED":
		return ""
	case "TENTATIVE":
		return BusyTentative
	}
	return BusyFirm
}

func freeBusyType(l *line.Line) string {
	kind, _ := l.Param("FBTYPE")
	switch kind = strings.ToUpper(kind); kind {
	case "FREE":
		return ""
	case BusyTentative, BusyUnavailable:
		return kind
	}
	return BusyFirm // RFC 5545 §3.2.9: the default, and what unknown types are taken for
}

// maxWord bounds the values that are read as one word, or as one number or length.
const maxWord = 1 << 10

// word is the value of a line that holds one upper-case word; "" where there is no such line.
func word(comp *line.Component, name string) string {
	if l := find(comp, name); l != nil && len(l.Value) <= maxWord {
		return strings.ToUpper(strings.TrimSpace(string(l.Value)))
	}
	return ""
}

// MergePeriods sorts the periods and joins those of one type that touch or overlap (RFC 4791 §7.10),
// so that they do not tell how many events there are. It works in place.
func MergePeriods(periods []Period) []Period {
	slices.SortFunc(periods, func(a, b Period) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), a.Start.Compare(b.Start))
	})
	merged := periods[:0]
	for _, p := range periods {
		if n := len(merged); n > 0 && merged[n-1].Type == p.Type && !p.Start.After(merged[n-1].End) {
			if p.End.After(merged[n-1].End) {
				merged[n-1].End = p.End
			}
			continue
		}
		merged = append(merged, p)
	}
	slices.SortStableFunc(merged, func(a, b Period) int { return a.Start.Compare(b.Start) })
	return merged
}
