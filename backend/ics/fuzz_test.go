package ics

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// asks every question of a body; none may panic or take long.
func asks(t testing.TB, body []byte, w Window, floating *Zone) {
	t.Helper()
	cal, err := Parse(body)
	if err != nil {
		var invalid *Invalid
		if !errors.As(err, &invalid) {
			t.Fatalf("%v is no *Invalid", err)
		}
		return
	}
	source := bytes.Clone(body)
	began := time.Now()
	_ = cal.Check()
	spans := cal.Spans()
	for comp := range cal.Components() {
		if cal.Overlaps(comp, w, floating) && cal.filter.steps.err() == nil && !meetsSpan(spans, w, false) {
			t.Fatalf("lies in %v, not in %v", w, spans)
		}
		for i, child := range comp.Children {
			if i < 10 {
				cal.Overlaps(child, w, floating)
			}
		}
		for _, name := range []string{"DTSTART", "DTEND", "DUE", "CREATED"} {
			cal.PropOverlaps(comp, name, w, floating)
		}
	}
	expanded, err := cal.Expand(w, floating, Limit{Instances: 100})
	var many ErrTooMany
	if err != nil && !errors.Is(err, ErrBudget) && !errors.As(err, &many) {
		t.Fatal(err)
	}
	if err == nil && len(cal.Doc.Components) == 1 {
		if _, err := Parse(expanded); err != nil {
			t.Fatalf("expanded: %v\n%s", err, expanded)
		}
	}
	cal.LimitRecurrenceSet(w, floating)
	cal.LimitFreeBusySet(w, floating)
	if periods, err := cal.Busy(w, floating); err == nil {
		FreeBusyReply(w, periods, time.Unix(0, 0))
	}
	if !bytes.Equal(body, source) {
		t.Fatal("the body was changed")
	}
	if took := time.Since(began); took > time.Second {
		t.Fatalf("takes %v", took)
	}
}

func FuzzParse(f *testing.F) {
	for name := range appendixB {
		f.Add(mustAppendix(f, name).Doc.Source, int64(1136246400), int64(daySeconds))
	}
	f.Add(vcalendar(moved), int64(1704067200), int64(90*daySeconds))
	for _, e := range expansions {
		f.Add([]byte(event(strings.Split(e.lines, "|")...)), int64(1704067200), int64(9000))
	}
	f.Fuzz(func(t *testing.T, body []byte, start, wide int64) {
		asks(t, body, fuzzWindow(start, wide), mustZone(t, "America/New_York"))
	})
}

func fuzzWindow(start, wide int64) Window {
	start = min(max(start, minCivil), maxCivil)
	return Window{time.Unix(start, 0).UTC(), time.Unix(start+1+max(0, min(wide, maxCivil)), 0).UTC()}
}

func FuzzRule(f *testing.F) {
	for _, e := range rfcExamples {
		f.Add([]byte(e.rules[len("RRULE:"):]), mustStamp(f, e.start), int64(0))
	}
	f.Fuzz(func(t *testing.T, value []byte, start, from int64) {
		start = min(max(start, minCivil), maxCivil)
		r := parseRule(value)
		r.settle(start, false)
		steps := newBudget()
		last := int64(minUnix)
		it := r.iterate(start, from, maxCivil, steps)
		for range 1000 {
			civil, ok := it.next()
			if !ok {
				break
			}
			if civil < start || civil < from || civil <= last || civil > maxCivil {
				t.Fatalf("%q from %d sought %d: %d after %d", value, start, from, civil, last)
			}
			last = civil
		}
	})
}

func FuzzExpand(f *testing.F) {
	for _, s := range series {
		f.Add([]byte(s.lines), int64(1704067200), int64(30*daySeconds))
	}
	f.Fuzz(func(t *testing.T, lines []byte, start, wide int64) {
		body := event(string(bytes.ReplaceAll(lines, []byte("|"), []byte("\r\n"))))
		asks(t, []byte(body), fuzzWindow(start, wide), mustZone(t, "Europe/Berlin"))
	})
}

func FuzzZone(f *testing.F) {
	for _, d := range definedZones {
		f.Add(vcalendar(d.zone), mustStamp(f, d.civil))
	}
	for _, n := range zoneNames {
		f.Add([]byte(n.name), int64(0))
	}
	f.Fuzz(func(t *testing.T, body []byte, at int64) {
		at = min(max(at, minCivil), maxCivil)
		LookupZone(string(body))
		z, err := ParseZone(body)
		if err != nil {
			return
		}
		local := z.Local(at)
		if abs(local-at) > maxOffset {
			t.Fatalf("offset %d", local-at)
		}
		// What a clock shows means the first instant at which it shows that.
		if first := z.Unix(local); first > at {
			t.Fatalf("at %d it is %d, which is %d", at, local, first)
		}
	})
}
