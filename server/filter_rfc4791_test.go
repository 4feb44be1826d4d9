package server

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daycairn/backend"
	"daycairn/backend/ics"
	"daycairn/server/davxml"
)

// mustXML parses an element; D and C are declared around it.
func mustXML(t *testing.T, space, body string) *davxml.Element {
	t.Helper()
	el, err := davxml.Parse(strings.NewReader(`<C:around xmlns:D="DAV:" xmlns:C="`+space+`">`+body+`</C:around>`), davxml.Limits{})
	if err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if len(el.Children) == 0 {
		return nil
	}
	return el.Children[0]
}

// mustFilter compiles <C:filter> around body.
func mustFilter(t *testing.T, body string) *calendarFilter {
	t.Helper()
	f, err := parseCalendarFilter(mustXML(t, davxml.CalDAV, "<C:filter>"+body+"</C:filter>"))
	if err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return f
}

func mustCalendar(t *testing.T, body string) *ics.Calendar {
	t.Helper()
	cal, err := ics.Parse([]byte(strings.ReplaceAll(body, "\n", "\r\n")))
	if err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return cal
}

// appendixB are the objects of RFC 4791 appendix B by name.
func appendixB(t *testing.T) map[string]*ics.Calendar {
	t.Helper()
	files, err := filepath.Glob("testdata/rfc4791/*.ics")
	if err != nil || len(files) != 8 {
		t.Fatalf("got %d objects, want 8: %v", len(files), err)
	}
	objects := make(map[string]*ics.Calendar)
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cal, err := ics.Parse(body)
		if err != nil {
			t.Fatal(err)
		}
		objects[strings.TrimSuffix(filepath.Base(file), ".ics")] = cal
	}
	return objects
}

// keeps is what an engine does with a Query, told in the plainest way.
func keeps(q backend.Query, component, text string, spans []ics.Span) bool {
	if len(q.Components) > 0 && !slices.Contains(q.Components, component) {
		return false
	}
	for _, t := range q.Texts {
		if !backend.MayHold([]byte(text), []byte(t)) {
			return false
		}
	}
	if q.From == nil && q.To == nil {
		return true
	}
	return slices.ContainsFunc(spans, func(s ics.Span) bool {
		return s.Alarm == q.Alarm && (q.From == nil || s.To > *q.From) && (q.To == nil || s.From < *q.To)
	})
}

func keepsCalendar(q backend.Query, cal *ics.Calendar) bool {
	return keeps(q, cal.Component(), backend.SearchText(cal.Doc), cal.Spans())
}

func in(comp, inner string) string {
	return `<C:comp-filter name="` + comp + `">` + inner + `</C:comp-filter>`
}

// TestRFC4791Queries holds the examples of §7.8 over the objects of appendix B, and some more.
func TestRFC4791Queries(t *testing.T) {
	const (
		jan4 = `<C:time-range start="20060104T000000Z" end="20060105T000000Z"/>`
		jan3 = `<C:time-range start="20060103T000000Z" end="20060105T000000Z"/>`
	)
	eastern, ok := ics.LookupZone("America/New_York")
	if !ok {
		t.Fatal("no zone")
	}
	objects := appendixB(t)
	for _, c := range []struct{ name, filter, want string }{
		{"appendix B", in("VCALENDAR", ""), "abcd1 abcd2 abcd3 abcd4 abcd5 abcd6 abcd7 abcd8"},
		{"7.8.1", in("VCALENDAR", in("VEVENT", jan4)), "abcd2 abcd3"},
		{"7.8.2", in("VCALENDAR", in("VEVENT", jan3)), "abcd2 abcd3"},
		{"7.8.4", in("VCALENDAR", in("VFREEBUSY", `<C:time-range start="20060102T000000Z" end="20060103T000000Z"/>`)), "abcd8"},
		// Appendix B has dates where the example's answer has times, so the window begins at their midnight.
		{"7.8.5", in("VCALENDAR", in("VTODO", in("VALARM", `<C:time-range start="20060106T000000Z" end="20060107T100000Z"/>`))), "abcd5"},
		{"7.8.6", in("VCALENDAR", in("VEVENT", `<C:prop-filter name="UID"><C:text-match collation="i;octet"
			>DC6C50A017428C5216A2F1CD@example.com</C:text-match></C:prop-filter>`)), "abcd3"},
		{"7.8.7", in("VCALENDAR", in("VEVENT", `<C:prop-filter name="ATTENDEE">
			<C:text-match collation="i;ascii-casemap">mailto:lisa@example.com</C:text-match>
			<C:param-filter name="PARTSTAT"><C:text-match collation="i;ascii-casemap">NEEDS-ACTION</C:text-match></C:param-filter>
			</C:prop-filter>`)), "abcd3"},
		{"7.8.7, of another", in("VCALENDAR", in("VEVENT", `<C:prop-filter name="ATTENDEE">
			<C:text-match>mailto:cyrus@example.com</C:text-match>
			<C:param-filter name="PARTSTAT"><C:text-match>NEEDS-ACTION</C:text-match></C:param-filter></C:prop-filter>`)), ""},
		{"7.8.8", in("VCALENDAR", in("VEVENT", "")), "abcd1 abcd2 abcd3"},
		{"7.8.9", in("VCALENDAR", in("VTODO", `<C:prop-filter name="COMPLETED"><C:is-not-defined/></C:prop-filter>
			<C:prop-filter name="STATUS"><C:text-match negate-condition="yes">CANCELLED</C:text-match></C:prop-filter>`)), "abcd4 abcd5"},
		{"7.8.10, which we can answer", in("VCALENDAR", in("VEVENT", `<C:prop-filter name="X-ABC-GUID">
			<C:text-match>ABC</C:text-match></C:prop-filter>`)), ""},
		{"no events", in("VCALENDAR", in("VEVENT", "<C:is-not-defined/>")), "abcd4 abcd5 abcd6 abcd7 abcd8"},
		{"nothing is no calendar", in("VCALENDAR", "<C:is-not-defined/>"), ""},
		{"no alarm", in("VCALENDAR", in("VTODO", in("VALARM", "<C:is-not-defined/>"))), "abcd6 abcd7"},
		{"unknown component", in("VCALENDAR", in("X-PLAN", "")), ""},
		{"start only", in("VCALENDAR", in("VEVENT", `<C:time-range start="20060104T000000Z"/>`)), "abcd2 abcd3"},
		{"end only", in("VCALENDAR", in("VEVENT", `<C:time-range end="20060103T000000Z"/>`)), "abcd1 abcd2"},
		{"range and text in one component", in("VCALENDAR", in("VEVENT", `<C:time-range start="20060104T180000Z" end="20060104T200000Z"/>
			<C:prop-filter name="SUMMARY"><C:text-match>bis</C:text-match></C:prop-filter>`)), "abcd2"},
		{"range of another component than the text", in("VCALENDAR", in("VEVENT", `<C:time-range start="20060105T000000Z"/>
			<C:prop-filter name="SUMMARY"><C:text-match>bis</C:text-match></C:prop-filter>`)), ""},
		{"property range", in("VCALENDAR", in("VTODO", `<C:prop-filter name="COMPLETED">
			<C:time-range start="20051223T000000Z" end="20051224T000000Z"/></C:prop-filter>`)), "abcd6"},
		{"property range with parameter", in("VCALENDAR", in("VEVENT", `<C:prop-filter name="DTSTART">
			<C:time-range start="20060102T000000Z" end="20060103T000000Z"/>
			<C:param-filter name="TZID"/></C:prop-filter>`)), "abcd1 abcd2"},
		{"end that follows from a duration", in("VCALENDAR", in("VEVENT", `<C:prop-filter name="DTEND">
			<C:time-range start="20060102T160000Z" end="20060102T160001Z"/></C:prop-filter>`)), "abcd1"},
		{"property there", in("vcalendar", in("vevent", `<C:prop-filter name="rrule"/>`)), "abcd2"},
		{"mixed case in the data", in("VCALENDAR", in("VEVENT", `<C:prop-filter name="DESCRIPTION">
			<C:text-match>steelers</C:text-match></C:prop-filter>`)), "abcd1"},
		{"octets", in("VCALENDAR", in("VEVENT", `<C:prop-filter name="DESCRIPTION">
			<C:text-match collation="i;octet">steelers</C:text-match></C:prop-filter>`)), ""},
		{"parameter missing", in("VCALENDAR", in("VEVENT", `<C:prop-filter name="ATTENDEE">
			<C:param-filter name="ROLE"><C:is-not-defined/></C:param-filter></C:prop-filter>`)), "abcd3"},
		{"zone", in("VCALENDAR", in("VTIMEZONE", in("STANDARD", `<C:prop-filter name="TZNAME"><C:text-match>EST</C:text-match></C:prop-filter>`))), "abcd1 abcd2 abcd3"},
		{"empty filter", "", "abcd1 abcd2 abcd3 abcd4 abcd5 abcd6 abcd7 abcd8"},
	} {
		f := mustFilter(t, c.filter)
		var got []string
		for name, cal := range objects {
			if f.Match(cal, eastern) {
				got = append(got, name)
				if !keepsCalendar(f.Query(), cal) {
					t.Errorf("%s: %s matches and the query does not keep it", c.name, name)
				}
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", c.name, got, c.want)
		}
	}
}

func TestFilterlessQuery(t *testing.T) {
	f, err := parseCalendarFilter(nil)
	if err != nil || !f.Match(mustCalendar(t, "BEGIN:VCALENDAR\nEND:VCALENDAR\n"), nil) {
		t.Errorf("a query without a filter does not match: %v", err)
	}
}
