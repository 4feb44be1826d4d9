package server

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"daycairn/backend/ics"
	"daycairn/server/davxml"
)

// Words that meet each other often, in ways that collations see differently.
var words = []string{"a", "A", "é", "E\u0301", "Müller", "MÜLLER", "ller", "ﬁ", "fi", "K", "\u212a", "x\\, y", "\u0323", "\xff", "S", "ſ", ""}

func word(t *rapid.T) string {
	return rapid.SampledFrom(words).Draw(t, "word") + rapid.SampledFrom(words).Draw(t, "more")
}

var stamps = []string{
	"20240101T000000Z", "20240101", "20240131T120000", "20240310T023000", "20240615", "20241231T235959Z", "20250101", "nonsense", "99991231T235959Z",
}

func stamp(t *rapid.T) string {
	v := rapid.SampledFrom(stamps).Draw(t, "stamp")
	zone := ""
	if len(v) == 15 && rapid.Bool().Draw(t, "zoned") {
		zone = ";TZID=America/New_York"
	}
	return zone + ":" + v
}

// object makes a small calendar object: sometimes senseless, never unreadable.
func object(t *rapid.T) string {
	var b strings.Builder
	kind := rapid.SampledFrom([]string{"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"}).Draw(t, "kind")
	b.WriteString("BEGIN:VCALENDAR\r\n")
	for i := range rapid.IntRange(1, 3).Draw(t, "components") {
		fmt.Fprintf(&b, "BEGIN:%s\r\nUID:u%s\r\n", kind, word(t))
		for range rapid.IntRange(0, 5).Draw(t, "properties") {
			switch rapid.IntRange(0, 11).Draw(t, "property") {
			case 0, 1:
				b.WriteString("DTSTART" + stamp(t))
			case 2:
				b.WriteString("DTEND" + stamp(t))
			case 3:
				b.WriteString("DUE" + stamp(t))
			case 4:
				b.WriteString("DURATION:" + rapid.SampledFrom([]string{"PT0S", "PT1H", "P1D", "-PT1H", "P400D", "x"}).Draw(t, "duration"))
			case 5:
				b.WriteString("RRULE:" + rapid.SampledFrom([]string{"FREQ=DAILY;COUNT=3", "FREQ=WEEKLY", "FREQ=YEARLY;UNTIL=20300101", "FREQ=X", "FREQ=MONTHLY;BYMONTHDAY=31"}).Draw(t, "rule"))
			case 6:
				b.WriteString("RDATE" + stamp(t))
			case 7:
				b.WriteString(rapid.SampledFrom([]string{"COMPLETED", "CREATED", "EXDATE"}).Draw(t, "when") + stamp(t))
			case 8:
				b.WriteString("SUMMARY;LANGUAGE=" + rapid.SampledFrom([]string{"de", "en"}).Draw(t, "language") + ":" + word(t))
			case 9:
				b.WriteString(rapid.SampledFrom([]string{"LOCATION:", "Description:", "X-ODD:", "CATEGORIES:"}).Draw(t, "text") + word(t))
			case 10:
				b.WriteString("FREEBUSY:20240101T000000Z/PT1H")
			case 11:
				if i > 0 {
					b.WriteString("RECURRENCE-ID" + stamp(t))
				} else {
					b.WriteString("STATUS:CANCELLED")
				}
			}
			b.WriteString("\r\n")
		}
		if rapid.Bool().Draw(t, "alarm") {
			b.WriteString("BEGIN:VALARM\r\nDESCRIPTION:" + word(t) + "\r\nTRIGGER" +
				rapid.SampledFrom([]string{":-PT10M", ";RELATED=END:PT1H", ";VALUE=DATE-TIME:20240202T000000Z", ":-P60D", ":x"}).Draw(t, "trigger") + "\r\nEND:VALARM\r\n")
		}
		fmt.Fprintf(&b, "END:%s\r\n", kind)
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.String()
}

// textFilter makes a text-match of either protocol.
func textFilter(t *rapid.T) string {
	var b strings.Builder
	b.WriteString("<C:text-match")
	if c := rapid.SampledFrom([]string{"", "i;ascii-casemap", "i;octet", "i;unicode-casemap", "default"}).Draw(t, "collation"); c != "" {
		fmt.Fprintf(&b, ` collation="%s"`, c)
	}
	if rapid.IntRange(0, 3).Draw(t, "negate") == 0 {
		b.WriteString(` negate-condition="yes"`)
	}
	if m := rapid.SampledFrom([]string{"", "equals", "contains", "starts-with", "ends-with"}).Draw(t, "match"); m != "" {
		fmt.Fprintf(&b, ` match-type="%s"`, m)
	}
	b.WriteString(">" + strings.ToValidUTF8(strings.ReplaceAll(word(t), "\\", ""), "") + "</C:text-match>")
	return b.String()
}

func rangeFilter(t *rapid.T) string {
	start := rapid.SampledFrom([]string{"", "20231231T000000Z", "20240101T000000Z", "20240131T120000Z", "20240310T073000Z", "20241231T235959Z"}).Draw(t, "start")
	end := rapid.SampledFrom([]string{"", "20250101T000000Z", "20270101T000000Z"}).Draw(t, "end")
	if start == "" && end == "" {
		end = "20240102T000000Z"
	}
	s := "<C:time-range"
	if start != "" {
		s += ` start="` + start + `"`
	}
	if end != "" {
		s += ` end="` + end + `"`
	}
	return s + "/>"
}

func propFilters(t *rapid.T) string {
	var b strings.Builder
	for range rapid.IntRange(0, 2).Draw(t, "prop-filters") {
		name := rapid.SampledFrom([]string{"SUMMARY", "LOCATION", "DESCRIPTION", "CATEGORIES", "X-ODD", "STATUS", "UID", "DTSTART"}).Draw(t, "name")
		fmt.Fprintf(&b, `<C:prop-filter name="%s">`, name)
		switch rapid.IntRange(0, 4).Draw(t, "test") {
		case 0:
			b.WriteString("<C:is-not-defined/>")
		case 1:
		case 2:
			if name == "DTSTART" {
				b.WriteString(rangeFilter(t))
				break
			}
			b.WriteString(textFilter(t) + `<C:param-filter name="LANGUAGE">` + rapid.SampledFrom([]string{"", "<C:is-not-defined/>", "<C:text-match>d</C:text-match>"}).Draw(t, "param") + `</C:param-filter>`)
		default:
			b.WriteString(textFilter(t))
		}
		b.WriteString("</C:prop-filter>")
	}
	return b.String()
}

func compFilterXML(t *rapid.T) string {
	var b strings.Builder
	for range rapid.IntRange(0, 2).Draw(t, "comp-filters") {
		kind := rapid.SampledFrom([]string{"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"}).Draw(t, "kind")
		if rapid.IntRange(0, 4).Draw(t, "absent") == 0 {
			b.WriteString(in(kind, "<C:is-not-defined/>"))
			continue
		}
		inner := propFilters(t)
		if rapid.Bool().Draw(t, "ranged") {
			inner += rangeFilter(t)
		}
		if kind == "VEVENT" || kind == "VTODO" {
			switch rapid.IntRange(0, 4).Draw(t, "alarm") {
			case 0:
				inner += in("VALARM", "<C:is-not-defined/>")
			case 1:
				inner += in("VALARM", rangeFilter(t)+propFilters(t))
			}
		}
		b.WriteString(in(kind, inner))
	}
	return "<C:filter>" + in("VCALENDAR", b.String()) + "</C:filter>"
}

// TestCalendarQueryKeepsMatches: what a filter matches, the query that an engine gets never drops.
func TestCalendarQueryKeepsMatches(t *testing.T) {
	matches := 0
	eastern, _ := ics.LookupZone("America/New_York")
	rapid.Check(t, func(rt *rapid.T) {
		body, filter := object(rt), compFilterXML(rt)
		f, err := parseCalendarFilter(mustXML(t, davxml.CalDAV, filter))
		if err != nil {
			rt.Fatalf("%v in %s", err, filter)
		}
		cal, err := ics.Parse([]byte(body))
		if err != nil {
			rt.Fatalf("%v in %q", err, body)
		}
		zone := rapid.SampledFrom([]*ics.Zone{nil, eastern}).Draw(rt, "zone")
		if !f.Match(cal, zone) {
			return
		}
		matches++
		if q := f.Query(); !keepsCalendar(q, cal) {
			rt.Fatalf("matches and is not kept by %+v:\n%s\n%s", q, body, filter)
		}
	})
	if matches == 0 {
		t.Error("nothing ever matched")
	}
}

// TestCardQueryKeepsMatches is the same of cards.
func TestCardQueryKeepsMatches(t *testing.T) {
	matches := 0
	rapid.Check(t, func(rt *rapid.T) {
		names := []string{"FN", "N", "NICKNAME", "EMAIL", "item1.TEL", "TEL", "X-ODD", "ORG"}
		var body strings.Builder
		body.WriteString("BEGIN:VCARD\r\nVERSION:3.0\r\n")
		for range rapid.IntRange(0, 5).Draw(rt, "lines") {
			sep := rapid.SampledFrom([]string{"", ";", ","}).Draw(rt, "separator")
			fmt.Fprintf(&body, "%s;LANGUAGE=de:%s%s%s\r\n", rapid.SampledFrom(names).Draw(rt, "name"), word(rt), sep, word(rt))
		}
		body.WriteString("END:VCARD\r\n")
		test := func() string {
			return rapid.SampledFrom([]string{"", ` test="allof"`, ` test="anyof"`}).Draw(rt, "test")
		}
		filter := "<C:filter" + test() + ">"
		for range rapid.IntRange(0, 3).Draw(rt, "prop-filters") {
			filter += `<C:prop-filter name="` + rapid.SampledFrom(names).Draw(rt, "wanted") + `"` + test() + ">"
			if rapid.IntRange(0, 5).Draw(rt, "absent") == 0 {
				filter += "<C:is-not-defined/></C:prop-filter>"
				continue
			}
			for range rapid.IntRange(0, 2).Draw(rt, "texts") {
				filter += textFilter(rt)
			}
			if rapid.IntRange(0, 3).Draw(rt, "param") == 0 {
				filter += `<C:param-filter name="LANGUAGE">` + textFilter(rt) + `</C:param-filter>`
			}
			filter += "</C:prop-filter>"
		}
		filter += "</C:filter>"
		f, err := parseCardFilter(mustXML(t, davxml.CardDAV, filter))
		if err != nil {
			rt.Fatalf("%v in %s", err, filter)
		}
		if !f.Match(mustCard(t, body.String())) {
			return
		}
		matches++
		if q := f.Query(); !keepsCard(t, q, body.String()) {
			rt.Fatalf("matches and is not kept by %+v:\n%q\n%s", q, body.String(), filter)
		}
	})
	if matches == 0 {
		t.Error("nothing ever matched")
	}
}
