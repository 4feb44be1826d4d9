package ics

// seek goes to the first time at or after from without visiting what lies before it.
func (it *ruleIter) seek(from int64) {
	if from > it.bound {
		it.done = true
		return
	}
	it.k = it.periodAt(from)
	it.fill()
	for it.n > 0 && it.at(it.n-1) < from {
		it.fill()
	}
	if it.n > 0 {
		it.i = it.search(from)
	}
}

// periodAt is a period near the time: none later can hold it, and only a few before it are visited.
func (it *ruleIter) periodAt(at int64) int64 {
	r := it.r
	var distance int64
	switch r.freq {
	case yearly, monthly:
		fromYear, fromMonth, _ := dateOf(dayOf(it.start))
		year, month, _ := dateOf(dayOf(at))
		distance = int64(year - fromYear)
		if r.freq == monthly {
			distance = distance*12 + int64(month-fromMonth)
		}
	default:
		distance = (at - it.start) / r.unit()
	}
	return max(0, distance/r.interval-1)
}

// countTo goes to the first time at or after from and sets what COUNT leaves from there.
func (it *ruleIter) countTo(from int64) {
	it.left = it.r.count
	it.fill()
	first := 0
	if it.n > 0 {
		first = it.search(it.start)
	}
	// The start counts even where the rule does not yield it.
	if it.n == 0 || first == it.n || it.at(first) != it.start {
		it.left--
	}
	if it.r.regular() && it.k == 1 && it.n > 0 {
		it.boundByCount(first)
		it.left = -1
		it.seek(from)
		return
	}
	it.i = first
	if it.r.skip == skipForward { // a day may come twice, so each is looked at
		it.from = from
		return
	}
	for it.left > 0 && it.n > 0 && it.at(it.n-1) < from {
		it.left = max(0, it.left-int64(it.n-it.i))
		it.fill()
	}
	if it.n > 0 {
		skip := max(it.search(from), it.i)
		it.left = max(0, it.left-int64(skip-it.i))
		it.i = skip
	}
}

// boundByCount turns the COUNT of a regular rule into its last time. The first period is loaded;
// first is the index of the start in it.
func (it *ruleIter) boundByCount(first int) {
	n := int64(it.n)
	index := it.left - 1 + int64(first)
	if it.left == 0 {
		it.bound = minUnix
		return
	}
	if index < n {
		it.bound = min(it.bound, it.at(int(index)))
		return
	}
	it.k = index / n
	it.fill()
	if it.n > 0 {
		it.bound = min(it.bound, it.at(int(index%n)))
	}
	it.done = false
}

// regular tells whether each period of the rule has the same number of times, so that a COUNT can
// be computed.
func (r *rule) regular() bool {
	days := r.monthDays | r.monthDaysBack
	plain := r.months == 0 && len(r.nth) == 0 && len(r.yearDays) == 0 && len(r.weeks) == 0
	switch r.freq {
	case yearly:
		return len(r.nth) == 0 && len(r.yearDays) == 0 && len(r.weeks) == 0 && r.weekdays == 0 &&
			r.monthDaysBack == 0 && days>>29 == 0
	case monthly:
		return plain && r.weekdays == 0 && r.monthDaysBack == 0 && days>>29 == 0
	case weekly:
		return plain
	case daily:
		return plain && days == 0 && r.weekdays == 0
	}
	if !plain || days != 0 || r.weekdays != 0 || r.hours != 0 {
		return false
	}
	return (r.freq == hourly || r.minutes == 0) && (r.freq != secondly || r.seconds == 0)
}
