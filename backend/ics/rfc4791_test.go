package ics

import (
	"strings"
	"testing"
	"time"

	"daycairn/backend/line"
)

const appendixZone = `BEGIN:VTIMEZONE
LAST-MODIFIED:20040110T032845Z
TZID:US/Eastern
BEGIN:DAYLIGHT
DTSTART:20000404T020000
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4
TZNAME:EDT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20001026T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:EST
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
`

// appendixB is the calendar that RFC 4791 shows in its Appendix B and queries in its examples.
// Task #2 is as §7.8.5 answers it; the appendix has another due date.
var appendixB = map[string]string{
	"abcd1": appendixZone + `BEGIN:VEVENT
DTSTAMP:20060206T001102Z
DTSTART;TZID=US/Eastern:20060102T100000
DURATION:PT1H
SUMMARY:Event #1
Description:Go Steelers!
UID:74855313FA803DA593CD579A@example.com
END:VEVENT`,
	"abcd2": appendixZone + `BEGIN:VEVENT
DTSTAMP:20060206T001121Z
DTSTART;TZID=US/Eastern:20060102T120000
DURATION:PT1H
RRULE:FREQ=DAILY;COUNT=5
SUMMARY:Event #2
UID:00959BC664CA650E933C892C@example.com
END:VEVENT
BEGIN:VEVENT
DTSTAMP:20060206T001121Z
DTSTART;TZID=US/Eastern:20060104T140000
DURATION:PT1H
RECURRENCE-ID;TZID=US/Eastern:20060104T120000
SUMMARY:Event #2 bis
UID:00959BC664CA650E933C892C@example.com
END:VEVENT
BEGIN:VEVENT
DTSTAMP:20060206T001121Z
DTSTART;TZID=US/Eastern:20060106T140000
DURATION:PT1H
RECURRENCE-ID;TZID=US/Eastern:20060106T120000
SUMMARY:Event #2 bis bis
UID:00959BC664CA650E933C892C@example.com
END:VEVENT`,
	"abcd3": appendixZone + `BEGIN:VEVENT
ATTENDEE;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:cyrus@example.com
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:lisa@example.com
DTSTAMP:20060206T001220Z
DTSTART;TZID=US/Eastern:20060104T100000
DURATION:PT1H
LAST-MODIFIED:20060206T001330Z
ORGANIZER:mailto:cyrus@example.com
SEQUENCE:1
STATUS:TENTATIVE
SUMMARY:Event #3
UID:DC6C50A017428C5216A2F1CD@example.com
X-ABC-GUID:E1CX5Dr-0007ym-Hz@example.com
END:VEVENT`,
	"abcd4": `BEGIN:VTODO
DTSTAMP:20060205T235335Z
DUE;VALUE=DATE:20060104
STATUS:NEEDS-ACTION
SUMMARY:Task #1
UID:DDDEEB7915FA61233B861457@example.com
BEGIN:VALARM
ACTION:AUDIO
TRIGGER;RELATED=START:-PT10M
END:VALARM
END:VTODO`,
	"abcd5": appendixZone + `BEGIN:VTODO
DTSTAMP:20060205T235300Z
DUE;TZID=US/Eastern:20060106T120000
LAST-MODIFIED:20060205T235308Z
SEQUENCE:1
STATUS:NEEDS-ACTION
SUMMARY:Task #2
UID:E10BA47467C5C69BB74E8720@example.com
BEGIN:VALARM
ACTION:AUDIO
TRIGGER;RELATED=START:-PT10M
END:VALARM
END:VTODO`,
	"abcd6": `BEGIN:VTODO
COMPLETED:20051223T122322Z
DTSTAMP:20060205T235400Z
DUE;VALUE=DATE:20051225
LAST-MODIFIED:20060205T235308Z
SEQUENCE:1
STATUS:COMPLETED
SUMMARY:Task #3
UID:E10BA47467C5C69BB74E8722@example.com
END:VTODO`,
	"abcd7": `BEGIN:VTODO
DTSTAMP:20060205T235600Z
DUE;VALUE=DATE:20060101
STATUS:CANCELLED
SUMMARY:Task #4
UID:E10BA47467C5C69BB74E8725@example.com
END:VTODO`,
	"abcd8": `BEGIN:VFREEBUSY
ORGANIZER;CN="Bernard Desruisseaux":mailto:bernard@example.com
UID:76ef34-54a3d2@example.com
DTSTAMP:20050530T123421Z
DTSTART:20060101T000000Z
DTEND:20060108T000000Z
FREEBUSY:20050531T230000Z/20050601T010000Z
FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060102T100000Z/20060102T120000Z
FREEBUSY:20060103T100000Z/20060103T120000Z
FREEBUSY:20060104T100000Z/20060104T120000Z
FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20060105T100000Z/20060105T120000Z
FREEBUSY:20060106T100000Z/20060106T120000Z
END:VFREEBUSY`,
}

func mustAppendix(t testing.TB, name string) *Calendar {
	t.Helper()
	return mustParse(t, string(vcalendar("VERSION:2.0\nPRODID:-//Example Corp.//CalDAV Client//EN\n"+appendixB[name])))
}

// window reads "START/END" as UTC stamps; an empty one is open.
func window(t testing.TB, text string) Window {
	t.Helper()
	start, end, _ := strings.Cut(text, "/")
	var w Window
	if start != "" {
		w.Start = time.Unix(mustStamp(t, start), 0).UTC()
	}
	if end != "" {
		w.End = time.Unix(mustStamp(t, end), 0).UTC()
	}
	return w
}

// overlapping names the appendix's objects with a component of a kind, or an alarm in one, in a range.
func overlapping(t testing.TB, kind string, alarms bool, w Window) string {
	var names []string
	for _, name := range []string{"abcd1", "abcd2", "abcd3", "abcd4", "abcd5", "abcd6", "abcd7", "abcd8"} {
		cal, found := mustAppendix(t, name), false
		for comp := range cal.Components() {
			if comp.Name != kind {
				continue
			}
			asked := []*line.Component{comp}
			if alarms {
				asked = comp.Children
			}
			for _, c := range asked {
				found = found || cal.Overlaps(c, w, nil)
			}
		}
		if found {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func TestAppendixBQueries(t *testing.T) {
	for _, q := range []struct {
		section, kind string
		alarms        bool
		window, want  string
	}{
		{"7.8.1", "VEVENT", false, "20060104T000000Z/20060105T000000Z", "abcd2 abcd3"},
		{"7.8.2", "VEVENT", false, "20060103T000000Z/20060105T000000Z", "abcd2 abcd3"},
		{"7.8.4", "VFREEBUSY", false, "20060102T000000Z/20060103T000000Z", "abcd8"},
		{"7.8.5", "VTODO", true, "20060106T100000Z/20060107T100000Z", "abcd5"},
		{"on no day", "VEVENT", false, "20060201T000000Z/20060202T000000Z", ""},
		{"on the first day", "VEVENT", false, "20060102T000000Z/20060103T000000Z", "abcd1 abcd2"},
	} {
		if got := overlapping(t, q.kind, q.alarms, window(t, q.window)); got != q.want {
			t.Errorf("%s: %q, want %q", q.section, got, q.want)
		}
	}
}

// §7.8.3 shows its answer in local time, which is the RFC's erratum 1002: expanded times are in UTC.
func TestExpandExample(t *testing.T) {
	got, err := mustAppendix(t, "abcd2").Expand(window(t, "20060103T000000Z/20060105T000000Z"), nil, Limit{})
	if err != nil {
		t.Fatal(err)
	}
	want := string(vcalendar(`VERSION:2.0
PRODID:-//Example Corp.//CalDAV Client//EN
BEGIN:VEVENT
DTSTAMP:20060206T001121Z
DTSTART:20060103T170000Z
RECURRENCE-ID:20060103T170000Z
DURATION:PT1H
SUMMARY:Event #2
UID:00959BC664CA650E933C892C@example.com
END:VEVENT
BEGIN:VEVENT
DTSTAMP:20060206T001121Z
DTSTART:20060104T190000Z
RECURRENCE-ID:20060104T170000Z
DURATION:PT1H
SUMMARY:Event #2 bis
UID:00959BC664CA650E933C892C@example.com
END:VEVENT`))
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// §7.8.2: the first override is returned, the second is not.
func TestLimitRecurrenceSetExample(t *testing.T) {
	cal := mustAppendix(t, "abcd2")
	got := string(cal.LimitRecurrenceSet(window(t, "20060103T000000Z/20060105T000000Z"), nil))
	whole := string(cal.Doc.Source)
	cut := strings.LastIndex(whole, "BEGIN:VEVENT")
	if want := whole[:cut] + "END:VCALENDAR\r\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// §7.8.4: one FREEBUSY is left.
func TestLimitFreeBusySetExample(t *testing.T) {
	got := string(mustAppendix(t, "abcd8").LimitFreeBusySet(window(t, "20060102T000000Z/20060103T000000Z"), nil))
	if strings.Count(got, "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060102T100000Z/20060102T120000Z\r\n") != 1 ||
		strings.Count(got, "\nFREEBUSY") != 1 || !strings.Contains(got, "DTEND:20060108T000000Z\r\nFREEBUSY;") {
		t.Errorf("got\n%s", got)
	}
}

// §7.10.1, for the range that its text names.
func TestFreeBusyExample(t *testing.T) {
	w := window(t, "20060104T140000Z/20060104T220000Z")
	var periods []Period
	for name := range appendixB {
		p, err := mustAppendix(t, name).Busy(w, nil)
		if err != nil {
			t.Fatal(err)
		}
		periods = append(periods, p...)
	}
	got := string(FreeBusyReply(w, periods, time.Date(2005, 1, 25, 9, 0, 0, 0, time.UTC)))
	want := "DTSTAMP:20050125T090000Z\r\nDTSTART:20060104T140000Z\r\nDTEND:20060104T220000Z\r\n" +
		"FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060104T150000Z/20060104T160000Z\r\n" +
		"FREEBUSY:20060104T190000Z/20060104T200000Z\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
	if !strings.HasPrefix(got, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") || !strings.HasSuffix(got, want) {
		t.Errorf("got\n%s\nwant it to end in\n%s", got, want)
	}
	if err := mustParse(t, got).Check(); err != nil {
		t.Error(err)
	}
}
