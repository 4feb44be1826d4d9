package ics

import (
	"cmp"
	"math"
	"slices"
)

// A spanSet gathers any number of spans and holds few: it joins the nearest ones as they come.
type spanSet struct{ list []Span }

func (s *spanSet) add(one Span) {
	if len(s.list) == maxGathered {
		s.list = joinNearest(s.list)
	}
	s.list = append(s.list, one)
}

// joined gives at most maxSpans spans in order, in which all lie that were added.
func (s *spanSet) joined() []Span { return joinNearest(s.list) }

// widened moves the ends of spans by spanMargin and joins those that meet then.
func widened(spans []Span) []Span {
	for i := range spans {
		if spans[i].From != math.MinInt64 {
			spans[i].From -= spanMargin
		}
		if spans[i].To != math.MaxInt64 {
			spans[i].To += spanMargin
		}
	}
	return joinNearer(spans, 0)
}

// joinNearest sorts the spans, joins those that meet and, beyond maxSpans, those that are nearest. It
// works in place.
func joinNearest(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	spans = joinNearer(spans, 0)
	if len(spans) <= maxSpans {
		return spans
	}
	gaps := make([]int64, 0, len(spans)-1)
	for i := 1; i < len(spans); i++ {
		gaps = append(gaps, spans[i].From-spans[i-1].To)
	}
	slices.Sort(gaps)
	return joinNearer(spans, gaps[len(gaps)-maxSpans])
}

// joinNearer joins sorted spans that are no further apart than gap.
func joinNearer(spans []Span, gap int64) []Span {
	joined := spans[:0]
	for _, s := range spans {
		if n := len(joined); n > 0 && (joined[n-1].To == math.MaxInt64 || s.From-joined[n-1].To <= gap) {
			joined[n-1].To = max(joined[n-1].To, s.To)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}
