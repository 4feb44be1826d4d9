package ics

import "math/bits"

// A frequency is FREQ of a rule, from the shortest to the longest period.
type frequency uint8

const (
	secondly frequency = iota
	minutely
	hourly
	daily
	weekly
	monthly
	yearly
)

// A rule is a recurrence rule (RFC 5545 §3.3.10). Sets of numbers are bit masks: bit n stands for n.
type rule struct {
	freq     frequency
	interval int64
	count    int64 // 0 without COUNT
	until    stamp // formNone without UNTIL
	wkst     int   // 0 is Monday

	months        uint16
	monthDays     uint32 // 1 to 31
	monthDaysBack uint32 // 1 is the last day
	weekdays      uint8  // bit 0 is Monday
	nth           []nthDay
	yearDays      []int
	weeks         []int
	hours         uint32
	minutes       uint64
	seconds       uint64
	setPos        []int
	skip          skipping

	clock clock // the times of a period
	cost  int   // the steps that a period takes

	// opaque says that the rule means something we do not know (another calendar, an unknown
	// frequency), so any time from the start on may be one of its instances.
	opaque bool
}

// An nthDay is a BYDAY value with a number: the nth such weekday of a month or year.
type nthDay struct{ n, weekday int }

// skipping is RFC 7529's SKIP: what becomes of a day that a month does not have.
type skipping uint8

const (
	skipOmit skipping = iota
	skipBackward
	skipForward
)

// settle takes out of the rule what RFC 5545 forbids for its frequency and takes from the start
// what the rule does not say. RFC 5545 §3.3.10: the table of BYxxx parts and its notes.
func (r *rule) settle(start int64, date bool) {
	_, month, day := dateOf(dayOf(start))
	wd := weekday(dayOf(start))
	if date {
		r.hours, r.minutes, r.seconds = 0, 0, 0 // must be ignored for a DATE
		r.freq = max(r.freq, daily)
	}
	r.forbid()
	dayless := r.monthDays|r.monthDaysBack == 0 && r.weekdays == 0 && len(r.nth) == 0
	switch {
	case r.freq == weekly && r.weekdays == 0:
		r.weekdays = 1 << wd
	case r.freq == monthly && dayless:
		r.monthDays = 1 << day
	case r.freq == yearly && dayless && len(r.yearDays) == 0 && len(r.weeks) == 0:
		r.monthDays = 1 << day
		if r.months == 0 {
			r.months = 1 << month
		}
	case r.freq == yearly && dayless && len(r.weeks) > 0 && len(r.yearDays) == 0:
		r.weekdays = 1 << wd
	}
	second := start - midnight(start)
	if r.freq > hourly && r.hours == 0 {
		r.hours = 1 << (second / 3600)
	}
	if r.freq > minutely && r.minutes == 0 {
		r.minutes = 1 << (second / 60 % 60)
	}
	if r.freq > secondly && r.seconds == 0 {
		r.seconds = 1 << (second % 60)
	}
	r.clock = r.readClock()
	r.cost = 1 + r.work()/8
}

// work is how many numbers are looked at for each period besides what masks tell at once. A person's
// rule has a few; one with all numbers that there are must not get more done for a step.
func (r *rule) work() int {
	n := len(r.setPos) + len(r.yearDays) + 32*len(r.weeks) + len(r.nth)
	if r.freq == yearly && r.months != 0 {
		n += 11 * len(r.nth) // they count within each month
	}
	return n
}

// forbid drops the parts that must not stand with the frequency.
func (r *rule) forbid() {
	if r.freq != yearly {
		r.weeks = nil
	}
	if r.freq == daily || r.freq == weekly || r.freq == monthly {
		r.yearDays = nil
	}
	if r.freq == weekly {
		r.monthDays, r.monthDaysBack = 0, 0
	}
	if r.freq != monthly && (r.freq != yearly || len(r.weeks) > 0) {
		for _, d := range r.nth {
			r.weekdays |= 1 << d.weekday
		}
		r.nth = nil
	}
}

// dayMask is the days of a month that the rule's BYMONTHDAY and BYDAY choose: bit 0 is the first.
// Numbered weekdays count within the month. Bit 31 at most stands for the day after the month
// (SKIP=FORWARD).
func (r *rule) dayMask(first int64, length int) uint32 {
	mask := uint32(1)<<length - 1
	if r.monthDays|r.monthDaysBack != 0 {
		mask = r.monthDayMask(length)
	}
	if r.weekdays != 0 || len(r.nth) > 0 {
		days := weekdayMask(first, r.weekdays)
		for _, d := range r.nth {
			days |= nthMask(first, length, d)
		}
		mask &= days
	}
	return mask
}

func (r *rule) monthDayMask(length int) uint32 {
	mask := r.monthDays >> 1
	for back := r.monthDaysBack; back != 0; back &= back - 1 {
		if n := bits.TrailingZeros32(back); n <= length {
			mask |= 1 << (length - n)
		}
	}
	all := uint32(1)<<length - 1
	if mask&^all != 0 {
		switch r.skip {
		case skipBackward:
			return mask&all | 1<<(length-1)
		case skipForward:
			return mask&all | 1<<length
		}
	}
	return mask & all
}

// weekdayMask is every day of a month on one of the weekdays, for 32 days from first on.
func weekdayMask(first int64, weekdays uint8) uint32 {
	wd := weekday(first)
	week := uint32(weekdays>>wd|weekdays<<(7-wd)) & 0x7f
	return week | week<<7 | week<<14 | week<<21 | week<<28
}

// nthMask is the nth weekday of a stretch of at most 31 days, or nothing.
func nthMask(first int64, length int, d nthDay) uint32 {
	if at := nthOffset(first, length, d); at >= 0 {
		return 1 << at
	}
	return 0
}

// nthOffset is how many days after first the nth weekday of a stretch comes; -1 where it has none.
func nthOffset(first int64, length int, d nthDay) int {
	if d.n > 0 {
		at := (d.weekday-weekday(first)+7)%7 + (d.n-1)*7
		if at < length {
			return at
		}
		return -1
	}
	last := first + int64(length) - 1
	at := length - 1 - (weekday(last)-d.weekday+7)%7 + (d.n+1)*7
	return max(at, -1)
}
