package ics

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// meeting is what a calendar is full of: a weekly meeting in a zone that it defines.
var meeting = strings.Replace(event("DTSTAMP:20240101T000000Z", "DTSTART;TZID=Custom:20200106T090000", "DTEND;TZID=Custom:20200106T100000",
	"RRULE:FREQ=WEEKLY;BYDAY=MO,WE", "EXDATE;TZID=Custom:20200113T090000", "SUMMARY:Weekly", "LOCATION:Room 1",
	"BEGIN:VALARM", "TRIGGER:-PT15M", "ACTION:DISPLAY", "END:VALARM"),
	"BEGIN:VEVENT", strings.ReplaceAll(definedBerlin, "\n", "\r\n")+"\r\nBEGIN:VEVENT", 1)

func mustMeeting(b *testing.B) *Calendar {
	b.Helper()
	cal, err := Parse([]byte(meeting))
	if err != nil {
		b.Fatal(err)
	}
	return cal
}

func BenchmarkDescribe(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		cal := mustMeeting(b)
		if cal.Check() != nil || len(cal.Spans()) != 2 {
			b.Fatal("not described")
		}
	}
}

func BenchmarkOverlaps(b *testing.B) {
	b.ReportAllocs()
	w := Window{time.Date(2025, 6, 2, 0, 0, 0, 0, time.UTC), time.Date(2025, 6, 9, 0, 0, 0, 0, time.UTC)}
	for b.Loop() {
		cal := mustMeeting(b)
		for comp := range cal.Components() {
			if !cal.Overlaps(comp, w, nil) {
				b.Fatal("does not overlap")
			}
		}
	}
}

func BenchmarkExpandYear(b *testing.B) {
	b.ReportAllocs()
	w := Window{time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	for b.Loop() {
		body, err := mustMeeting(b).Expand(w, nil, Limit{})
		if err != nil || len(body) < 10000 {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeekFar(b *testing.B) {
	r := parseRule([]byte("FREQ=MINUTELY;INTERVAL=7;BYDAY=MO,TU"))
	r.settle(0, false)
	from := dayNumber(9000, 1, 1) * daySeconds
	for b.Loop() {
		it := r.iterate(0, from, maxCivil, newBudget())
		if _, ok := it.next(); !ok {
			b.Fatal("nothing there")
		}
	}
}

func BenchmarkNamedZone(b *testing.B) {
	z, _ := LookupZone("Europe/Berlin")
	civil := dayNumber(2025, 1, 1) * daySeconds
	for i := int64(0); b.Loop(); i++ {
		z.Unix(civil + i%1000*daySeconds)
	}
}

// A zone may be used by several goroutines, though a calendar may not.
func TestZoneIsShared(t *testing.T) {
	z, err := ParseZone(vcalendar(definedBerlin))
	if err != nil {
		t.Fatal(err)
	}
	berlin := mustZone(t, "Europe/Berlin")
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := range int64(2000) {
				civil := dayNumber(1997+int(i*7919)%900+n, 1, 1)*daySeconds + i*3600
				if got, want := z.Unix(civil), berlin.Unix(civil); got != want {
					t.Errorf("%s: %d, want %d", appendTime(nil, civil), got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}
