package ics

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// products are objects that say two things many times, so that who looks at each of one for each of
// the other spends the product of both. Each is small enough to be stored.
var products = map[string]func() string{
	"alarms and dates": func() string {
		return event("DTSTART;VALUE=DATE:10000101", "RDATE:"+sparseDates(20000), strings.Repeat("BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n", 1000)+"X:Y")
	},
	"alarms, dates and a rule that we do not know": func() string {
		return event("DTSTART;VALUE=DATE:10000101", "RRULE:FREQ=FORTNIGHTLY", "RDATE:"+sparseDates(20000),
			strings.Repeat("BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n", 1000)+"X:Y")
	},
	"alarms and counts": func() string {
		return event("DTSTART:20000101T000000Z", "RRULE:FREQ=DAILY;BYDAY=MO,TU;COUNT=20000",
			strings.Repeat("BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n", 1000)+"X:Y")
	},
	"masters and their seconds": func() string {
		rule := "RRULE:FREQ=DAILY;COUNT=9;BYHOUR=" + numbers(24) + ";BYMINUTE=" + numbers(60) + ";BYSECOND=" + numbers(60) + "\r\n"
		return calendarOf(strings.Repeat("BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20250101T000000Z\r\n"+rule+"END:VEVENT\r\n", 2000))
	},
	"instances and exceptions without any": func() string {
		return event("DTSTART:20200101T000000Z", "RRULE:FREQ=DAILY", strings.Repeat("EXDATE:\r\n", 100000)+"X:Y")
	},
	"starts and no recurrence id": func() string {
		return event("RRULE:FREQ=DAILY", strings.Repeat("DTSTART:20240101T000000Z\r\n", 20000)+"X:Y")
	},
	"busy periods": func() string {
		return calendarOf("BEGIN:VFREEBUSY\r\nUID:1\r\n" + strings.Repeat("FREEBUSY:20250101T000000Z/PT1H,20260101T000000Z/PT1H\r\n", 50000) + "END:VFREEBUSY\r\n")
	},
	"overrides and alarms": func() string {
		var b strings.Builder
		b.WriteString("BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20000101T000000Z\r\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\nEND:VEVENT\r\n")
		for i := range 500 {
			fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:%s\r\nDTSTART:20010101T000000Z\r\n"+
				"BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\n", appendUTC(nil, int64(946684800+i*86400)))
		}
		return calendarOf(b.String())
	},
}

func calendarOf(components string) string {
	return "BEGIN:VCALENDAR\r\n" + components + "END:VCALENDAR\r\n"
}

// sparseDates are n dates, five days apart, separated by commas.
func sparseDates(n int) string {
	b := make([]byte, 0, n*9)
	for i := range n {
		b = append(appendDate(b, minCivil+int64(i*5)*daySeconds), ',')
	}
	return string(b[:len(b)-1])
}

// allocated is how many bytes do allocates, whether or not it keeps them.
func allocated(do func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// What a question allocates grows with the object, or with the answer that it may give, and with
// nothing else.
func TestProductsTakeBoundedMemory(t *testing.T) {
	wide := Window{time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
	far := Window{time.Date(9990, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9990, 1, 2, 0, 0, 0, 0, time.UTC)}
	for name, make := range products {
		body := make()
		limit := 4<<20 + 60*len(body)
		questions := map[string]func(*Calendar){
			"spans":  func(c *Calendar) { c.Spans() },
			"busy":   func(c *Calendar) { c.Busy(wide, nil) },
			"expand": func(c *Calendar) { c.Expand(wide, nil, Limit{Bytes: 1 << 20}) },
			"limit":  func(c *Calendar) { c.LimitRecurrenceSet(far, nil) },
			"filter": func(c *Calendar) {
				for _, comp := range c.Root.Children {
					for _, alarm := range comp.Children {
						c.Overlaps(alarm, far, nil)
						c.Overlaps(comp, wide, nil)
					}
				}
			},
		}
		for what, ask := range questions {
			cal := mustParse(t, body)
			if got := allocated(func() { ask(cal) }); got > limit {
				t.Errorf("%s: %s allocates %d KiB for a body of %d KiB, want at most %d", name, what, got>>10, len(body)>>10, limit>>10)
			}
		}
	}
}

// What is written twice is looked at twice, not each of one for each of the other: eight times the
// source takes eight times as long where time is linear and 64 times where it is not.
func TestProductsTakeLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	day := Window{time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)}
	for name, c := range map[string]struct {
		make func(n int) string
		ask  func(*Calendar)
	}{
		"starts and no recurrence id": {
			func(n int) string {
				return event("RRULE:FREQ=DAILY", strings.Repeat("DTSTART:20200101T000000Z\r\n", n)+"X:Y")
			},
			func(c *Calendar) { c.Expand(day, nil, Limit{}) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			const small, times, tooMuch = 1000, 8, 32
			var ratio float64
			for range 3 {
				ratio = float64(fastestAnswer(t, c.make(small*times), c.ask)) / float64(fastestAnswer(t, c.make(small), c.ask))
				if ratio < tooMuch {
					return
				}
			}
			t.Errorf("%d times the source takes %.0f times as long", times, ratio)
		})
	}
}

func fastestAnswer(t *testing.T, body string, ask func(*Calendar)) time.Duration {
	best := time.Hour
	for range 3 {
		cal := mustParse(t, body)
		began := time.Now()
		ask(cal)
		best = min(best, time.Since(began))
	}
	return best
}

// All ranges of one filter share a budget, so that asking alternately for two does not renew it.
func TestFilterHasOneBudget(t *testing.T) {
	cal := mustParse(t, event("DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"))
	comp := cal.Root.Children[0]
	for i := range 100 {
		start := time.Date(2000+i, 1, 1, 0, 0, 0, 0, time.UTC)
		cal.Overlaps(comp, Window{start, start.AddDate(0, 0, 1)}, nil)
	}
	if most := maxSteps + 100*(maxRules+2); -cal.filter.steps.left > most-maxSteps {
		t.Errorf("%d steps beyond the budget", -cal.filter.steps.left)
	}
	for range maxAsks {
		cal.Overlaps(comp, Window{End: time.Unix(0, 0)}, nil)
	}
	if !cal.Overlaps(cal.Root, Window{End: time.Unix(1, 0)}, nil) {
		t.Error("what is asked beyond the bound is not taken for possible")
	}
}

// A rule with all numbers that there are takes more of its budget for each period.
func TestCrowdedRulesTakeMoreSteps(t *testing.T) {
	var weeks []string
	for n := range 53 {
		weeks = append(weeks, fmt.Sprint(n+1), fmt.Sprint(-n-1))
	}
	for value, most := range map[string]int64{
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYWEEKNO=" + strings.Join(weeks, ","): maxSteps / 100,
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYSETPOS=" + numbers(366):             maxSteps / 40,
	} {
		r := parseRule([]byte(value))
		r.settle(0, false)
		it := r.iterate(0, 0, maxCivil, newBudget())
		if _, ok := it.next(); ok || it.k > most {
			t.Errorf("%.60s: %d periods for one budget, want at most %d", value, it.k, most)
		}
	}
}

// An expansion takes a small multiple of its limit, however large the object is that it repeats.
func TestExpansionIsBounded(t *testing.T) {
	body := event("DTSTART:20240101T090000Z", "RRULE:FREQ=DAILY", "DESCRIPTION:"+strings.Repeat("x", 16<<10))
	w := Window{time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2034, 1, 1, 0, 0, 0, 0, time.UTC)}
	cal := mustParse(t, body)
	var err error
	got := allocated(func() { _, err = cal.Expand(w, nil, Limit{Instances: 10000}) })
	if got > 3*defaultExpansion {
		t.Errorf("allocates %d KiB", got>>10)
	}
	if many := (ErrTooMany{}); !errors.As(err, &many) {
		t.Errorf("3653 instances of 16 KiB: %v", err)
	}
	w.End = w.Start.AddDate(0, 0, 1)
	large := mustParse(t, event("DTSTART:20240101T090000Z", "RRULE:FREQ=DAILY", "ATTACH:"+strings.Repeat("x", defaultExpansion+1)))
	if one, err := large.Expand(w, nil, Limit{}); err != nil || len(one) < defaultExpansion {
		t.Errorf("one instance of an object beyond the limit: %d bytes, %v", len(one), err)
	}
}
