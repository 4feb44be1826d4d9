package ics

import (
	"bytes"
	"slices"
	"strconv"
)

// Limits of what is read of one rule; a rule within the grammar without repetitions stays far below.
const (
	maxRuleLength = 16 << 10
	maxInterval   = int64(daySeconds) * 366 * maxYear
	maxCount      = 1 << 40
)

// opaqueRule is a rule that we cannot read.
var opaqueRule = rule{freq: yearly, interval: 1, opaque: true}

// parseRule reads a RECUR value. It never fails: parts out of range are dropped, as are unknown
// ones; a rule whose frequency or calendar is unknown is opaque.
func parseRule(value []byte) rule {
	r := rule{interval: 1}
	if len(value) > maxRuleLength {
		return opaqueRule
	}
	known := false
	for part := range bytes.SplitSeq(bytes.ToUpper(bytes.TrimSpace(value)), []byte{';'}) {
		name, val, _ := bytes.Cut(part, []byte{'='})
		name, val = bytes.TrimSpace(name), bytes.TrimSpace(val)
		if string(name) == "FREQ" {
			r.freq, known = frequencies[string(val)]
			continue
		}
		if read, ok := ruleParts[string(name)]; ok {
			read(&r, val)
		}
	}
	if !known || r.opaque {
		return opaqueRule
	}
	return r
}

var frequencies = map[string]frequency{
	"SECONDLY": secondly, "MINUTELY": minutely, "HOURLY": hourly, "DAILY": daily,
	"WEEKLY": weekly, "MONTHLY": monthly, "YEARLY": yearly,
}

var weekdayNames = map[string]int{"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}

// ruleParts says how each part of a rule but FREQ is read.
var ruleParts = map[string]func(*rule, []byte){
	"INTERVAL":   func(r *rule, v []byte) { r.interval = min(max(number(v), 1), maxInterval) },
	"COUNT":      func(r *rule, v []byte) { r.count = min(max(number(v), 0), maxCount) },
	"UNTIL":      func(r *rule, v []byte) { r.until = parseStamp(v) },
	"BYMONTH":    func(r *rule, v []byte) { r.months = uint16(numberMask(v, 1, 12)) },
	"BYHOUR":     func(r *rule, v []byte) { r.hours = uint32(numberMask(v, 0, 23)) },
	"BYMINUTE":   func(r *rule, v []byte) { r.minutes = numberMask(v, 0, 59) },
	"BYSECOND":   func(r *rule, v []byte) { r.seconds = secondMask(v) },
	"BYMONTHDAY": readMonthDays,
	"BYYEARDAY":  func(r *rule, v []byte) { r.yearDays = numberList(v, 366) },
	"BYWEEKNO":   func(r *rule, v []byte) { r.weeks = numberList(v, 53) },
	"BYSETPOS":   func(r *rule, v []byte) { r.setPos = numberList(v, 366) },
	"BYDAY":      readDays,
	"WKST": func(r *rule, v []byte) {
		if wd, ok := weekdayNames[string(v)]; ok {
			r.wkst = wd
		}
	},
	"RSCALE": func(r *rule, v []byte) { r.opaque = r.opaque || string(v) != "GREGORIAN" },
	"SKIP":   func(r *rule, v []byte) { r.skip = skips[string(v)] },
}

var skips = map[string]skipping{"OMIT": skipOmit, "BACKWARD": skipBackward, "FORWARD": skipForward}

// number reads a decimal number with a sign; -1 stands for anything else.
func number(value []byte) int64 {
	if len(value) > maxWord {
		return -1
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64)
	if err != nil {
		if e, ok := err.(*strconv.NumError); ok && e.Err == strconv.ErrRange {
			return n
		}
		return -1
	}
	return n
}

// numberMask reads a list of numbers from low to high; others are dropped.
func numberMask(value []byte, low, high int64) (mask uint64) {
	for item := range bytes.SplitSeq(value, []byte{','}) {
		if n := number(item); n >= low && n <= high {
			mask |= 1 << n
		}
	}
	return mask
}

// secondMask takes second 60 for 59 (RFC 5545 §3.3.12).
func secondMask(value []byte) uint64 {
	mask := numberMask(value, 0, 60)
	if mask>>60&1 == 1 {
		mask = mask&(1<<60-1) | 1<<59
	}
	return mask
}

// numberList reads the numbers from 1 to high and from -high to -1, sorted, each once.
func numberList(value []byte, high int64) []int {
	var list []int
	for item := range bytes.SplitSeq(value, []byte{','}) {
		n, err := strconv.ParseInt(string(bytes.TrimSpace(item)), 10, 32)
		if err == nil && n != 0 && n >= -high && n <= high {
			list = append(list, int(n))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func readMonthDays(r *rule, value []byte) {
	r.monthDays, r.monthDaysBack = 0, 0
	for _, n := range numberList(value, 31) {
		if n > 0 {
			r.monthDays |= 1 << n
		} else {
			r.monthDaysBack |= 1 << -n
		}
	}
}

func readDays(r *rule, value []byte) {
	r.weekdays, r.nth = 0, nil
	for item := range bytes.SplitSeq(value, []byte{','}) {
		item = bytes.TrimSpace(item)
		if len(item) < 2 {
			continue
		}
		wd, ok := weekdayNames[string(item[len(item)-2:])]
		if !ok {
			continue
		}
		if len(item) == 2 {
			r.weekdays |= 1 << wd
			continue
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(item[:len(item)-2])), 10, 32)
		if err == nil && n != 0 && n >= -53 && n <= 53 {
			r.nth = append(r.nth, nthDay{int(n), wd})
		}
	}
	slices.SortFunc(r.nth, func(a, b nthDay) int { return (a.n-b.n)*7 + a.weekday - b.weekday })
	r.nth = slices.Compact(r.nth)
}
