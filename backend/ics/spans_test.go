package ics

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawWhen draws a DATE or DATE-TIME line of any form.
func drawWhen(t *rapid.T, name string) string {
	civil := drawStart(t)
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return fmt.Sprintf("%s;VALUE=DATE:%s", name, appendDate(nil, civil))
	case 1:
		return fmt.Sprintf("%s:%s", name, appendTime(nil, civil))
	case 2:
		return fmt.Sprintf("%s:%s", name, appendUTC(nil, civil))
	}
	zone := rapid.SampledFrom([]string{"Europe/Berlin", "America/New_York", "Pacific/Apia", "Nowhere"}).Draw(t, "zone")
	return fmt.Sprintf("%s;TZID=%s:%s", name, zone, appendTime(nil, civil))
}

func drawLength(t *rapid.T, sign string) string {
	return sign + rapid.SampledFrom([]string{"PT0S", "PT1H", "P1D", "P3W", "P400D", "P1DT5M"}).Draw(t, "length")
}

// drawObject draws a calendar: a kind, dates, rules, overrides and alarms, sensible or not.
func drawObject(t *rapid.T) string {
	kind := rapid.SampledFrom([]string{"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"}).Draw(t, "kind")
	some := func(what string) bool { return rapid.Bool().Draw(t, what) }
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\n")
	for i := range rapid.IntRange(1, 3).Draw(t, "components") {
		lines := []string{"BEGIN:" + kind, "UID:1"}
		add := func(line string) { lines = append(lines, line) }
		if i > 0 {
			add(drawWhen(t, "RECURRENCE-ID"+rapid.SampledFrom([]string{"", ";RANGE=THISANDFUTURE"}).Draw(t, "range")))
		}
		for _, name := range []string{"DTSTART", "DTSTART", "DTEND", "DUE", "COMPLETED", "CREATED"} {
			if some(name) {
				add(drawWhen(t, name))
			}
		}
		if some("duration") {
			add("DURATION:" + drawLength(t, ""))
		}
		if some("rule") {
			add("RRULE:" + drawRule(t, false) + rapid.SampledFrom([]string{"", ";COUNT=5", ";COUNT=1000", ";UNTIL=20030101T000000Z", ";UNTIL=20030101"}).Draw(t, "end"))
		}
		for _, name := range []string{"RDATE", "EXDATE"} {
			if some(name) {
				add(drawWhen(t, name))
			}
		}
		if kind == "VFREEBUSY" && some("busy") {
			add(drawWhen(t, "FREEBUSY") + "/" + drawLength(t, ""))
		}
		if some("alarm") {
			trigger := "TRIGGER" + rapid.SampledFrom([]string{":", ";RELATED=END:"}).Draw(t, "related") + drawLength(t, rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign"))
			if some("absolute") {
				trigger = drawWhen(t, "TRIGGER")
			}
			lines = append(lines, "BEGIN:VALARM", trigger, "REPEAT:3", "DURATION:"+drawLength(t, ""), "END:VALARM")
		}
		b.WriteString(strings.Join(append(lines, "END:"+kind), "\r\n") + "\r\n")
	}
	return b.String() + "END:VCALENDAR\r\n"
}

func drawWindow(t *rapid.T) Window {
	start := drawStart(t)
	w := Window{Start: time.Unix(start, 0).UTC()}
	w.End = w.Start.Add(time.Duration(rapid.SampledFrom([]int64{1, 3600, daySeconds, 30 * daySeconds, 900 * daySeconds}).Draw(t, "wide")) * time.Second)
	switch rapid.IntRange(0, 9).Draw(t, "open") {
	case 0:
		w.Start = time.Time{}
	case 1:
		w.End = time.Time{}
	}
	return w
}

var floatingZones = []string{"UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Niue", "America/New_York"}

// Where the filter says yes, a span says maybe.
func TestSpansHoldTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := mustParseRapid(t, drawObject(t))
		spans := cal.Spans()
		if len(spans) > 2*maxSpans {
			t.Fatalf("%d spans", len(spans))
		}
		zone, _ := LookupZone(rapid.SampledFrom(floatingZones).Draw(t, "floating"))
		for range 8 {
			w := drawWindow(t)
			for comp := range cal.Components() {
				if cal.Overlaps(comp, w, zone) && !meetsSpan(spans, w, false) {
					t.Fatalf("%s\nlies in %v, not in %v", cal.Doc.Source, w, spans)
				}
				for _, alarm := range comp.Children {
					if cal.Overlaps(alarm, w, zone) && !meetsSpan(spans, w, true) {
						t.Fatalf("%s\nrings in %v, not in %v", cal.Doc.Source, w, spans)
					}
				}
			}
		}
	})
}

func mustParseRapid(t *rapid.T, body string) *Calendar {
	cal, err := Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func meetsSpan(spans []Span, w Window, alarm bool) bool {
	start, end := w.bounds()
	for _, s := range spans {
		if s.Alarm == alarm && s.From < end && s.To > start {
			return true
		}
	}
	return false
}

// A wide window holds what any narrow one in it does, and expanding agrees with the filter.
func TestNarrowIsInWide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := mustParseRapid(t, drawObject(t))
		zone, _ := LookupZone(rapid.SampledFrom(floatingZones).Draw(t, "floating"))
		w := drawWindow(t)
		wide := w
		if !wide.Start.IsZero() {
			wide.Start = wide.Start.Add(-1000 * time.Hour)
		}
		if !wide.End.IsZero() {
			wide.End = wide.End.Add(1000 * time.Hour)
		}
		any := false
		for comp := range cal.Components() {
			narrow := cal.Overlaps(comp, w, zone)
			if cal.filter.steps.err() != nil {
				return // a yes that means maybe
			}
			any = any || narrow
			if narrow && !cal.Overlaps(comp, wide, zone) {
				t.Fatalf("%s\nin %v, not in %v", cal.Doc.Source, w, wide)
			}
		}
		body, err := cal.Expand(w, zone, Limit{Instances: 1000})
		if err != nil {
			return
		}
		if got := strings.Count(string(body), "UID:1") > 0; got != any {
			t.Fatalf("%s\nin %v: filter %v, expanded\n%s", cal.Doc.Source, w, any, body)
		}
	})
}

func TestSpanShapes(t *testing.T) {
	at := func(stamp string) int64 { return mustStamp(t, stamp) }
	for _, c := range []struct {
		name, body string
		want       []Span
	}{
		{"an endless rule is one open span", event("DTSTART:20240101T090000Z", "RRULE:FREQ=WEEKLY"), []Span{{at("20231230"), math.MaxInt64, false}}},
		{"a to-do without dates is everywhere", component("VTODO", "SUMMARY:x"), []Span{{math.MinInt64, math.MaxInt64, false}}},
		{"a journal without dates is nowhere", component("VJOURNAL", "SUMMARY:x"), nil},
	} {
		got := mustParse(t, c.body).Spans()
		if len(got) != len(c.want) {
			t.Errorf("%s: %v", c.name, got)
			continue
		}
		for i, s := range got {
			near := func(a, b int64) bool { return a == b || abs(a/daySeconds-b/daySeconds) <= 3 }
			if !near(s.From, c.want[i].From) || !near(s.To, c.want[i].To) || s.Alarm != c.want[i].Alarm {
				t.Errorf("%s: %v, want about %v", c.name, got, c.want)
			}
		}
	}
	many := mustParse(t, event("DTSTART:20000101T090000Z", "RDATE:20010101T090000Z,20020101T090000Z,20030101T090000Z,"+newYears(2004, 40))).Spans()
	if len(many) > maxSpans || len(many) < maxSpans/2 {
		t.Errorf("many dates make %d spans, want at most %d", len(many), maxSpans)
	}
	counted := mustParse(t, event("DTSTART:20000101T090000Z", "RRULE:FREQ=DAILY;COUNT=10")).Spans()
	if len(counted) != 1 || counted[0].To > at("20000120") {
		t.Errorf("a counted rule: %v", counted)
	}
}

func newYears(from, n int) string {
	var list []string
	for year := from; year < from+n; year++ {
		list = append(list, fmt.Sprintf("%04d0101T090000Z", year))
	}
	return strings.Join(list, ",")
}
