package server

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"daycairn/backend"
	"daycairn/server/davxml"
)

func TestCalendarFilterErrors(t *testing.T) {
	prop := func(name, inner string) string {
		return in("VCALENDAR", in("VEVENT", `<C:prop-filter name="`+name+`">`+inner+`</C:prop-filter>`))
	}
	ranged := func(attrs string) string { return in("VCALENDAR", in("VEVENT", "<C:time-range "+attrs+"/>")) }
	text := func(attrs string) string { return prop("SUMMARY", "<C:text-match "+attrs+">x</C:text-match>") }
	deep := strings.Repeat(`<C:comp-filter name="X-A">`, 9) + strings.Repeat(`</C:comp-filter>`, 9)
	for _, c := range []struct{ filter, want, inner string }{
		{in("VEVENT", ""), "valid-filter", ""},
		{in("VCALENDAR", in("VCALENDAR", "")), "valid-filter", ""},
		{in("VCALENDAR", in("VALARM", "")), "valid-filter", ""},
		{in("VCALENDAR", in("VTODO", in("VEVENT", ""))), "valid-filter", ""},
		{in("VCALENDAR", deep), "valid-filter", ""},
		{in("VCALENDAR", "") + in("VCALENDAR", ""), "valid-filter", ""},
		{`<C:comp-filter/>`, "valid-filter", ""},
		{`<C:comp-filter name=" "/>`, "valid-filter", ""},
		{`<C:prop-filter name="UID"/>`, "valid-filter", ""},
		{in("VCALENDAR", "<C:comp-fliter/>"), "valid-filter", ""},
		{in("VCALENDAR", in("VEVENT", "<C:is-not-defined/><C:prop-filter name='UID'/>")), "valid-filter", ""},
		{in("VCALENDAR", strings.Repeat(in("VEVENT", ""), maxConditions)), "valid-filter", ""},
		{in("VCALENDAR", `<C:time-range start="20060104T000000Z"/>`), "valid-filter", ""},
		{in("VCALENDAR", in("VTIMEZONE", `<C:time-range start="20060104T000000Z"/>`)), "valid-filter", ""},
		{in("VCALENDAR", in("X-A", `<C:time-range start="20060104T000000Z"/>`)), "supported-filter", `<C:comp-filter name="X-A"/>`},
		{ranged(""), "valid-filter", ""},
		{ranged(`start="20060104"`), "valid-filter", ""},
		{ranged(`start="20060104T000000"`), "valid-filter", ""},
		{ranged(`start="20061304T000000Z"`), "valid-filter", ""},
		{ranged(`start="2006-01-04T00:00:00Z"`), "valid-filter", ""},
		{ranged(`start="20060104T000000Z" end="20060104T000000Z"`), "valid-filter", ""},
		{ranged(`start="20060104T000001Z" end="20060104T000000Z"`), "valid-filter", ""},
		{ranged(`start="20060104T000000Z" end="tomorrow"`), "valid-filter", ""},
		{in("VCALENDAR", in("VEVENT", `<C:time-range start="20060104T000000Z"/><C:time-range start="20060104T000000Z"/>`)), "valid-filter", ""},
		{prop("SUMMARY", `<C:time-range start="20060104T000000Z"/>`), "valid-filter", ""},
		{prop("X-DATE", `<C:time-range start="20060104T000000Z"/>`), "supported-filter", `<C:prop-filter name="X-DATE"/>`},
		{prop("DTSTART", `<C:time-range start="20060104T000000Z"/><C:text-match>x</C:text-match>`), "valid-filter", ""},
		{prop("DTSTART", `<C:text-match>x</C:text-match><C:text-match>x</C:text-match>`), "valid-filter", ""},
		{prop("DTSTART", `<C:param-filter name="TZID"><C:text-match>x</C:text-match><C:text-match>x</C:text-match></C:param-filter>`), "valid-filter", ""},
		{prop("DTSTART", `<C:param-filter/>`), "valid-filter", ""},
		{text(`collation="i;klingon"`), "supported-collation", ""},
		{text(`collation="i;*"`), "supported-collation", ""},
		{text(`collation=""`), "supported-collation", ""},
		{text(`negate-condition="maybe"`), "valid-filter", ""},
	} {
		_, err := parseCalendarFilter(mustXML(t, davxml.CalDAV, "<C:filter>"+c.filter+"</C:filter>"))
		var e *davError
		if !errors.As(err, &e) || e.status != 403 || e.condition != caldav(c.want) || string(e.inner) != c.inner {
			t.Errorf("%s:\n got %+v, want %s %s", c.filter, err, c.want, c.inner)
		}
	}
	for _, filter := range []string{
		text(`collation="default"`), text(`collation="i;unicode-casemap"`), text(`match-type="equals"`),
		in("VCALENDAR", `<D:unknown/>`+in("VEVENT", "")), in("VCALENDAR", in("X-A", in("VEVENT", ""))),
	} {
		mustFilter(t, filter)
	}
}

func TestCalendarFilterQuery(t *testing.T) {
	from, to := int64(1136332800), int64(1136419200)
	const jan4 = `<C:time-range start="20060104T000000Z" end="20060105T000000Z"/>`
	matching := func(name, attrs, text string) string {
		return `<C:prop-filter name="` + name + `"><C:text-match ` + attrs + `>` + text + `</C:text-match></C:prop-filter>`
	}
	for filter, want := range map[string]backend.Query{
		"":                                     {},
		in("VCALENDAR", "<C:is-not-defined/>"): {},
		in("VCALENDAR", in("VEVENT", jan4)):    {Components: []string{"VEVENT"}, From: &from, To: &to},
		in("VCALENDAR", in("VEVENT", `<C:time-range end="20060105T000000Z"/>`)):           {Components: []string{"VEVENT"}, To: &to},
		in("VCALENDAR", in("VTODO", in("VALARM", jan4))):                                  {Components: []string{"VTODO"}, From: &from, To: &to, Alarm: true},
		in("VCALENDAR", in("VEVENT", "<C:is-not-defined/>")):                              {},
		in("VCALENDAR", in("VTIMEZONE", "")):                                              {},
		in("VCALENDAR", in("VEVENT", matching("SUMMARY", "", "Müller"))):                  {Components: []string{"VEVENT"}, Texts: []string{"ller"}},
		in("VCALENDAR", in("VEVENT", matching("SUMMARY", "negate-condition='yes'", "A"))): {Components: []string{"VEVENT"}},
		in("VCALENDAR", in("VEVENT", matching("X-NOT-INDEXED", "", "A"))):                 {Components: []string{"VEVENT"}},
		in("VCALENDAR", in("VEVENT", matching("SUMMARY", "", "A")+matching("LOCATION", "", "B")+in("VALARM", matching("DESCRIPTION", "", "C")))): {
			Components: []string{"VEVENT"}, Texts: []string{"a", "b", "c"}},
	} {
		if diff := cmp.Diff(want, mustFilter(t, filter).Query()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filter, diff)
		}
	}
}

func TestCalendarFilterOnly(t *testing.T) {
	type only struct {
		component string
		ok        bool
	}
	for filter, want := range map[string]only{
		"":                                     {"", true},
		in("VCALENDAR", ""):                    {"", true},
		in("VCALENDAR", in("VTODO", "")):       {"VTODO", true},
		in("VCALENDAR", in("VTIMEZONE", "")):   {"VTIMEZONE", false},
		in("VCALENDAR", "<C:is-not-defined/>"): {"", false},
		in("VCALENDAR", in("VTODO", "<C:is-not-defined/>")):                    {"VTODO", false},
		in("VCALENDAR", in("VTODO", in("VALARM", ""))):                         {"VTODO", false},
		in("VCALENDAR", in("VTODO", `<C:prop-filter name="UID"/>`)):            {"VTODO", false},
		in("VCALENDAR", in("VTODO", `<C:time-range end="20060105T000000Z"/>`)): {"VTODO", false},
		in("VCALENDAR", `<C:prop-filter name="PRODID"/>`+in("VTODO", "")):      {"", false},
		in("VCALENDAR", in("VTODO", "")+in("VEVENT", "<C:is-not-defined/>")):   {"", false},
	} {
		component, ok := mustFilter(t, filter).only()
		if got := (only{component, ok}); got != want {
			t.Errorf("%s: got %v, want %v", filter, got, want)
		}
	}
}
