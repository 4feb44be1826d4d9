package ics

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// manyDates are n hourly times from 2000 on, separated by commas.
func manyDates(n int) string {
	b := make([]byte, 0, n*17)
	for i := range n {
		b = append(appendUTC(b, int64(946684800+i*3600)), ',')
	}
	return string(b[:len(b)-1])
}

// bombs are objects that a person would not make, and which must not cost more than others.
var bombs = map[string]func() string{
	"secondly from 1970": func() string { return event("DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY") },
	"count of 2^31":      func() string { return event("DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY;COUNT=2147483648") },
	"weekdays, count 2^31": func() string {
		return event("DTSTART:19700101T000000Z", "RRULE:FREQ=DAILY;BYDAY=MO,TU;COUNT=2147483648")
	},
	"mondays, secondly": func() string {
		return event("DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY;BYDAY=MO;COUNT=2147483648")
	},
	"until 9999":           func() string { return event("DTSTART:00010101T000000Z", "RRULE:FREQ=MINUTELY;UNTIL=99991231T235959Z") },
	"february 30":          func() string { return event("DTSTART:00010101T000000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30") },
	"february 30, monthly": func() string { return event("DTSTART:00010101T000000Z", "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30") },
	"february 30, secondly": func() string {
		return event("DTSTART:00010101T000000Z", "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30")
	},
	"an hour that never comes": func() string { return event("DTSTART:19700101T040000Z", "RRULE:FREQ=SECONDLY;INTERVAL=86400;BYHOUR=5") },
	"a position that never comes": func() string {
		return event("DTSTART:19700101T040000Z", "RRULE:FREQ=DAILY;BYSETPOS=2")
	},
	"every second of every day of the year": func() string {
		return event("DTSTART:19700101T000000Z", "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR="+
			numbers(24)+";BYMINUTE="+numbers(60)+";BYSECOND="+numbers(60))
	},
	"all of that by position": func() string {
		return event("DTSTART:19700101T000000Z", "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR="+
			numbers(24)+";BYMINUTE="+numbers(60)+";BYSECOND="+numbers(60)+";BYSETPOS=-1,-2,-3,1,2,3")
	},
	"many rules": func() string {
		return event("DTSTART:19700101T000000Z", strings.Repeat("RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n", 1000)+"X:Y")
	},
	"all excluded": func() string { return event("DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY", "EXRULE:FREQ=SECONDLY") },
	"10^5 dates":   func() string { return event("DTSTART:20000101T000000Z", "RDATE:"+manyDates(100000)) },
	"10^5 exceptions": func() string {
		return event("DTSTART:20000101T000000Z", "RRULE:FREQ=HOURLY", "EXDATE:"+manyDates(100000))
	},
	"an endless alarm": func() string {
		return event("DTSTART:20000101T000000Z", "RRULE:FREQ=SECONDLY", "BEGIN:VALARM", "TRIGGER:-P9999W", "REPEAT:2147483647", "DURATION:P9999W", "END:VALARM")
	},
	"a ten-year event": func() string { return event("DTSTART:20000101T000000Z", "DURATION:P3650D", "RRULE:FREQ=SECONDLY") },
	"a zone that never rests": func() string {
		obs := "BEGIN:STANDARD\r\nDTSTART:00010101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=DAILY\r\nEND:STANDARD\r\n"
		zones := ""
		for i := range 50 {
			zones += fmt.Sprintf("BEGIN:VTIMEZONE\r\nTZID:Z%d\r\n%sEND:VTIMEZONE\r\n", i, strings.Repeat(obs, 100))
		}
		lines := ""
		for i := range 50 {
			lines += fmt.Sprintf("RDATE;TZID=Z%d:20200101T000000,99980101T000000,00020101T000000\r\n", i)
		}
		return strings.Replace(event("DTSTART;TZID=Z0:20000101T000000", lines+"X:Y"), "BEGIN:VEVENT", zones+"BEGIN:VEVENT", 1)
	},
	"ranges over rules and dates": func() string {
		var b strings.Builder
		b.WriteString("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20000101T000000Z\r\n")
		for range maxRules {
			b.WriteString("RRULE:FREQ=YEARLY;COUNT=1000000;BYDAY=1MO;BYHOUR=" + numbers(24) + ";BYMINUTE=" + numbers(60) + ";BYSECOND=" + numbers(60) + "\r\n")
		}
		b.WriteString("RDATE:" + manyDates(20000) + "\r\nEND:VEVENT\r\n")
		for i := range 5000 {
			fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:%s\r\nDTSTART:20010101T000000Z\r\nEND:VEVENT\r\n",
				appendUTC(nil, int64(946684800+i*86400)))
		}
		return b.String() + "END:VCALENDAR\r\n"
	},
	"ranges over ranges": func() string {
		var b strings.Builder
		b.WriteString("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20000101T000000Z\r\nRRULE:FREQ=MINUTELY\r\nEND:VEVENT\r\n")
		for i := range 2000 {
			fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:%s\r\nDTSTART:20010101T000000Z\r\nEND:VEVENT\r\n",
				appendUTC(nil, int64(946684800+i*86400)))
		}
		return b.String() + "END:VCALENDAR\r\n"
	},
}

func numbers(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint(i)
	}
	return strings.Join(list, ",")
}

// patience is what one question about one object may take. The target is 10 ms; machines that run
// tests are slow and shared.
const patience = 500 * time.Millisecond

func TestBombs(t *testing.T) {
	floating, _ := LookupZone("Europe/Berlin")
	windows := []Window{
		{time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC)},
		{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)},
		{Start: time.Date(9990, 1, 1, 0, 0, 0, 0, time.UTC)},
		{End: time.Date(10, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
	for name, make := range bombs {
		body := make()
		cal := mustParse(t, body)
		timed := func(what string, do func()) {
			began := time.Now()
			do()
			if took := time.Since(began); took > patience {
				t.Errorf("%s: %s takes %v", name, what, took)
			} else if testing.Verbose() && took > 5*time.Millisecond {
				t.Logf("%s: %s takes %v", name, what, took)
			}
		}
		timed("spans", func() { cal.Spans() })
		for _, w := range windows {
			timed("overlap", func() {
				for comp := range cal.Components() {
					cal.Overlaps(comp, w, floating)
					for _, alarm := range comp.Children {
						cal.Overlaps(alarm, w, floating)
					}
				}
			})
			timed("expand", func() {
				_, err := cal.Expand(w, floating, Limit{})
				if many := (ErrTooMany{}); err != nil && !errors.Is(err, ErrBudget) && !errors.As(err, &many) {
					t.Errorf("%s: %v", name, err)
				}
			})
			timed("busy", func() {
				if _, err := cal.Busy(w, floating); err != nil && !errors.Is(err, ErrBudget) {
					t.Errorf("%s: %v", name, err)
				}
			})
			timed("limit", func() { cal.LimitRecurrenceSet(w, floating) })
		}
	}
}
