package ics

import (
	"slices"
	"sort"
)

// A ruleIter yields the civil times of a rule in order. A period is one stretch of the rule's
// frequency; its times are each of bases plus each of the rule's clock, or those that BYSETPOS picks.
type ruleIter struct {
	r     *rule // settled
	start int64
	bound int64 // the last civil time that may be yielded
	left  int64 // occurrences that COUNT still allows; -1 without
	steps *budget
	k     int64 // next period
	okDay int64 // a day that a sub-daily rule allows, +1 so that 0 is none
	bases []int64
	pos   []int
	n, i  int
	done  bool
	last  int64
	from  int64 // earlier times are counted but not yielded
}

// iterate yields the rule's times that are at or after from and not after bound. RFC 5545 §3.8.5.3:
// the start always counts as the first occurrence, whether or not the rule yields it. The rule must
// be settled. Without a COUNT, or where a COUNT can be computed, nothing before from is visited.
func (r *rule) iterate(start, from, bound int64, steps *budget) *ruleIter {
	it := &ruleIter{r: r, start: start, bound: min(bound, maxCivil), left: -1, steps: steps, last: minUnix, from: minUnix}
	from = max(from, start)
	if r.count > 0 {
		it.countTo(from)
	} else {
		it.seek(from)
	}
	return it
}

// next yields the next time, false at the end or when the budget is spent.
func (it *ruleIter) next() (int64, bool) {
	for !it.done {
		if it.i >= it.n {
			it.fill()
			continue
		}
		if !it.steps.spend(1) || it.left == 0 {
			break
		}
		civil := it.at(it.i)
		it.i++
		if civil > it.bound {
			break
		}
		if civil < it.start || civil <= it.last { // SKIP=FORWARD may run into the next month
			continue
		}
		it.last = civil
		if it.left > 0 {
			it.left--
		}
		if civil >= it.from {
			return civil, true
		}
	}
	it.done = true
	return 0, false
}

// at is the ith time of the loaded period.
func (it *ruleIter) at(i int) int64 {
	if it.pos != nil {
		i = it.pos[i]
	}
	n := it.r.clock.size()
	return it.bases[i/n] + it.r.clock.at(i%n)
}

// search is the index of the loaded period's first time that is not before from.
func (it *ruleIter) search(from int64) int {
	return sort.Search(it.n, func(i int) bool { return it.at(i) >= from })
}

// fill loads the next period that has a time.
func (it *ruleIter) fill() {
	it.n, it.i = 0, 0
	for it.n == 0 && !it.done {
		if !it.steps.spend(it.r.cost) {
			it.done = true
			return
		}
		it.bases = it.bases[:0]
		it.load()
		it.n = len(it.bases) * it.r.clock.size()
		if it.n > 0 && len(it.r.setPos) > 0 {
			it.pick()
		}
	}
}

// pick applies BYSETPOS to the loaded period.
func (it *ruleIter) pick() {
	if it.pos == nil {
		it.pos = make([]int, 0, len(it.r.setPos))
	}
	it.pos = it.pos[:0]
	for _, p := range it.r.setPos {
		if p < 0 {
			p += it.n + 1
		}
		if p >= 1 && p <= it.n {
			it.pos = append(it.pos, p-1)
		}
	}
	slices.Sort(it.pos)
	it.pos = slices.Compact(it.pos)
	it.n = len(it.pos)
}
