package ics

import (
	"strings"
	"testing"
)

func vcalendar(zone string) []byte {
	return []byte("BEGIN:VCALENDAR\r\n" + strings.ReplaceAll(strings.TrimSpace(zone), "\n", "\r\n") + "\r\nEND:VCALENDAR\r\n")
}

const definedBerlin = `BEGIN:VTIMEZONE
TZID:Custom
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE`

// A zone defined by rules says what the database says, in whatever order it is asked.
func TestDefinedZoneIsBerlin(t *testing.T) {
	z, err := ParseZone(vcalendar(definedBerlin))
	if err != nil {
		t.Fatal(err)
	}
	if z.Name() != "Custom" {
		t.Errorf("name %q", z.Name())
	}
	berlin := mustZone(t, "Europe/Berlin")
	step := int64(3*3600 + 1800)
	for _, years := range [][2]int{{2024, 2026}, {1997, 2000}, {2199, 2202}, {2010, 2030}, {9990, 9999}} {
		for civil := dayNumber(years[0], 1, 1) * daySeconds; civil < dayNumber(years[1], 1, 1)*daySeconds; civil += step {
			if got, want := z.Unix(civil), berlin.Unix(civil); got != want {
				t.Fatalf("%s is %s, want %s", appendTime(nil, civil), appendUTC(nil, got), appendUTC(nil, want))
			}
			if got, want := z.Local(civil), berlin.Local(civil); got != want {
				t.Fatalf("at %s it is %s, want %s", appendUTC(nil, civil), appendTime(nil, got), appendTime(nil, want))
			}
		}
	}
}

// definedZones are odd definitions, and what they make of a civil time.
var definedZones = []struct{ name, zone, civil, instant string }{
	{"before the first onset its TZOFFSETFROM holds", definedBerlin, "19700701T120000", "19700701T110000Z"},
	{"Outlook's, which begin in 1601", strings.ReplaceAll(strings.ReplaceAll(definedBerlin, "19810329", "16010325"), "19961027", "16011028"),
		"20240701T120000", "20240701T100000Z"},
	{"summer only, and a name that is known", `BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:20180325T030000
END:DAYLIGHT
END:VTIMEZONE`, "20240101T120000", "20240101T110000Z"},
	{"summer only, and nothing else", `BEGIN:VTIMEZONE
TZID:Nowhere
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:20180325T030000
END:DAYLIGHT
END:VTIMEZONE`, "20240101T120000", "20240101T100000Z"},
	{"two years, and a name that is known", `BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:20181028T030000
RDATE:20191027T030000
END:STANDARD
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:20190331T020000
END:DAYLIGHT
END:VTIMEZONE`, "20240701T120000", "20240701T100000Z"},
	{"no observance, and a name that is known", "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nEND:VTIMEZONE", "20240701T120000", "20240701T100000Z"},
	{"no observance, and a location", "BEGIN:VTIMEZONE\nTZID:x\nX-LIC-LOCATION:Europe/Berlin\nEND:VTIMEZONE", "20240701T120000", "20240701T100000Z"},
	{"rules that end", `BEGIN:VTIMEZONE
TZID:Ended
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:20000326T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20020331T010000Z
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:20001029T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20021027T010000Z
END:STANDARD
END:VTIMEZONE`, "20240701T120000", "20240701T110000Z"},
	{"onsets as dates", `BEGIN:VTIMEZONE
TZID:Dates
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:20201025T030000
RDATE:20211031T030000,20221030T030000
END:STANDARD
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:20210328T020000
RDATE:20220327T020000
END:DAYLIGHT
END:VTIMEZONE`, "20220701T120000", "20220701T100000Z"},
	{"a start that its rule does not yield", `BEGIN:VTIMEZONE
TZID:US/Mountain
BEGIN:DAYLIGHT
DTSTART:20000404T020000
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4
TZOFFSETFROM:-0700
TZOFFSETTO:-0600
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20001026T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:-0600
TZOFFSETTO:-0700
END:STANDARD
END:VTIMEZONE`, "20060701T120000", "20060701T180000Z"},
	{"offsets with seconds", `BEGIN:VTIMEZONE
TZID:LMT
BEGIN:STANDARD
TZOFFSETFROM:+005328
TZOFFSETTO:+005328
DTSTART:18000101T000000
END:STANDARD
END:VTIMEZONE`, "18500101T000000", "18491231T230632Z"},
}

func TestDefinedZones(t *testing.T) {
	for _, d := range definedZones {
		z, err := ParseZone(vcalendar(d.zone))
		if err != nil {
			t.Errorf("%s: %v", d.name, err)
			continue
		}
		if got := string(appendUTC(nil, z.Unix(mustStamp(t, d.civil)))); got != d.instant {
			t.Errorf("%s: %s is %s, want %s", d.name, d.civil, got, d.instant)
		}
	}
}

func TestParseZoneRefuses(t *testing.T) {
	for name, body := range map[string][]byte{
		"nothing":        nil,
		"no zone":        vcalendar("VERSION:2.0"),
		"two zones":      vcalendar(definedBerlin + "\n" + definedBerlin),
		"no observance":  vcalendar("BEGIN:VTIMEZONE\nTZID:Nowhere\nEND:VTIMEZONE"),
		"two calendars":  append(vcalendar(definedBerlin), vcalendar(definedBerlin)...),
		"no calendar":    []byte(definedBerlin),
		"not calendaric": []byte("END:VCALENDAR\r\n"),
	} {
		if _, err := ParseZone(body); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := ParseZone(vcalendar(definedBerlin)); err != nil {
		t.Error(err)
	}
}

// An event's zone is its calendar's own definition first, then the name, then the reader's.
func TestOwnZoneComesFirst(t *testing.T) {
	own := strings.Replace(strings.ReplaceAll(definedBerlin, "\n", "\r\n"), "TZID:Custom", "TZID:America/New_York", 1)
	for _, e := range []struct{ tzid, want string }{
		{"America/New_York", "2024-07-01T10:00:00Z"}, // as defined, however wrong
		{"Asia/Tokyo", "2024-07-01T03:00:00Z"},
		{"Nobody knows", "2024-07-01T12:00:00Z"}, // floats, here in UTC
		{"America/New_York ", "2024-07-01T10:00:00Z"},
	} {
		body := strings.Replace(event(`DTSTART;TZID="`+e.tzid+`":20240701T120000`), "BEGIN:VEVENT", own+"\r\nBEGIN:VEVENT", 1)
		if got := mustStarts(t, body, 1)[0]; got != e.want {
			t.Errorf("%s: %s, want %s", e.tzid, got, e.want)
		}
	}
}
