package ics

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// expansions are events and what the first and the other instances' lines become.
var expansions = []struct{ name, lines, window, want string }{
	{"dates stay dates", "DTSTART;VALUE=DATE:20240101|DTEND;VALUE=DATE:20240103|RRULE:FREQ=WEEKLY", "20240108T000000Z/20240109T000000Z",
		"DTSTART;VALUE=DATE:20240108|RECURRENCE-ID;VALUE=DATE:20240108|DTEND;VALUE=DATE:20240110"},
	{"floating times float", "DTSTART:20240101T090000|DTEND:20240101T100000|RRULE:FREQ=DAILY", "20240702T000000Z/20240703T000000Z",
		"DTSTART:20240702T090000|RECURRENCE-ID:20240702T090000|DTEND:20240702T100000"},
	{"the initial instance has no id", "DTSTART;TZID=Europe/Berlin:20240101T090000|RRULE:FREQ=DAILY", "20240101T000000Z/20240102T000000Z",
		"DTSTART:20240101T080000Z"},
	{"a single event", "DTSTART;TZID=Europe/Berlin:20240701T090000|DTEND;TZID=America/New_York:20240701T090000|X-Y;A=B:c", "20240701T000000Z/20240702T000000Z",
		"DTSTART:20240701T070000Z|DTEND:20240701T130000Z|X-Y;A=B:c"},
	{"a zone that nobody knows floats in the reader's", "DTSTART;TZID=Nowhere:20240701T090000", "20240701T000000Z/20240702T000000Z", "DTSTART:20240701T070000Z"},
	{"a nominal day over a change of the clock", "DTSTART;TZID=Europe/Berlin:20240301T120000|DURATION:P1D|RRULE:FREQ=DAILY", "20240330T120000Z/20240330T120001Z",
		"DTSTART:20240330T110000Z|RECURRENCE-ID:20240330T110000Z|DURATION:PT82800S"},
	{"a nominal day that is a day", "DTSTART;TZID=Europe/Berlin:20240301T120000|DURATION:P1D|RRULE:FREQ=DAILY", "20240303T120000Z/20240303T120001Z",
		"DTSTART:20240303T110000Z|RECURRENCE-ID:20240303T110000Z|DURATION:P1D"},
	{"an exact end over a change of the clock", "DTSTART;TZID=Europe/Berlin:20240301T220000|DTEND;TZID=Europe/Berlin:20240302T060000|RRULE:FREQ=DAILY", "20240330T220000Z/20240330T220001Z",
		"DTSTART:20240330T210000Z|RECURRENCE-ID:20240330T210000Z|DTEND:20240331T050000Z"},
	{"a period", "DTSTART:20240101T090000Z|RDATE;VALUE=PERIOD:20240201T090000Z/PT3H", "20240201T110000Z/20240201T120000Z",
		"DTSTART:20240201T090000Z|RECURRENCE-ID:20240201T090000Z|DTEND:20240201T120000Z"},
	{"a period over an end", "DTSTART:20240101T090000Z|DTEND:20240101T093000Z|RDATE;VALUE=PERIOD:20240201T090000Z/20240201T120000Z", "20240201T110000Z/20240201T120000Z",
		"DTSTART:20240201T090000Z|RECURRENCE-ID:20240201T090000Z|DTEND:20240201T120000Z"},
	{"a period over a duration", "DTSTART:20240101T090000Z|DURATION:PT1H|RDATE;VALUE=PERIOD:20240201T090000Z/PT3H", "20240201T110000Z/20240201T120000Z",
		"DTSTART:20240201T090000Z|RECURRENCE-ID:20240201T090000Z|DURATION:PT10800S"},
	{"other references to zones", "DTSTART:20240101T090000Z|X-WHEN;TZID=Europe/Berlin;X=Y:20240701T090000", "20240101T000000Z/20240102T000000Z",
		"DTSTART:20240101T090000Z|X-WHEN;X=Y:20240701T070000Z"},
	{"folds and case stay", "DTSTART:20240101T090000Z|Summary:a\r\n b|X-LAST:1", "20240101T000000Z/20240102T000000Z", "DTSTART:20240101T090000Z|Summary:a\r\n b|X-LAST:1"},
	{"alarms stay", "DTSTART:20240101T090000Z|RRULE:FREQ=DAILY|BEGIN:VALARM|TRIGGER:-PT5M|END:VALARM", "20240103T000000Z/20240104T000000Z",
		"DTSTART:20240103T090000Z|RECURRENCE-ID:20240103T090000Z|BEGIN:VALARM|TRIGGER:-PT5M|END:VALARM"},
	{"an unreadable start", "DTSTART:soon|RRULE:FREQ=DAILY", "20240103T000000Z/20240104T000000Z", "DTSTART:soon"},
}

func TestExpand(t *testing.T) {
	berlin := mustZone(t, "Europe/Berlin")
	for _, e := range expansions {
		cal := mustParse(t, event(strings.Split(e.lines, "|")...))
		got, err := cal.Expand(window(t, e.window), berlin, Limit{})
		if err != nil {
			t.Errorf("%s: %v", e.name, err)
		}
		if want := event(strings.Split(e.want, "|")...); string(got) != want {
			t.Errorf("%s: got\n%s\nwant\n%s", e.name, got, want)
		}
	}
}

func TestExpandNothing(t *testing.T) {
	got, err := mustParse(t, event("DTSTART:20240101T090000Z")).Expand(window(t, "20250101T000000Z/20250102T000000Z"), nil, Limit{})
	if want := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"; err != nil || string(got) != want {
		t.Errorf("%v: %q", err, got)
	}
}

func TestExpandLimits(t *testing.T) {
	cal := mustParse(t, event("DTSTART:20240101T090000Z", "RRULE:FREQ=DAILY", "SUMMARY:"+strings.Repeat("x", 1000)))
	w := window(t, "20240101T000000Z/20240111T000000Z")
	var many ErrTooMany
	if got, err := cal.Expand(w, nil, Limit{Instances: 10}); err != nil || strings.Count(string(got), "BEGIN:VEVENT") != 10 {
		t.Errorf("as many as allowed: %v", err)
	}
	if _, err := cal.Expand(w, nil, Limit{Instances: 9}); !errors.As(err, &many) || many.Max != 9 {
		t.Errorf("one too many: %v", err)
	}
	if _, err := cal.Expand(w, nil, Limit{Bytes: 5000}); !errors.As(err, &many) {
		t.Errorf("too long: %v", err)
	}
	bomb := mustParse(t, event("DTSTART:19700101T040000Z", "RRULE:FREQ=SECONDLY;INTERVAL=86400;BYHOUR=5"))
	if got, err := bomb.Expand(Window{}, nil, Limit{}); !errors.Is(err, ErrBudget) || !strings.Contains(string(got), "DTSTART:19700101T040000Z") {
		t.Errorf("beyond the budget: %v %s", err, got)
	}
}

// What cannot be known is answered with yes, wherever it may be.
func TestMaybe(t *testing.T) {
	for _, rule := range []string{"RSCALE=CHINESE;FREQ=YEARLY", "FREQ=FORTNIGHTLY", "nonsense", "FREQ=SECONDLY;COUNT=2147483648;BYDAY=MO"} {
		cal := mustParse(t, event("DTSTART:19700101T040000Z", "DURATION:PT1H", "RRULE:"+rule))
		for comp := range cal.Components() {
			if !cal.Overlaps(comp, window(t, "90000101T000000Z/90000102T000000Z"), nil) {
				t.Errorf("%s: not later", rule)
			}
			if cal.Overlaps(comp, window(t, "19600101T000000Z/19600102T000000Z"), nil) {
				t.Errorf("%s: before the start", rule)
			}
		}
	}
}

// A line that cannot be written with its parameters is written without them, not left out.
func TestOddParametersHideNoTime(t *testing.T) {
	w := Window{time.Date(2024, 1, 3, 0, 0, 0, 0, time.UTC), time.Date(2024, 1, 4, 0, 0, 0, 0, time.UTC)}
	cal := mustParse(t, event("DTSTART;X=\x01;VALUE=DATE:20240101", "RRULE:FREQ=DAILY"))
	if body, err := cal.Expand(w, nil, Limit{}); err != nil || !strings.Contains(string(body), "DTSTART;VALUE=DATE:20240103\r\n") {
		t.Errorf("%v in\n%s", err, body)
	}
	grouped := mustParse(t, event("DTSTART:20240101T090000Z", "RRULE:FREQ=DAILY", "X.END;TZID=Europe/Berlin:20240101T090000"))
	body, err := grouped.Expand(w, nil, Limit{})
	if _, bad := Parse(body); err != nil || bad != nil {
		t.Errorf("a line that looks like an end: %v, %v in\n%s", err, bad, body)
	}
	busy := calendarOf("BEGIN:VFREEBUSY\r\nUID:1\r\nFREEBUSY;X=\x01:20240103T000000Z/PT1H,20250103T000000Z/PT1H\r\nEND:VFREEBUSY\r\n")
	if body := mustParse(t, busy).LimitFreeBusySet(w, nil); string(body) != busy {
		t.Errorf("limited to\n%s", body)
	}
}
