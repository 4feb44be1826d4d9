package ics

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// rfcExamples are the examples of RFC 5545 §3.8.5.3, with their results in the RFC's own notation;
// a result that ends in "..." goes on.
var rfcExamples = []struct{ start, rules, want string }{
	{"19970902T090000", "RRULE:FREQ=DAILY;COUNT=10", "(1997 9:00 AM EDT) September 2-11"},
	{"19970902T090000", "RRULE:FREQ=DAILY;UNTIL=19971224T000000Z", `(1997 9:00 AM EDT) September 2-30;October 1-25
		(1997 9:00 AM EST) October 26-31;November 1-30;December 1-23`},
	{"19970902T090000", "RRULE:FREQ=DAILY;INTERVAL=2", `(1997 9:00 AM EDT) September 2,4,6,8,10,12,14,16,18,20,22,24,26,28,30;
		October 2,4,6,8,10,12,14,16,18,20,22,24
		(1997 9:00 AM EST) October 26,28,30;November 1,3,5,7 ...`},
	{"19970902T090000", "RRULE:FREQ=DAILY;INTERVAL=10;COUNT=5", "(1997 9:00 AM EDT) September 2,12,22;October 2,12"},
	{"19980101T090000", "RRULE:FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
		"(1998 9:00 AM EST) January 1-31\n(1999 9:00 AM EST) January 1-31\n(2000 9:00 AM EST) January 1-31"},
	{"19980101T090000", "RRULE:FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
		"(1998 9:00 AM EST) January 1-31\n(1999 9:00 AM EST) January 1-31\n(2000 9:00 AM EST) January 1-31"},
	{"19970902T090000", "RRULE:FREQ=WEEKLY;COUNT=10", `(1997 9:00 AM EDT) September 2,9,16,23,30;October 7,14,21
		(1997 9:00 AM EST) October 28;November 4`},
	{"19970902T090000", "RRULE:FREQ=WEEKLY;UNTIL=19971224T000000Z", `(1997 9:00 AM EDT) September 2,9,16,23,30;October 7,14,21
		(1997 9:00 AM EST) October 28;November 4,11,18,25;December 2,9,16,23`},
	{"19970902T090000", "RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU", `(1997 9:00 AM EDT) September 2,16,30;October 14
		(1997 9:00 AM EST) October 28;November 11,25;December 9,23
		(1998 9:00 AM EST) January 6,20;February 3,17 ...`},
	{"19970902T090000", "RRULE:FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
		"(1997 9:00 AM EDT) September 2,4,9,11,16,18,23,25,30;October 2"},
	{"19970902T090000", "RRULE:FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
		"(1997 9:00 AM EDT) September 2,4,9,11,16,18,23,25,30;October 2"},
	{"19970901T090000", "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
		`(1997 9:00 AM EDT) September 1,3,5,15,17,19,29;October 1,3,13,15,17
		(1997 9:00 AM EST) October 27,29,31;November 10,12,14,24,26,28;December 8,10,12,22`},
	{"19970902T090000", "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
		"(1997 9:00 AM EDT) September 2,4,16,18,30;October 2,14,16"},
	{"19970905T090000", "RRULE:FREQ=MONTHLY;COUNT=10;BYDAY=1FR", `(1997 9:00 AM EDT) September 5;October 3
		(1997 9:00 AM EST) November 7;December 5
		(1998 9:00 AM EST) January 2;February 6;March 6;April 3
		(1998 9:00 AM EDT) May 1;June 5`},
	{"19970905T090000", "RRULE:FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
		"(1997 9:00 AM EDT) September 5;October 3\n(1997 9:00 AM EST) November 7;December 5"},
	{"19970907T090000", "RRULE:FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", `(1997 9:00 AM EDT) September 7,28
		(1997 9:00 AM EST) November 2,30
		(1998 9:00 AM EST) January 4,25;March 1,29
		(1998 9:00 AM EDT) May 3,31`},
	{"19970922T090000", "RRULE:FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", `(1997 9:00 AM EDT) September 22;October 20
		(1997 9:00 AM EST) November 17;December 22
		(1998 9:00 AM EST) January 19;February 16`},
	{"19970928T090000", "RRULE:FREQ=MONTHLY;BYMONTHDAY=-3", `(1997 9:00 AM EDT) September 28
		(1997 9:00 AM EST) October 29;November 28;December 29
		(1998 9:00 AM EST) January 29;February 26 ...`},
	{"19970902T090000", "RRULE:FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", `(1997 9:00 AM EDT) September 2,15;October 2,15
		(1997 9:00 AM EST) November 2,15;December 2,15
		(1998 9:00 AM EST) January 2,15`},
	{"19970930T090000", "RRULE:FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", `(1997 9:00 AM EDT) September 30;October 1
		(1997 9:00 AM EST) October 31;November 1,30;December 1,31
		(1998 9:00 AM EST) January 1,31;February 1`},
	{"19970910T090000", "RRULE:FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
		"(1997 9:00 AM EDT) September 10,11,12,13,14,15\n(1999 9:00 AM EST) March 10,11,12,13"},
	{"19970902T090000", "RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", `(1997 9:00 AM EDT) September 2,9,16,23,30
		(1997 9:00 AM EST) November 4,11,18,25
		(1998 9:00 AM EST) January 6,13,20,27;March 3,10,17,24,31 ...`},
	{"19970610T090000", "RRULE:FREQ=YEARLY;COUNT=10;BYMONTH=6,7", `(1997 9:00 AM EDT) June 10;July 10
		(1998 9:00 AM EDT) June 10;July 10
		(1999 9:00 AM EDT) June 10;July 10
		(2000 9:00 AM EDT) June 10;July 10
		(2001 9:00 AM EDT) June 10;July 10`},
	{"19970310T090000", "RRULE:FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3", `(1997 9:00 AM EST) March 10
		(1999 9:00 AM EST) January 10;February 10;March 10
		(2001 9:00 AM EST) January 10;February 10;March 10
		(2003 9:00 AM EST) January 10;February 10;March 10`},
	{"19970101T090000", "RRULE:FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", `(1997 9:00 AM EST) January 1
		(1997 9:00 AM EDT) April 10;July 19
		(2000 9:00 AM EST) January 1
		(2000 9:00 AM EDT) April 9;July 18
		(2003 9:00 AM EST) January 1
		(2003 9:00 AM EDT) April 10;July 19
		(2006 9:00 AM EST) January 1`},
	{"19970519T090000", "RRULE:FREQ=YEARLY;BYDAY=20MO",
		"(1997 9:00 AM EDT) May 19\n(1998 9:00 AM EDT) May 18\n(1999 9:00 AM EDT) May 17 ..."},
	{"19970512T090000", "RRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
		"(1997 9:00 AM EDT) May 12\n(1998 9:00 AM EDT) May 11\n(1999 9:00 AM EDT) May 17 ..."},
	{"19970313T090000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=TH", `(1997 9:00 AM EST) March 13,20,27
		(1998 9:00 AM EST) March 5,12,19,26
		(1999 9:00 AM EST) March 4,11,18,25 ...`},
	{"19970605T090000", "RRULE:FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", `(1997 9:00 AM EDT) June 5,12,19,26;July 3,10,17,24,31;August 7,14,21,28
		(1998 9:00 AM EDT) June 4,11,18,25;July 2,9,16,23,30;August 6,13,20,27
		(1999 9:00 AM EDT) June 3,10,17,24;July 1,8,15,22,29;August 5,12,19,26 ...`},
	{"19970902T090000", "EXDATE;TZID=America/New_York:19970902T090000\r\nRRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
		`(1998 9:00 AM EST) February 13;March 13;November 13
		(1999 9:00 AM EDT) August 13
		(2000 9:00 AM EDT) October 13 ...`},
	{"19970913T090000", "RRULE:FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", `(1997 9:00 AM EDT) September 13;October 11
		(1997 9:00 AM EST) November 8;December 13
		(1998 9:00 AM EST) January 10;February 7;March 7
		(1998 9:00 AM EDT) April 11;May 9;June 13 ...`},
	{"19961105T090000", "RRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
		"(1996 9:00 AM EST) November 5\n(2000 9:00 AM EST) November 7\n(2004 9:00 AM EST) November 2 ..."},
	{"19970904T090000", "RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
		"(1997 9:00 AM EDT) September 4;October 7\n(1997 9:00 AM EST) November 6"},
	{"19970929T090000", "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", `(1997 9:00 AM EDT) September 29
		(1997 9:00 AM EST) October 30;November 27;December 30
		(1998 9:00 AM EST) January 29;February 26;March 30 ...`},
	// The RFC prints UNTIL=19970902T170000Z, which is 13:00 in New York: its erratum 3883.
	{"19970902T090000", "RRULE:FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", "(September 2, 1997 EDT) 09:00,12:00,15:00"},
	{"19970902T090000", "RRULE:FREQ=MINUTELY;INTERVAL=15;COUNT=6", "(September 2, 1997 EDT) 09:00,09:15,09:30,09:45,10:00,10:15"},
	{"19970902T090000", "RRULE:FREQ=MINUTELY;INTERVAL=90;COUNT=4", "(September 2, 1997 EDT) 09:00,10:30,12:00,13:30"},
	{"19970902T090000", "RRULE:FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40", everyTwentyMinutes},
	{"19970902T090000", "RRULE:FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16", everyTwentyMinutes},
	{"19970805T090000", "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "(1997 9:00 AM EDT) August 5,10,19,24"},
	{"19970805T090000", "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "(1997 9:00 AM EDT) August 5,17,19,31"},
	{"20070115T090000", "RRULE:FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", `(2007 9:00 AM EST) January 15,30;February 15
		(2007 9:00 AM EDT) March 15,30`},
}

const everyTwentyMinutes = `(September 2, 1997 EDT) 9:00,9:20,9:40,10:00,10:20,10:40,11:00,11:20,11:40,12:00,12:20,12:40,13:00,13:20,13:40,14:00,14:20,14:40,15:00,15:20,15:40,16:00,16:20,16:40
	(September 3, 1997 EDT) 9:00,9:20,9:40,10:00 ...`

func TestRFC5545Examples(t *testing.T) {
	for _, e := range rfcExamples {
		want, more := mustNotation(t, e.want)
		body := event("DTSTART;TZID=America/New_York:"+e.start, e.rules)
		got := mustStarts(t, body, len(want)+1)
		if !more && len(got) != len(want) || more && len(got) <= len(want) {
			t.Errorf("%s: %d instances, want %d (more: %v)", e.rules, len(got), len(want), more)
			continue
		}
		if got = got[:len(want)]; !slices.Equal(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", e.rules, got, want)
		}
	}
}

// event is a calendar with one event of the given lines.
func event(lines ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n" + strings.Join(lines, "\r\n") +
		"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func mustParse(t testing.TB, body string) *Calendar {
	t.Helper()
	cal, err := Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// mustStarts are the first starts of a calendar's first component, as RFC 3339 in UTC.
func mustStarts(t testing.TB, body string, limit int) []string {
	t.Helper()
	v := mustParse(t, body).see(nil)
	var starts []string
	for comp := range v.cal.Components() {
		err := v.facts[comp].each(minUnix, maxUnix, newBudget(), func(i instance) bool {
			starts = append(starts, time.Unix(i.start, 0).UTC().Format(time.RFC3339))
			return len(starts) < limit
		})
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	return starts
}

// mustNotation reads the RFC's lists of dates: "(1997 9:00 AM EDT) September 2-4,7;October 1" and
// "(September 2, 1997 EDT) 09:00,12:00".
func mustNotation(t testing.TB, text string) (times []string, more bool) {
	t.Helper()
	text, more = strings.CutSuffix(text, "...")
	for group := range strings.SplitSeq(text, "(") {
		head, list, ok := strings.Cut(group, ")")
		if !ok {
			continue
		}
		for item := range strings.SplitSeq(list, ";") {
			for _, layout := range mustItems(t, head, strings.TrimSpace(item)) {
				at, err := time.Parse("2006 January 2 15:04 -0700", layout)
				if err != nil {
					t.Fatal(err)
				}
				times = append(times, at.UTC().Format(time.RFC3339))
			}
		}
	}
	return times, more
}

func mustItems(t testing.TB, head, item string) (items []string) {
	t.Helper()
	offsets := map[string]string{"EDT": "-0400", "EST": "-0500"}
	words := strings.Fields(strings.ReplaceAll(head, ",", ""))
	if item == "" {
		return nil
	}
	if words[0] == "September" { // times of one day
		for clock := range strings.SplitSeq(item, ",") {
			items = append(items, fmt.Sprintf("%s %s %s %s %s", words[2], words[0], words[1], strings.TrimSpace(clock), offsets[words[3]]))
		}
		return items
	}
	month, days, _ := strings.Cut(item, " ")
	for day := range strings.SplitSeq(strings.TrimSpace(days), ",") {
		first, last, ranged := strings.Cut(day, "-")
		if !ranged {
			last = first
		}
		from, err := strconv.Atoi(strings.TrimSpace(first))
		to, err2 := strconv.Atoi(strings.TrimSpace(last))
		if err != nil || err2 != nil {
			t.Fatalf("day %q", day)
		}
		for d := from; d <= to; d++ {
			items = append(items, fmt.Sprintf("%s %s %d %s %s", words[0], month, d, words[1], offsets[words[3]]))
		}
	}
	return items
}
