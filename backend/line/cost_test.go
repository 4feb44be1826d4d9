package line

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"time"
)

// costly names the sources that slow readers choke on, each about n bytes long.
var costly = []struct {
	name string
	make func(n int) string
}{
	{"one parameter", func(n int) string { return "A;X=" + strings.Repeat("y", n) + ":v" }},
	{"one quoted parameter", func(n int) string { return `A;X="` + strings.Repeat("y:", n/2) + `":v` }},
	{"unterminated quote", func(n int) string { return `A;X="` + strings.Repeat("y:", n/2) }},
	{"many parameters", func(n int) string { return "A" + strings.Repeat(";X=1", n/4) + ":v" }},
	{"many values", func(n int) string { return "A;X=" + strings.Repeat(",", n) + ":v" }},
	{"carets", func(n int) string { return "A;X=" + strings.Repeat("^n", n/2) + ":v" }},
	{"long value", func(n int) string { return "A:" + strings.Repeat("v", n) }},
	{"long name", func(n int) string { return strings.Repeat("a", n) + ":v" }},
	{"junk", func(n int) string { return strings.Repeat("?", n) }},
	{"folds of LF only", func(n int) string { return "A:" + strings.Repeat("x\n ", n/3) }},
	{"folds of CR only", func(n int) string { return "A:" + strings.Repeat("x\r ", n/3) }},
	{"folds over empty lines", func(n int) string { return "A:" + strings.Repeat("\n\n ", n/3) }},
	{"empty lines", func(n int) string { return "A:" + strings.Repeat("\n", n) }},
	{"lines of LF only", func(n int) string { return strings.Repeat("A:1\n", n/4) }},
	{"lines of CR only", func(n int) string { return strings.Repeat("A:1\r", n/4) }},
	{"soft breaks", func(n int) string { return "N;QUOTED-PRINTABLE:" + strings.Repeat("=\n", n/2) }},
	{"equals signs", func(n int) string { return "N:" + strings.Repeat("=\n =", n/4) }},
	{"escapes", func(n int) string { return "A:" + strings.Repeat(`\`, n) }},
	{"deep", func(n int) string { return strings.Repeat("BEGIN:X\n", n/8) }},
}

// TestLinearTime measures how the cost grows. Eight times the source takes eight times as long where time is
// linear and 64 times where it is quadratic, so that no slow or busy machine can blur the difference.
func TestLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	const small, times, tooMuch = 32 << 10, 8, 32
	for _, tt := range costly {
		t.Run(tt.name, func(t *testing.T) {
			var ratio float64
			for range 3 {
				ratio = float64(fastest(tt.make(small*times))) / float64(fastest(tt.make(small)))
				if ratio < tooMuch {
					return
				}
			}
			t.Errorf("%d times the source takes %.0f times as long", times, ratio)
		})
	}
}

// fastest returns the shortest of several readings of source.
func fastest(source string) time.Duration {
	best := time.Hour
	for range 3 {
		begin := time.Now()
		for l := range Read([]byte(source)) {
			_ = Text(l.Value)
			_ = List(l.Value, ',')
		}
		_, _ = Parse([]byte(source))
		best = min(best, time.Since(begin))
	}
	return best
}

func TestFoldsAllocateOnce(t *testing.T) {
	source := []byte("A;X=1:" + strings.Repeat("x\r\n ", 1_000_000))
	allocs := testing.AllocsPerRun(1, func() {
		for l := range Read(source) {
			if len(l.Value) != 1_000_000 {
				t.Errorf("the value has %d bytes", len(l.Value))
			}
		}
	})
	if allocs > 8 {
		t.Errorf("a million folds take %.0f allocations", allocs)
	}
}

func TestHostileParamsTakeBoundedMemory(t *testing.T) {
	for name, params := range map[string]string{
		"empty":      strings.Repeat(";", 400),
		"bare":       strings.Repeat(";a", 200),
		"with value": strings.Repeat(";a=", 130),
		"values":     ";a=" + strings.Repeat(",", 400),
	} {
		source := []byte(strings.Repeat("A"+params+":\n", 1000))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range Read(source) {
		}
		runtime.ReadMemStats(&after)
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(24*len(source)); got > most {
			t.Errorf("%s: reading %d bytes allocates %d, want at most %d", name, len(source), got, most)
		}
	}
}

func TestSmallLinesTakeBoundedMemory(t *testing.T) {
	for name, tt := range map[string]struct {
		source string
		most   int // of bytes for each of source
	}{
		"lines":            {"BEGIN:X\n" + strings.Repeat("A:1\n", MaxLines-2) + "END:X\n", 80},
		"components":       {"BEGIN:X\n" + strings.Repeat("BEGIN:Y\nA:1\nEND:Y\n", MaxComponents-1) + "END:X\n", 20},
		"empty components": {strings.Repeat("BEGIN:Y\nEND:Y\n", MaxComponents), 12},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Parse([]byte(tt.source))
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(tt.most*len(tt.source)*padding); got > most {
			t.Errorf("%s: parsing %d KiB allocates %d KiB, want at most %d", name, len(tt.source)>>10, got>>10, most>>10)
		}
	}
}

// typical is an event as phones write it, about 2 KB.
var typical = []byte(strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//iOS 17.5//EN
CALSCALE:GREGORIAN
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
DTSTART:19810329T020000
TZNAME:GMT+2
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
DTSTART:19961027T030000
TZNAME:GMT+1
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
CREATED:20240105T101112Z
DTEND;TZID=Europe/Berlin:20240115T110000
DTSTAMP:20240105T101113Z
DTSTART;TZID=Europe/Berlin:20240115T100000
LAST-MODIFIED:20240105T101112Z
LOCATION:Besprechungsraum 3\, Hauptgebäude\nMusterstraße 1\n12345 Musterst
 adt
SEQUENCE:2
SUMMARY:Wöchentliche Besprechung
UID:0F2D5C1B-7C7D-4C3A-9C51-0D2F7F6E8A11
TRANSP:OPAQUE
RRULE:FREQ=WEEKLY;UNTIL=20241231T225959Z;INTERVAL=2;BYDAY=MO
EXDATE;TZID=Europe/Berlin:20240401T100000
ORGANIZER;CN="Müller, Erika";EMAIL=erika@example.org:mailto:erika@example.
 org
ATTENDEE;CN="Müller, Erika";CUTYPE=INDIVIDUAL;EMAIL=erika@example.org;PART
 STAT=ACCEPTED;ROLE=CHAIR:mailto:erika@example.org
ATTENDEE;CN="Max Mustermann";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=
 REQ-PARTICIPANT;RSVP=TRUE:mailto:max@example.org
DESCRIPTION:Tagesordnung:\n1. Begrüßung\n2. Stand der Arbeiten\n3. Offene 
 Fragen\n4. Verschiedenes\n\nUnterlagen liegen im gemeinsamen Ordner\; bitt
 e vorher lesen.
X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=70;X-TITLE=Hauptgebäu
 de:geo:52.520008,13.404954
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Reminder
TRIGGER:-PT15M
UID:6A2B9C1D-3E4F-4A5B-8C6D-7E8F9A0B1C2D
X-WR-ALARMUID:6A2B9C1D-3E4F-4A5B-8C6D-7E8F9A0B1C2D
END:VALARM
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n"))

func BenchmarkRead(b *testing.B) {
	b.SetBytes(int64(len(typical)))
	b.ReportAllocs()
	for b.Loop() {
		for range Read(typical) {
		}
	}
}

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(typical)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(typical); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadFolds10MiB(b *testing.B) {
	source := append([]byte("DESCRIPTION:"), bytes.Repeat([]byte("0123456789\r\n "), 10<<20/13)...)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		for range Read(source) {
		}
	}
}
