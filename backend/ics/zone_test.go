package ics

import (
	"testing"
	"time"
)

func mustZone(t testing.TB, name string) *Zone {
	t.Helper()
	z, ok := LookupZone(name)
	if !ok {
		t.Fatalf("no zone %q", name)
	}
	return z
}

func mustStamp(t testing.TB, value string) int64 {
	t.Helper()
	s := parseStamp([]byte(value))
	if s.form == formNone {
		t.Fatalf("no stamp %q", value)
	}
	return s.civil
}

// civilVectors are civil times around changes of the clock, and the instants that RFC 5545 §3.3.5
// gives them.
var civilVectors = []struct{ zone, civil, instant string }{
	{"America/New_York", "20070311T013000", "20070311T063000Z"},
	{"America/New_York", "20070311T023000", "20070311T073000Z"}, // the RFC's own gap
	{"America/New_York", "20070311T030000", "20070311T070000Z"},
	{"America/New_York", "20071104T003000", "20071104T043000Z"},
	{"America/New_York", "20071104T013000", "20071104T053000Z"}, // the RFC's own overlap
	{"America/New_York", "20071104T020000", "20071104T070000Z"},
	{"Europe/Berlin", "20240331T015959", "20240331T005959Z"},
	{"Europe/Berlin", "20240331T020000", "20240331T010000Z"},
	{"Europe/Berlin", "20240331T025959", "20240331T015959Z"},
	{"Europe/Berlin", "20240331T030000", "20240331T010000Z"},
	{"Europe/Berlin", "20241027T020000", "20241027T000000Z"},
	{"Europe/Berlin", "20241027T025959", "20241027T005959Z"},
	{"Europe/Berlin", "20241027T030000", "20241027T020000Z"},
	{"Australia/Lord_Howe", "20241006T020000", "20241005T153000Z"}, // half an hour forward
	{"Australia/Lord_Howe", "20241006T021500", "20241005T154500Z"},
	{"Australia/Lord_Howe", "20241006T023000", "20241005T153000Z"},
	{"Australia/Lord_Howe", "20240407T013000", "20240406T143000Z"}, // and back
	{"Australia/Lord_Howe", "20240407T014500", "20240406T144500Z"},
	{"Australia/Lord_Howe", "20240407T020000", "20240406T153000Z"},
	{"Pacific/Apia", "20111230T120000", "20111230T220000Z"}, // a day that never was
	{"Pacific/Apia", "20111231T000000", "20111230T100000Z"},
	{"America/Sao_Paulo", "20181104T000000", "20181104T030000Z"}, // no midnight
	{"Africa/Casablanca", "20240310T023000", "20240310T013000Z"},
	{"Europe/Dublin", "20240701T120000", "20240701T110000Z"}, // standard time is in summer
	{"Asia/Kathmandu", "20240101T000000", "20231231T181500Z"},
	{"Europe/Berlin", "99990701T120000", "99990701T100000Z"},
	{"Europe/Berlin", "00010101T000000", "00001231T230632Z"},
}

func TestCivilTime(t *testing.T) {
	for _, v := range civilVectors {
		z := mustZone(t, v.zone)
		civil := mustStamp(t, v.civil)
		for _, warm := range []bool{false, true} {
			if !warm {
				z.last.Store(nil)
			}
			unix := z.Unix(civil)
			if v.instant[:4] == "0000" { // beyond what a DATE-TIME can say
				if unix >= minCivil {
					t.Errorf("%s %s: %d", v.zone, v.civil, unix)
				}
				continue
			}
			if got := string(appendUTC(nil, unix)); got != v.instant {
				t.Errorf("%s %s (warm %v): %s, want %s", v.zone, v.civil, warm, got, v.instant)
			}
		}
	}
}

// Unix is the first instant that shows the civil time, found here by trying all.
func TestCivilTimeIsFirst(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"} {
		z := mustZone(t, name)
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for year := 2010; year < 2026; year++ {
			first := map[int64]int64{}
			from := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
			for unix := from; unix < from+366*daySeconds; unix += 900 {
				_, offset := time.Unix(unix, 0).In(loc).Zone()
				civil := unix + int64(offset)
				if _, seen := first[civil]; !seen {
					first[civil] = unix
				}
				if got := z.Local(unix); got != civil {
					t.Fatalf("%s: %s shows %s, want %s", name, appendUTC(nil, unix), appendTime(nil, got), appendTime(nil, civil))
				}
			}
			for civil, unix := range first {
				if got := z.Unix(civil); got != unix && civil > from+2*daySeconds {
					t.Fatalf("%s: %s is %s, want %s", name, appendTime(nil, civil), appendUTC(nil, got), appendUTC(nil, unix))
				}
			}
		}
	}
}

var zoneNames = []struct{ name, want string }{
	{"Europe/Berlin", "Europe/Berlin"},
	{"europe/berlin", "Europe/Berlin"},
	{" Europe/Berlin ", "Europe/Berlin"},
	{`"Europe/Berlin"`, "Europe/Berlin"},
	{"/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"},
	{"/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"},
	{"/citadel.org/20210210_1/America/New_York", "America/New_York"},
	{"/mozilla.org/20050126_1/Europe/London", "Europe/London"},
	{"W. Europe Standard Time", "Europe/Berlin"},
	{"w. europe standard time", "Europe/Berlin"},
	{"W. Europe Standard Time 1", "Europe/Berlin"},
	{"Eastern Standard Time", "America/New_York"},
	{"tzone://Microsoft/Utc", "UTC"},
	{"UTC", "UTC"},
	{"US/Eastern", "US/Eastern"},
	{"America/New York", "America/New_York"},
	{"Europe-Berlin", "Europe/Berlin"},
	{"GMT+0100", "+3600"},
	{"UTC+01:00", "+3600"},
	{"UTC-5", "-18000"},
	{"(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "+19800"},
	{"(GMT+01.00) Amsterdam / Berlin / Rome", "+3600"},
	{"Z", "+0"},
	{"+0200", "+7200"},
	{"Etc/GMT+5", "Etc/GMT+5"},
	{"Customized Time Zone", ""},
	{"", ""},
	{"../etc/passwd", ""},
	{"GMT+", ""},
	{"Local", ""},
}

func TestLookupZone(t *testing.T) {
	for _, n := range zoneNames {
		z, ok := LookupZone(n.name)
		switch {
		case n.want == "" || !ok:
			if ok != (n.want != "") {
				t.Errorf("%q: found %v", n.name, ok)
			}
		case n.want[0] == '+' || n.want[0] == '-':
			if got := z.Local(0); got != mustNumber(t, n.want) {
				t.Errorf("%q: offset %d, want %s", n.name, got, n.want)
			}
		case z.Name() != n.want:
			t.Errorf("%q: %s, want %s", n.name, z.Name(), n.want)
		}
	}
}

func mustNumber(t testing.TB, s string) int64 {
	t.Helper()
	n := number([]byte(s))
	if s != "-1" && n == -1 {
		t.Fatalf("no number %q", s)
	}
	return n
}

func TestEachWindowsZoneIsKnown(t *testing.T) {
	if len(windowsZones) < 130 {
		t.Fatalf("%d Windows names", len(windowsZones))
	}
	for name := range windowsZones {
		if _, ok := LookupZone(name); !ok {
			t.Errorf("%q is not in the IANA table", name)
		}
	}
}
