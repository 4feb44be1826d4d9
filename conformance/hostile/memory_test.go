package hostile

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"daycairn/conformance/wire"
)

// manyAlarms are VALARMs without an end of them.
func manyAlarms(n int) string {
	return strings.TrimSuffix(strings.Repeat("BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n", n), "\r\n")
}

// TestProducts stores objects whose parts are harmless and whose product is not: every alarm at every date, every override
// of every rule. The cost must be that of a sum.
func TestProducts(t *testing.T) {
	l := newLab(t)
	put := func(name string, body func() string) attack {
		return attack{
			name: name, method: "PUT", target: l.mallory.Calendar + strings.ReplaceAll(name, " ", "-") + ".ics", body: body,
			header: header("Content-Type", "text/calendar"), status: []int{201, 403}, memory: 192, cpu: 2 * time.Second,
		}
	}
	l.runAll(t, []attack{
		put("alarms and dates", func() string {
			return event("alarms-dates", "DTSTART;VALUE=DATE:10000101", "RDATE;VALUE=DATE:"+days(1000, 150_000, 5), manyAlarms(20_000))
		}),
		put("alarms and rules", func() string {
			return event("alarms-rules", since2025, strings.TrimSuffix(strings.Repeat("RRULE:FREQ=SECONDLY;COUNT=100000;BYSECOND=1,3,5\r\n", 32), "\r\n"), manyAlarms(20_000))
		}),
		put("overrides and dates", func() string {
			return strings.Replace(overrides(10_000), "RRULE:FREQ=SECONDLY", "RDATE;VALUE=DATE:"+days(1000, 100_000, 5), 1)
		}),
		put("overrides with alarms and dates", func() string {
			b := strings.Replace(overrides(2000), "RRULE:FREQ=SECONDLY", "RDATE;VALUE=DATE:"+days(1000, 100_000, 5), 1)
			return strings.ReplaceAll(b, "END:VEVENT", manyAlarms(5)+"\r\nEND:VEVENT")
		}),
		put("exceptions and rules", func() string {
			return event("exceptions", since2025, strings.Repeat("RRULE:FREQ=SECONDLY\r\n", 31)+"RRULE:FREQ=SECONDLY", "EXDATE:"+seconds(100_000))
		}),
		put("zones and dates", func() string {
			return strings.Replace(event("zones", since2025, "RDATE;TZID=Evil:"+strings.ReplaceAll(seconds(100_000), "Z", "")),
				"BEGIN:VEVENT", zoneBomb(5000, "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=3\r\n")+"BEGIN:VEVENT", 1)
		}),
		put("parameters and values", func() string {
			return event("parameters", since2025, strings.TrimSuffix(strings.Repeat("X-A;"+strings.Repeat("B=C,D;", 200)+"E=F:x\r\n", 2000), "\r\n"))
		}),
	})
	for _, q := range timeQuestions {
		l.run(t, attack{
			method: "REPORT", header: header("Depth", "1"), status: q.status, memory: 256, cpu: 4 * time.Second,
			body: text(strings.ReplaceAll(q.body, "RANGE", timeRanges[1].attributes)),
		})
	}
	l.check(t)
}

// TestGrowth stores bodies that the server might make larger than they are, and lists what should be narrow.
func TestGrowth(t *testing.T) {
	l := newLab(t)
	calendar, vcard := header("Content-Type", "text/calendar"), header("Content-Type", "text/vcard")
	long := strings.Repeat("u", 4<<20)
	for i := range 6 {
		l.run(t, attack{method: "PUT", target: fmt.Sprintf("%suid%d.ics", l.mallory.Calendar, i), header: calendar, status: []int{201, 403}, body: text(event(fmt.Sprint(i, long), since2025))})
		l.run(t, attack{method: "PUT", target: fmt.Sprintf("%suid%d.vcf", l.mallory.Book, i), header: vcard, status: []int{201, 403}, body: text(card(fmt.Sprint(i, long)))})
	}
	wide := strings.Repeat("\ufdfa", 3_000_000) // each is eighteen characters when it is taken apart
	l.run(t, attack{method: "PUT", target: l.mallory.Calendar + "wide.ics", header: calendar, status: []int{201}, memory: 160, body: text(event("wide", since2025, "SUMMARY:"+wide))})
	l.run(t, attack{method: "PUT", target: l.mallory.Book + "wide.vcf", header: vcard, status: []int{201}, memory: 160, body: text(card("wide", "NOTE:"+wide))})
	for _, at := range []string{l.mallory.Calendar, l.mallory.Book} {
		for range 3 {
			l.run(t, attack{method: "PROPFIND", target: at, header: header("Depth", "1"), status: []int{207}, memory: 32, body: text("<D:propfind" + xmlns + "><D:prop><D:getetag/></D:prop></D:propfind>")})
		}
		l.run(t, attack{method: "REPORT", target: at, header: header("Depth", "0"), status: []int{207}, memory: 32, body: text(syncBody(""))})
	}
	l.run(t, attack{method: "REPORT", header: header("Depth", "1"), status: []int{207}, memory: 256, cpu: 3 * time.Second,
		body: queryOf(`<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match collation="i;unicode-casemap">é</C:text-match></C:prop-filter></C:comp-filter>`)})
	if a := l.put(t, l.mallory.Calendar+"twin.ics", event(fmt.Sprint(0, long), since2025)); a.Status != http.StatusForbidden {
		t.Errorf("a second item with a UID of 4 MiB: status %d, want 403", a.Status)
	}
	l.check(t)
}

// TestDeadProperties gives 40 items 5 MB of properties each. A listing that asks for them must not hold them all, and one
// that does not must not read them.
func TestDeadProperties(t *testing.T) {
	l := newLab(t)
	value := strings.Repeat("v", 200_000)
	for i := range 40 {
		at := fmt.Sprintf("%s%d.ics", l.mallory.Calendar, i)
		l.mustPut(t, at, "text/calendar", event(fmt.Sprint(i), since2025))
		for j := range 2 {
			l.do(t, wire.Request{Method: "PROPPATCH", Target: at, Body: []byte(update(listOf(12, "", func(k int) string {
				return fmt.Sprintf("<X:p%d-%d>%s</X:p%[1]d-%d>", j, k, value, k)
			}))())})
		}
	}
	one := func(method, inside string) attack {
		a := attack{name: method + " " + inside[:min(len(inside), 20)], method: method, header: header("Depth", "1"), status: []int{207}, memory: 96, cpu: 3 * time.Second}
		if method == "PROPFIND" {
			a.body = text("<D:propfind" + xmlns + ">" + inside + "</D:propfind>")
			return a
		}
		a.header, a.body = header("Depth", "0"), text("<D:sync-collection"+xmlns+"><D:sync-token/><D:sync-level>1</D:sync-level>"+inside+"</D:sync-collection>")
		return a
	}
	l.runAll(t, []attack{
		one("PROPFIND", "<D:prop><X:nothing/></D:prop>"), one("PROPFIND", "<D:prop><X:p0-0/></D:prop>"), one("PROPFIND", "<D:allprop/>"), one("PROPFIND", "<D:propname/>"),
		one("REPORT", "<D:prop><X:nothing/></D:prop>"), one("REPORT", "<D:prop><X:p1-3/></D:prop>"),
	})
}

// TestExpansion stores one event that nobody can expand beside others: the others are answered, and the answer is whole.
func TestExpansion(t *testing.T) {
	l := newLab(t)
	for i := range 30 {
		l.mustPut(t, fmt.Sprintf("%s%02d.ics", l.mallory.Calendar, i), "text/calendar", event(fmt.Sprint(i), since2025, "RRULE:FREQ=DAILY", "SUMMARY:harmless"))
	}
	l.mustPut(t, l.mallory.Calendar+"15b.ics", "text/calendar", event("bomb", since2025, "RRULE:FREQ=SECONDLY", "SUMMARY:bomb"))
	l.mustPut(t, l.mallory.Calendar+"16b.ics", "text/calendar", event("large", since2025, "RRULE:FREQ=DAILY", "DESCRIPTION:"+strings.Repeat("d", 64<<10)))
	a := l.run(t, attack{
		method: "REPORT", header: header("Depth", "1"), status: []int{207}, memory: 160, cpu: 3 * time.Second,
		body: text(strings.ReplaceAll(timeQuestions[2].body, "RANGE", timeRanges[1].attributes)),
	})
	if _, err := a.Multistatus(); err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		if !strings.Contains(string(a.Body), fmt.Sprintf("/%02d.ics", i)) {
			t.Errorf("item %d is not in the answer", i)
		}
	}
	if n := strings.Count(string(a.Body), "SUMMARY:harmless"); n < 30*3000 {
		t.Errorf("%d instances of the harmless events, want ten years of 30", n)
	}
	l.check(t)
}
