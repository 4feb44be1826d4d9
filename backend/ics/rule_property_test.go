package ics

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"
)

// drawRule draws the value of an RRULE with parts that its frequency may have. Where plain, it is
// one that rrule-go understands as the RFC does: a day or more, and week numbers only with days.
func drawRule(t *rapid.T, plain bool) string {
	freqs := []string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"}
	if plain {
		freqs = freqs[:4]
	}
	freq := rapid.SampledFrom(freqs).Draw(t, "freq")
	parts := []string{"FREQ=" + freq}
	add := func(name string, from, to int, signed bool) {
		if rapid.IntRange(0, 3).Draw(t, name+"?") != 0 {
			return
		}
		number := rapid.IntRange(from, to)
		list := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string {
			n := number.Draw(t, "n")
			if signed && rapid.Bool().Draw(t, "back") {
				n = -n
			}
			return fmt.Sprint(n)
		}), 1, 4, rapid.ID).Draw(t, name)
		parts = append(parts, name+"="+strings.Join(list, ","))
	}
	if !plain && rapid.IntRange(0, 5).Draw(t, "skip?") == 0 {
		parts = append(parts, "RSCALE=GREGORIAN", "SKIP="+rapid.SampledFrom([]string{"OMIT", "FORWARD", "BACKWARD"}).Draw(t, "skip"))
	}
	add("BYMONTH", 1, 12, false)
	if freq != "WEEKLY" {
		add("BYMONTHDAY", 1, 31, true)
	}
	if freq == "YEARLY" || freq == "HOURLY" || freq == "MINUTELY" || freq == "SECONDLY" {
		add("BYYEARDAY", 1, 366, true)
	}
	weeks := len(parts)
	if freq == "YEARLY" {
		add("BYWEEKNO", 1, 53, !plain) // rrule-go loses the days that a first week has in the year before
	}
	numbered := freq == "MONTHLY" || freq == "YEARLY" && len(parts) == weeks
	if days := drawDays(t, numbered, len(parts) > weeks); days != "" {
		parts = append(parts, "BYDAY="+days)
	}
	add("BYHOUR", 0, 23, false)
	add("BYMINUTE", 0, 59, false)
	// rrule-go begins the first week's set at the start, the RFC with the week.
	if rapid.IntRange(0, 3).Draw(t, "positions?") == 0 && len(parts) > 1 && !(plain && freq == "WEEKLY") {
		parts = append(parts, "BYSETPOS="+rapid.SampledFrom([]string{"1", "-1", "2,-2", "3", "1,2,-1"}).Draw(t, "pos"))
	}
	parts = append(parts, fmt.Sprint("INTERVAL=", rapid.IntRange(1, 4).Draw(t, "interval")))
	wkst := rapid.SampledFrom([]string{"MO", "SU", "WE"}).Draw(t, "wkst")
	if plain && freq == "YEARLY" {
		wkst = "MO" // rrule-go miscounts the last week of a year that begins on another day
	}
	parts = append(parts, "WKST="+wkst)
	return strings.Join(parts, ";")
}

func drawDays(t *rapid.T, numbered, must bool) string {
	if !must && rapid.Bool().Draw(t, "no days") {
		return ""
	}
	// rrule-go wants both of a numbered and another weekday to hold, the RFC either.
	numbered = numbered && rapid.Bool().Draw(t, "numbered")
	day := rapid.Custom(func(t *rapid.T) string {
		wd := rapid.SampledFrom([]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}).Draw(t, "wd")
		if numbered {
			return rapid.SampledFrom([]string{"1", "-1", "2", "-2", "5", "4"}).Draw(t, "n") + wd
		}
		return wd
	})
	return strings.Join(rapid.SliceOfN(day, 1, 3).Draw(t, "days"), ",")
}

func drawStart(t *rapid.T) int64 {
	day := dayNumber(rapid.IntRange(1995, 2005).Draw(t, "year"), 1, 1) + rapid.Int64Range(0, 364).Draw(t, "day")
	return day*daySeconds + rapid.Int64Range(0, 23).Draw(t, "hour")*3600 + rapid.Int64Range(0, 59).Draw(t, "minute")*60
}

// spun is set once rrule-go did not come back; it cannot be stopped, so it is asked no more.
var spun bool

// oracle asks rrule-go for the times of a rule in ten years; ok is false where it does not answer.
func oracle(t *rapid.T, value string, start int64) (times []int64, ok bool) {
	if spun {
		return nil, false
	}
	r, err := rrule.StrToRRule(value)
	if err != nil {
		t.Fatalf("rrule-go: %v", err)
	}
	from := time.Unix(start, 0).UTC()
	r.DTStart(from)
	r.Until(from.AddDate(10, 0, 0))
	done := make(chan []time.Time, 1)
	go func() { done <- r.All() }()
	select {
	case all := <-done:
		for _, at := range all {
			times = append(times, at.Unix())
		}
		return times, true
	case <-time.After(2 * time.Second):
		spun = true
		return nil, false
	}
}

// mustTimes are the times of a rule from a time on to a bound, at most limit.
func mustTimes(value string, start, from, bound int64, limit int) (times []int64, cut bool) {
	r := parseRule([]byte(value))
	r.settle(start, false)
	steps := newBudget()
	it := r.iterate(start, from, bound, steps)
	for civil, ok := it.next(); ok && len(times) < limit; civil, ok = it.next() {
		times = append(times, civil)
	}
	return times, steps.err() != nil || len(times) == limit
}

func TestRuleAgreesWithOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value, start := drawRule(t, true), drawStart(t)
		want, ok := oracle(t, value, start)
		if !ok {
			t.Skip("rrule-go does not come back")
		}
		bound := time.Unix(start, 0).UTC().AddDate(10, 0, 0).Unix()
		got, _ := mustTimes(value, start, start, bound, len(want)+1)
		if !slices.Equal(got, want) {
			t.Fatalf("%s from %s:\n got %v\nwant %v", value, appendUTC(nil, start), stamps(got), stamps(want))
		}
	})
}

func stamps(times []int64) []string {
	var list []string
	for _, at := range times[:min(len(times), 30)] {
		list = append(list, string(appendUTC(nil, at)))
	}
	return list
}

func TestSeekIsWalkFiltered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value, start := drawRule(t, false), drawStart(t)
		if rapid.Bool().Draw(t, "counted") {
			value += fmt.Sprint(";COUNT=", rapid.IntRange(1, 40).Draw(t, "count"))
		}
		bound := start + 20*366*daySeconds
		all, cut := mustTimes(value, start, start, bound, 3000)
		if cut {
			if len(all) == 0 {
				return
			}
			bound = all[len(all)-1]
		}
		from := start + rapid.Int64Range(-daySeconds, bound-start).Draw(t, "from")
		if len(all) > 0 && rapid.Bool().Draw(t, "on a time") {
			from = rapid.SampledFrom(all).Draw(t, "which") + rapid.Int64Range(-1, 1).Draw(t, "beside")
		}
		i, _ := slices.BinarySearch(all, from)
		got, _ := mustTimes(value, start, from, bound, 4000)
		if !slices.Equal(got, all[i:]) {
			t.Fatalf("%s from %s sought at %s:\n got %v\nwant %v", value, appendUTC(nil, start), appendUTC(nil, from),
				stamps(got), stamps(all[i:]))
		}
	})
}

// A COUNT that is computed ends where one that is counted does.
func TestCountIsCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value, start := drawRule(t, false), drawStart(t)
		count := rapid.IntRange(1, 60).Draw(t, "count")
		bound := start + 20*366*daySeconds
		endless, cut := mustTimes(value, start, start, bound, 100)
		if cut && len(endless) < 100 {
			return
		}
		want := endless[:min(count, len(endless))]
		if len(endless) == 0 || endless[0] != start { // the start counts
			want = endless[:min(count-1, len(endless))]
		}
		got, _ := mustTimes(fmt.Sprint(value, ";COUNT=", count), start, start, bound, 100)
		if !slices.Equal(got, want) {
			t.Fatalf("%s;COUNT=%d from %s:\n got %v\nwant %v", value, count, appendUTC(nil, start), stamps(got), stamps(want))
		}
	})
}

// A day that SKIP=FORWARD moves into the next month is found from there.
func TestSeekFindsWhatWasMoved(t *testing.T) {
	start, from := mustStamp(t, "20230131T090000"), mustStamp(t, "20230301T090000")
	for _, value := range []string{"FREQ=MONTHLY;SKIP=FORWARD", "FREQ=MONTHLY;SKIP=FORWARD;COUNT=3"} {
		got, _ := mustTimes(value, start, from, maxCivil, 1)
		if len(got) != 1 || got[0] != from {
			t.Errorf("%s: %v", value, stamps(got))
		}
	}
}
