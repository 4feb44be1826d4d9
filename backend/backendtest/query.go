package backendtest

import (
	"errors"
	"math"
	"slices"

	"daycairn/backend"
)

var queryPromises = []promise{
	{"listings are in order of name", listing},
	{"a query never misses an item", neverLess},
	{"spans follow the newest body", spansFollow},
	{"a listing can be left early", leftEarly},
}

func listing(f *fixture) {
	for _, name := range []string{"c.ics", "B.ics", "a.ics", "é.ics", "a b.ics"} {
		f.put(f.work, name, "x")
	}
	f.put(f.people, "other.vcf", "x")
	f.delete(f.work, "B.ics")
	want(f, "names", f.query(f.work, backend.Query{}), []string{"a b.ics", "a.ics", "c.ics", "é.ics"})
}

func at(from, to int64) backend.Span { return backend.Span{From: from, To: to} }

func alarm(from, to int64) backend.Span { return backend.Span{From: from, To: to, Alarm: true} }

// neverLess compares with the slow and obvious answer.
func neverLess(f *fixture) {
	stored := map[string]backend.Facts{
		"early.ics":   {UID: "1", Component: "VEVENT", Text: "staff meeting", Spans: []backend.Span{at(0, 100)}},
		"late.ics":    {UID: "2", Component: "VEVENT", Text: "holiday", Spans: []backend.Span{at(900, 1000), alarm(0, 10)}},
		"endless.ics": {UID: "3", Component: "VTODO", Text: "meet", Spans: []backend.Span{at(500, math.MaxInt64)}},
		"always.ics":  {UID: "4", Component: "VTODO", Spans: []backend.Span{at(math.MinInt64, math.MaxInt64)}},
		"twice.ics":   {UID: "5", Component: "VJOURNAL", Text: "a\x00b", Spans: []backend.Span{at(0, 10), at(990, 1000)}},
		"never.ics":   {UID: "6", Component: "VJOURNAL", Text: "meeting"},
		"much.ics":    {UID: "7", Component: "VEVENT", Text: backend.AnyText},
		"unread.ics":  {}, // facts of version 0: may be anything
	}
	for name, facts := range stored {
		if name != "unread.ics" {
			facts.Version = backend.FactsVersion
		}
		f.putFacts(f.work, name, name, facts)
	}
	times := []*int64{nil}
	for _, n := range []int64{-50, 5, 50, 300, 700, 950, 5000} {
		times = append(times, &n)
	}
	for _, q := range []backend.Query{
		{}, {Components: []string{"VEVENT"}}, {Components: []string{"VTODO", "VJOURNAL"}}, {Texts: []string{"meet"}},
		{Texts: []string{"meet", "staff"}}, {UID: "3"}, {UID: "3", Texts: []string{"holiday"}}, {Alarm: true},
	} {
		for _, from := range times {
			for _, to := range times {
				q.From, q.To = from, to
				neverLessIn(f, q, stored)
			}
		}
	}
	zero := int64(0)
	few := f.query(f.work, backend.Query{Components: []string{"VEVENT"}, To: &zero})
	if slices.Contains(few, "late.ics") || slices.Contains(few, "endless.ics") {
		f.Errorf("a query that no index helps: %q", few)
	}
}

func neverLessIn(f *fixture, q backend.Query, stored map[string]backend.Facts) {
	f.Helper()
	got := f.query(f.work, q)
	if !slices.IsSorted(got) {
		f.Errorf("query %+v: %q is not in order", q, got)
	}
	for name, facts := range stored {
		if matches(q, facts) && !slices.Contains(got, name) {
			f.Errorf("query %+v misses %s", q, name)
		}
	}
}

func matches(q backend.Query, facts backend.Facts) bool {
	if len(q.Components) > 0 && !slices.Contains(q.Components, facts.Component) || q.UID != "" && facts.UID != q.UID {
		return false
	}
	for _, t := range q.Texts {
		if facts.Text != backend.AnyText && !contains(facts.Text, t) {
			return false
		}
	}
	if q.From == nil && q.To == nil {
		return true
	}
	return slices.ContainsFunc(facts.Spans, func(s backend.Span) bool {
		return s.Alarm == q.Alarm && (q.To == nil || s.From < *q.To) && (q.From == nil || s.To > *q.From)
	})
}

func contains(text, part string) bool {
	for i := 0; i+len(part) <= len(text); i++ {
		if text[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

func spansFollow(f *fixture) {
	put := func(body string, from int64) {
		facts := facts("u")
		facts.Text, facts.Spans = body, []backend.Span{at(from, from+10)}
		f.putFacts(f.work, "a.ics", body, facts)
	}
	within := func(from, to int64) []string { return f.query(f.work, backend.Query{From: &from, To: &to}) }
	put("first", 100)
	put("second", 5000)
	want(f, "where it was", within(90, 120), []string{})
	want(f, "where it is", within(4990, 5020), []string{"a.ics"})
	want(f, "old text", f.query(f.work, backend.Query{Texts: []string{"first"}}), []string{})
	want(f, "new text", f.query(f.work, backend.Query{Texts: []string{"second"}}), []string{"a.ics"})
	f.delete(f.work, "a.ics")
	want(f, "after deletion", within(4990, 5020), []string{})
	put("third", 100)
	want(f, "made again", within(90, 120), []string{"a.ics"})
}

func leftEarly(f *fixture) {
	for _, name := range []string{"a.ics", "b.ics", "c.ics"} {
		f.put(f.work, name, "x")
	}
	f.view(func(r backend.Reader) error {
		for range 3 {
			for it, err := range r.Items(f.work.ID, backend.Query{}) {
				if err != nil {
					return err
				}
				// Another listing inside of this one.
				count := 0
				for _, err := range r.Items(f.work.ID, backend.Query{}) {
					if err != nil {
						return err
					}
					count++
				}
				want(f, "inner listing", count, 3)
				if it.Name == "b.ics" {
					break
				}
			}
		}
		_, err := r.Item(f.work.ID, "never.ics")
		if !errors.Is(err, backend.ErrNotFound) {
			f.Errorf("after listings: %v", err)
		}
		return nil
	})
}
