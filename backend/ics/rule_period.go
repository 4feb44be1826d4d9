package ics

import "math/bits"

// unit is the length of a period in seconds; for months and years the shortest.
func (r *rule) unit() int64 {
	return [...]int64{1, 60, 3600, daySeconds, 7 * daySeconds, 28 * daySeconds, 365 * daySeconds}[r.freq]
}

// load puts the bases of period k in it.bases and moves k on, past periods that cannot have any.
func (it *ruleIter) load() {
	r := it.r
	if it.k > (maxCivil-minCivil)/(r.unit()*r.interval)+1 {
		it.done = true
		return
	}
	step := it.k * r.interval
	switch r.freq {
	case yearly:
		it.loadYear(step)
	case monthly:
		it.loadMonth(step)
	case weekly:
		it.loadWeek(step)
	case daily:
		it.loadDay(dayOf(it.start) + step)
	default:
		it.loadTime(floorDiv(it.start, r.unit())*r.unit() + step*r.unit())
	}
}

func (it *ruleIter) loadYear(step int64) {
	year, _, _ := dateOf(dayOf(it.start))
	if int64(year)+step > maxYear {
		it.done = true
		return
	}
	it.bases = it.r.appendYear(it.bases, year+int(step))
	it.k++
}

func (it *ruleIter) loadMonth(step int64) {
	year, month, _ := dateOf(dayOf(it.start))
	index := int64(year)*12 + int64(month-1) + step
	year, month = int(index/12), int(index%12)+1
	if year > maxYear {
		it.done = true
		return
	}
	it.k++
	if it.r.months != 0 && it.r.months>>month&1 == 0 {
		return
	}
	first := dayNumber(year, month, 1)
	it.bases = appendDays(it.bases, first, it.r.dayMask(first, monthLength(year, month)))
}

func (it *ruleIter) loadWeek(step int64) {
	day := dayOf(it.start)
	first := day - int64((weekday(day)-it.r.wkst+7)%7) + step*7
	if first*daySeconds > it.bound {
		it.done = true
		return
	}
	it.k++
	for day := first; day < first+7; day++ {
		if it.r.weekdays>>weekday(day)&1 == 0 {
			continue
		}
		if it.r.months != 0 {
			if _, month, _ := dateOf(day); it.r.months>>month&1 == 0 {
				continue
			}
		}
		it.bases = append(it.bases, day*daySeconds)
	}
}

func (it *ruleIter) loadDay(day int64) {
	if day*daySeconds > it.bound {
		it.done = true
		return
	}
	if ok, retry := it.r.allowsDay(day); !ok {
		it.k += ceilDiv(retry-day, it.r.interval)
		return
	}
	it.bases = append(it.bases, day*daySeconds)
	it.k++
}

// loadTime loads a period of a rule that is shorter than a day. Where the day, hour, minute or
// second is not allowed it moves to the first period after it.
func (it *ruleIter) loadTime(at int64) {
	if at > it.bound {
		it.done = true
		return
	}
	retry, ok := it.allowsTime(at)
	if !ok {
		it.k += ceilDiv(retry-at, it.r.unit()*it.r.interval)
		return
	}
	it.bases = append(it.bases, at)
	it.k++
}

// allowsTime applies the parts that limit a rule shorter than a day; where they forbid the time it
// tells the first one later that they may allow.
func (it *ruleIter) allowsTime(at int64) (retry int64, ok bool) {
	r, day := it.r, dayOf(at)
	if it.okDay != day+1 {
		ok, next := r.allowsDay(day)
		if !ok {
			return next * daySeconds, false
		}
		it.okDay = day + 1
	}
	second := at - day*daySeconds
	if r.hours != 0 {
		if next := nextBit(uint64(r.hours), second/3600, 24); next != second/3600 {
			return day*daySeconds + next*3600, false
		}
	}
	if r.freq < hourly && r.minutes != 0 {
		minute := second / 60 % 60
		if next := nextBit(r.minutes, minute, 60); next != minute {
			return at - second%3600 + next*60, false
		}
	}
	if r.freq == secondly && r.seconds != 0 {
		if next := nextBit(r.seconds, second%60, 60); next != second%60 {
			return at - second%60 + next, false
		}
	}
	return at, true
}

// nextBit is the first bit set from n on, or limit.
func nextBit(mask uint64, n, limit int64) int64 {
	rest := mask >> n
	if rest == 0 {
		return limit
	}
	return n + int64(bits.TrailingZeros64(rest))
}

// allowsDay applies the parts that limit a rule of a day or less; where they forbid the day it
// tells the first one later that they may allow.
func (r *rule) allowsDay(day int64) (ok bool, retry int64) {
	if r.weekdays != 0 && r.weekdays>>weekday(day)&1 == 0 {
		return false, day + 1
	}
	if r.months == 0 && r.monthDays|r.monthDaysBack == 0 && len(r.yearDays) == 0 {
		return true, day
	}
	year, month, date := dateOf(day)
	if r.months != 0 && r.months>>month&1 == 0 {
		return false, r.nextMonth(year, month)
	}
	if r.monthDays|r.monthDaysBack != 0 && r.monthDayMask(monthLength(year, month))>>(date-1)&1 == 0 {
		return false, day + 1
	}
	if len(r.yearDays) == 0 {
		return true, day
	}
	offset := int(day - dayNumber(year, 1, 1))
	for _, n := range r.yearDays {
		if yearDay(year, n) == offset {
			return true, day
		}
	}
	return false, day + 1
}

// nextMonth is the first day of the first month after the given one that BYMONTH allows.
func (r *rule) nextMonth(year, month int) int64 {
	for range 12 {
		if month++; month > 12 {
			year, month = year+1, 1
		}
		if r.months>>month&1 != 0 {
			break
		}
	}
	return dayNumber(year, month, 1)
}
