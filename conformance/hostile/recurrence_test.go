package hostile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"daycairn/conformance/wire"
)

// numbers from 0 or 1 as a BY part has them.
func numbers(from, to int) string {
	return listOf(to-from+1, ",", func(i int) string { return fmt.Sprint(from + i) })
}

// days lists n dates that are step days apart, from a year on.
func days(year, n, step int) string {
	first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	return listOf(n, ",", func(i int) string { return first.AddDate(0, 0, i*step).Format("20060102") })
}

// seconds lists n times that are a second apart.
func seconds(n int) string {
	first := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	return listOf(n, ",", func(i int) string { return first.Add(time.Duration(i) * time.Second).Format("20060102T150405Z") })
}

const (
	since1970 = "DTSTART:19700101T000000Z"
	since2025 = "DTSTART:20250101T000000Z"
	allTimes  = ";BYHOUR=%s;BYMINUTE=%s;BYSECOND=%s"
)

// recurrenceBombs are objects that are legal to send and senseless to compute. Each must be taken, kept as it is, and
// answer every question in bounded time.
var recurrenceBombs = []struct {
	name  string
	lines func() []string
}{
	{"secondly", lines(since1970, "RRULE:FREQ=SECONDLY")},
	{"secondly with a length", lines(since1970, "DURATION:PT1S", "RRULE:FREQ=SECONDLY;INTERVAL=2")},
	{"count of 2^31", lines(since1970, "RRULE:FREQ=SECONDLY;COUNT=2147483648")},
	{"count of 2^63", lines(since1970, "RRULE:FREQ=SECONDLY;COUNT=9223372036854775808")},
	{"interval of 2^63", lines(since1970, "RRULE:FREQ=DAILY;INTERVAL=9223372036854775807")},
	{"until 9999", lines(since1970, "RRULE:FREQ=MINUTELY;UNTIL=99991231T235959Z")},
	{"every BY part", func() []string {
		return []string{since1970, "RRULE:FREQ=YEARLY;BYMONTH=" + numbers(1, 12) + ";BYMONTHDAY=" + numbers(1, 31) +
			fmt.Sprintf(allTimes, numbers(0, 23), numbers(0, 59), numbers(0, 59))}
	}},
	{"set position in a year of seconds", func() []string {
		return []string{since1970, "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-1,366" +
			fmt.Sprintf(allTimes, numbers(0, 23), numbers(0, 59), numbers(0, 59))}
	}},
	{"30 February", lines(since1970, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")},
	{"30 February by the second", lines(since1970, "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5")},
	{"week 53 of month 6", lines(since1970, "RRULE:FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;BYYEARDAY=-366")},
	{"all excluded", lines(since1970, "RRULE:FREQ=SECONDLY", "EXRULE:FREQ=SECONDLY")},
	{"64 rules", func() []string {
		return []string{since1970, strings.Repeat("RRULE:FREQ=SECONDLY;BYSECOND=1\r\n", 32) +
			strings.TrimSuffix(strings.Repeat("EXRULE:FREQ=SECONDLY;BYSECOND=1\r\n", 32), "\r\n")}
	}},
	{"100,000 RDATEs", func() []string { return []string{since2025, "RDATE:" + seconds(100_000)} }},
	{"100,000 EXDATEs", func() []string { return []string{since2025, "RRULE:FREQ=SECONDLY", "EXDATE:" + seconds(100_000)} }},
	{"year 1", lines("DTSTART:00010101T000000", "RRULE:FREQ=SECONDLY")},
	{"year 9999", lines("DTSTART:99991231T235959Z", "DURATION:P10000W", "RRULE:FREQ=YEARLY")},
	{"longest duration", lines(since1970, "DURATION:P99999999999999999999W", "RRULE:FREQ=DAILY")},
	{"unknown calendar", lines(since1970, "RRULE:RSCALE=HEBREW;FREQ=YEARLY")},
	{"rule of 1 MiB", func() []string {
		return []string{since1970, "RRULE:FREQ=DAILY;BYMONTHDAY=" + strings.Repeat("1,", 1<<19) + "1"}
	}},
	{"20,000 alarms", func() []string {
		return []string{since1970, "RRULE:FREQ=SECONDLY;COUNT=100000;BYSECOND=1,3",
			strings.TrimSuffix(strings.Repeat("BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nREPEAT:9999\r\nDURATION:PT1S\r\nEND:VALARM\r\n", 20_000), "\r\n")}
	}},
}

func lines(l ...string) func() []string { return func() []string { return l } }

// overrides are bombs of more than one component.
func overrides(n int) string {
	one := func(i int) string {
		at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Second).Format("20060102T150405Z")
		return "BEGIN:VEVENT\r\nUID:overrides\r\nDTSTAMP:20250101T000000Z\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:" + at +
			"\r\nDTSTART:" + at + "\r\nEND:VEVENT\r\n"
	}
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//hostile//EN\r\nBEGIN:VEVENT\r\nUID:overrides\r\nDTSTAMP:20250101T000000Z\r\n" +
		since2025 + "\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n" + listOf(n, "", one) + "END:VCALENDAR\r\n"
}

// zoneBomb is a VTIMEZONE whose onsets nobody could count.
func zoneBomb(n int, rule string) string {
	return "BEGIN:VTIMEZONE\r\nTZID:Evil\r\n" + listOf(n, "", func(i int) string {
		return fmt.Sprintf("BEGIN:STANDARD\r\nDTSTART:%04d0101T000000\r\nTZOFFSETFROM:+0%d00\r\nTZOFFSETTO:-0%d00\r\n%sEND:STANDARD\r\n",
			1000+i%9000, i%10, (i+3)%10, rule)
	}) + "END:VTIMEZONE\r\n"
}

// calendarOf puts components into a VCALENDAR.
func calendarOf(components string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//hostile//EN\r\n" + components + "END:VCALENDAR\r\n"
}

// timeRanges are what the bombs are asked for.
var timeRanges = []struct{ name, attributes string }{
	{"a day", `start="20250101T000000Z" end="20250102T000000Z"`},
	{"ten years", `start="20250101T000000Z" end="20341231T000000Z"`},
	{"all time", `start="00010102T000000Z" end="99991231T235959Z"`},
	{"from the last year", `start="99991231T000000Z"`},
	{"to the first year", `end="00010103T000000Z"`},
	{"a day long gone", `start="00120101T000000Z" end="00120102T000000Z"`},
}

// timeQuestions take a time range; each is asked with each.
var timeQuestions = []struct {
	name, body string
	status     []int
}{
	{"time-range", `<C:calendar-query` + xmlns + `><D:prop><D:getetag/></D:prop>` + eventFilter + `</C:calendar-query>`, []int{207}},
	{"alarm", `<C:calendar-query` + xmlns + `><D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:comp-filter name="VALARM"><C:time-range RANGE/></C:comp-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`, []int{207}},
	{"expand", `<C:calendar-query` + xmlns + `><D:prop><C:calendar-data><C:expand RANGE/></C:calendar-data></D:prop>` + eventFilter + `</C:calendar-query>`, []int{207, 400, 403}},
	{"limit-recurrence-set", `<C:calendar-query` + xmlns + `><D:prop><C:calendar-data><C:limit-recurrence-set RANGE/></C:calendar-data></D:prop>` + eventFilter + `</C:calendar-query>`, []int{207, 400}},
	{"free-busy", `<C:free-busy-query` + xmlns + `><C:time-range RANGE/></C:free-busy-query>`, []int{200, 400, 403}},
}

const eventFilter = `<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range RANGE/></C:comp-filter></C:comp-filter></C:filter>`

// TestRecurrence stores bombs, gets each back byte for byte, and asks each question of all of them at once.
func TestRecurrence(t *testing.T) {
	l := newLab(t)
	store := func(name, body string) {
		t.Run(name, func(t *testing.T) {
			at := l.mallory.Calendar + strings.ReplaceAll(name, " ", "-") + ".ics"
			l.run(t, attack{method: "PUT", target: at, header: header("Content-Type", "text/calendar"), body: text(body), status: []int{201}})
			if got := l.do(t, wire.Request{Method: "GET", Target: at}); string(got.Body) != body {
				t.Errorf("GET gives %d bytes, %d were stored", len(got.Body), len(body))
			}
		})
	}
	for i, b := range recurrenceBombs {
		store(b.name, event(fmt.Sprintf("bomb-%d", i), b.lines()...))
	}
	store("20,000 overrides", overrides(20_000))
	store("2,000 zone rules", strings.Replace(event("zone", "DTSTART;TZID=Evil:20250101T000000", "RRULE:FREQ=DAILY"),
		"BEGIN:VEVENT", zoneBomb(2000, "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n")+"BEGIN:VEVENT", 1))
	for _, q := range timeQuestions {
		for _, r := range timeRanges {
			t.Run(q.name+" in "+r.name, func(t *testing.T) {
				l.run(t, attack{
					method: "REPORT", header: header("Depth", "1"), status: q.status, cpu: 4 * time.Second, memory: 256,
					body: text(strings.ReplaceAll(q.body, "RANGE", r.attributes)),
				})
			})
		}
	}
	l.check(t)
}
