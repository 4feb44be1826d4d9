package hostile

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"daycairn/conformance/wire"
)

// update is a PROPPATCH that sets properties.
func update(properties string) func() string {
	return func() string {
		return "<D:propertyupdate" + xmlns + "><D:set><D:prop>" + properties + "</D:prop></D:set></D:propertyupdate>"
	}
}

// hostileZones are values of CALDAV:calendar-timezone, and of what a query brings with it.
var hostileZones = []struct {
	name string
	zone func() string
	ok   bool // is one that can be understood: it may be kept
}{
	{"no iCalendar", text("Europe/Berlin"), false},
	{"no VTIMEZONE", text(calendarOf("")), false},
	{"two VTIMEZONEs", text(calendarOf(zoneBomb(1, "") + strings.ReplaceAll(zoneBomb(1, ""), "Evil", "Twin"))), false},
	{"an event", text(event("x", since2025)), false},
	{"nested 100,000 deep", text(strings.Repeat("BEGIN:VCALENDAR\n", 100_000)), false},
	{"not ended", text("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\n"), false},
	{"1,000 endless rules", text(calendarOf(zoneBomb(1000, "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n"))), true},
	{"1,000 rules by the second", text(calendarOf(zoneBomb(1000, "RRULE:FREQ=SECONDLY\r\n"))), true},
	{"10,000 onsets", text(calendarOf("BEGIN:VTIMEZONE\r\nTZID:Evil\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRDATE:" +
		strings.ReplaceAll(days(1000, 10_000, 1), ",", "T000000,") + "T000000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n")), true},
	{"offsets of a year", text(calendarOf("BEGIN:VTIMEZONE\r\nTZID:Evil\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+999999\r\nTZOFFSETTO:-999999\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n")), true},
}

// TestTimeZones sets them on a calendar, gives them to queries, and asks what floating times are in them.
func TestTimeZones(t *testing.T) {
	l := newLab(t)
	for i := range 200 {
		l.mustPut(t, fmt.Sprintf("%s%d.ics", l.mallory.Calendar, i), "text/calendar", event(fmt.Sprint(i), "DTSTART:20250101T000000", "RRULE:FREQ=DAILY"))
	}
	query := "<C:calendar-query" + xmlns + "><D:prop><D:getetag/></D:prop>" + strings.ReplaceAll(eventFilter, "RANGE", timeRanges[0].attributes)
	for _, z := range hostileZones {
		t.Run(z.name, func(t *testing.T) {
			set := l.run(t, attack{method: "PROPPATCH", status: []int{207}, body: update("<C:calendar-timezone>" + z.zone() + "</C:calendar-timezone>")})
			if taken := strings.Contains(string(set.Body), "200 OK"); taken && !z.ok {
				t.Errorf("taken as a calendar's zone: %s", set.Body)
			}
			status := []int{403}
			if z.ok {
				status = []int{207, 403}
			}
			l.run(t, attack{method: "REPORT", header: header("Depth", "1"), status: status, body: text(query + "<C:timezone>" + z.zone() + "</C:timezone></C:calendar-query>")})
			l.run(t, attack{method: "REPORT", header: header("Depth", "1"), status: []int{207}, body: text(query + "</C:calendar-query>")})
			l.run(t, attack{method: "PROPFIND", header: header("Depth", "0"), status: []int{207}, body: text("<D:propfind" + xmlns + "><D:prop><C:calendar-timezone/><C:calendar-timezone-id/></D:prop></D:propfind>")})
		})
	}
	l.check(t)
}

// TestProperties sets far too many, far too large and senseless ones. What is refused leaves nothing.
func TestProperties(t *testing.T) {
	l := newLab(t)
	many := func(n int) string { return counted(n, "<X:p%d>v</X:p%[1]d>") }
	refusedOr207 := []int{207, 400, 403, 413, 507}
	item := l.mallory.Calendar + "item.ics"
	l.mustPut(t, item, "text/calendar", event("item", since2025))
	for _, at := range []string{l.mallory.Calendar, l.mallory.CalHome, l.mallory.Principal, item} {
		for name, body := range map[string]func() string{
			"10,000":           update(many(10_000)),
			"100,000":          update(many(100_000)),
			"1 MiB":            update("<X:large>" + strings.Repeat("v", 1<<20) + "</X:large>"),
			"deep":             update("<X:deep>" + strings.Repeat("<X:d>", 60) + strings.Repeat("</X:d>", 60) + "</X:deep>"),
			"no namespace":     update(`<none xmlns="">v</none>`),
			"protected":        update("<D:resourcetype/><D:getetag>x</D:getetag><D:sync-token>x</D:sync-token><D:owner/><D:acl/><D:resource-id/>"),
			"a long namespace": update(`<n:a xmlns:n="urn:` + strings.Repeat("n", 30_000) + `">v</n:a>`),
			"same 1,000 times": update(strings.Repeat("<X:same>v</X:same>", 1000)),
		} {
			a := l.run(t, attack{method: "PROPPATCH", target: at, status: refusedOr207, body: body})
			if name == "protected" && !strings.Contains(string(a.Body), "403 Forbidden") {
				t.Errorf("PROPPATCH of protected properties of %s: %s", at, a.Body)
			}
		}
	}
	l.fill(t, item)
	l.run(t, attack{method: "PROPFIND", target: item, header: header("Depth", "0"), status: []int{207}, memory: 256})
	for _, extra := range []string{many(10_000), "<X:large>" + strings.Repeat("v", 1<<20) + "</X:large>", "<D:getetag>x</D:getetag>", "<C:calendar-timezone>x</C:calendar-timezone>"} {
		at := l.mallory.CalHome + "new/"
		l.run(t, attack{method: "MKCALENDAR", target: at, status: []int{207, 400, 403, 413, 507},
			body: text("<C:mkcalendar" + xmlns + "><D:set><D:prop><D:displayname>new</D:displayname>" + extra + "</D:prop></D:set></C:mkcalendar>")})
		if a := l.do(t, wire.Request{Method: "PROPFIND", Target: at, Header: header("Depth", "0")}); a.Status != http.StatusNotFound {
			t.Errorf("a calendar was made in spite of its properties: %.100s", extra)
		}
	}
	l.check(t)
}

// fill sets properties of an item until no more are taken, which must come soon.
func (l *lab) fill(t *testing.T, item string) {
	t.Helper()
	for i := range 100 {
		a := l.do(t, wire.Request{Method: "PROPPATCH", Target: item, Body: []byte(update(listOf(10, "", func(j int) string {
			return fmt.Sprintf("<X:fill-%d-%d>%s</X:fill-%[1]d-%d>", i, j, strings.Repeat("v", 100_000), j)
		}))())})
		if a.Status == http.StatusInsufficientStorage || strings.Contains(string(a.Body), "507 ") || strings.Contains(string(a.Body), "403 ") {
			return
		}
		if a.Status != http.StatusMultiStatus {
			t.Fatalf("PROPPATCH: status %d: %.200s", a.Status, a.Body)
		}
	}
	t.Error("properties of 100 MB were taken for one item")
}
