package ics

import "math/bits"

// A yearMask chooses days of a year: bit d-1 of element m is day d of month m.
type yearMask [13]uint32

// appendYear adds the days of a year that the rule chooses to days, in order, as civil midnights.
// RFC 5545 §3.3.10 note 2: every part that is there must hold.
func (r *rule) appendYear(days []int64, year int) []int64 {
	var special yearMask
	filtered := r.yearFilter(year, &special)
	inYear := r.months == 0 && len(r.nth) > 0 // numbered weekdays count within the year
	for month := 1; month <= 12; month++ {
		if r.months != 0 && r.months>>month&1 == 0 {
			continue
		}
		if filtered && special[month] == 0 {
			continue
		}
		first, length := dayNumber(year, month, 1), monthLength(year, month)
		var mask uint32
		if inYear {
			mask = uint32(1)<<length - 1
			if r.monthDays|r.monthDaysBack != 0 {
				mask = r.monthDayMask(length)
			}
		} else {
			mask = r.dayMask(first, length)
		}
		if filtered {
			mask &= special[month]
		}
		days = appendDays(days, first, mask)
	}
	return days
}

// appendDays adds the days of a mask as civil midnights.
func appendDays(days []int64, first int64, mask uint32) []int64 {
	for ; mask != 0; mask &= mask - 1 {
		days = append(days, (first+int64(bits.TrailingZeros32(mask)))*daySeconds)
	}
	return days
}

// yearFilter finds the days that BYYEARDAY, BYWEEKNO and weekdays numbered within the year allow;
// it reports whether there is such a part.
func (r *rule) yearFilter(year int, mask *yearMask) bool {
	filtered := false
	apply := func(part *yearMask) {
		for m := range mask {
			if !filtered {
				mask[m] = part[m]
			} else {
				mask[m] &= part[m]
			}
		}
		filtered = true
	}
	if len(r.yearDays) > 0 {
		var part yearMask
		for _, n := range r.yearDays {
			part.set(year, yearDay(year, n))
		}
		apply(&part)
	}
	if len(r.weeks) > 0 {
		var part yearMask
		r.setWeeks(year, &part)
		apply(&part)
	}
	if r.months == 0 && len(r.nth) > 0 {
		var part yearMask
		first, length := dayNumber(year, 1, 1), yearLength(year)
		for _, d := range r.nth {
			part.set(year, nthOffset(first, length, d))
		}
		for m := 1; r.weekdays != 0 && m <= 12; m++ {
			part[m] |= weekdayMask(dayNumber(year, m, 1), r.weekdays)
		}
		apply(&part)
	}
	return filtered
}

// yearDay turns a BYYEARDAY number into days after January 1st; -1 where the year has none.
func yearDay(year, n int) int {
	if n < 0 {
		n += yearLength(year) + 1
	}
	if n < 1 || n > yearLength(year) {
		return -1
	}
	return n - 1
}

// set chooses a day by how many days it comes after January 1st; a negative one is none.
func (y *yearMask) set(year, offset int) {
	if offset < 0 || offset >= yearLength(year) {
		return
	}
	_, month, day := dateOf(dayNumber(year, 1, 1) + int64(offset))
	y[month] |= 1 << (day - 1)
}

// setWeeks chooses the year's days in the weeks of BYWEEKNO. Week 1 is the first with four days in
// its year; the days of a year's first and last week may carry the number of a neighbour's week.
func (r *rule) setWeeks(year int, mask *yearMask) {
	newYear := dayNumber(year, 1, 1)
	for _, owner := range [3]int{year - 1, year, year + 1} {
		first, count := weekOne(owner, r.wkst), weekCount(owner, r.wkst)
		for _, n := range r.weeks {
			if n < 0 {
				n += count + 1
			}
			if n < 1 || n > count {
				continue
			}
			from := int(first + int64(n-1)*7 - newYear)
			for offset := max(from, 0); offset < from+7; offset++ {
				mask.set(year, offset)
			}
		}
	}
}

// weekOne is the day on which week 1 of a year begins.
func weekOne(year, wkst int) int64 {
	newYear := dayNumber(year, 1, 1)
	into := (weekday(newYear) - wkst + 7) % 7
	if into <= 3 {
		return newYear - int64(into)
	}
	return newYear + int64(7-into)
}

func weekCount(year, wkst int) int {
	return int(weekOne(year+1, wkst)-weekOne(year, wkst)) / 7
}
