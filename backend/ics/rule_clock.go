package ics

import "math/bits"

// A clock is the times of a rule's period, as seconds after each of its bases: each of hours with each
// of minutes and of seconds, in order. There may be all 86,400 of a day; they are not written out.
type clock struct{ hours, minutes, seconds []uint8 }

// readClock is the times that a settled rule gives each period. Units that are not shorter than the
// period are in its bases.
func (r *rule) readClock() clock {
	hours, minutes, seconds := uint64(r.hours), r.minutes, r.seconds
	if r.freq <= hourly {
		hours = 1
	}
	if r.freq <= minutely {
		minutes = 1
	}
	if r.freq == secondly {
		seconds = 1
	}
	return clock{bitList(hours), bitList(minutes), bitList(seconds)}
}

func (c *clock) size() int { return len(c.hours) * len(c.minutes) * len(c.seconds) }

// at is the ith time.
func (c *clock) at(i int) int64 {
	second, i := i%len(c.seconds), i/len(c.seconds)
	minute, hour := i%len(c.minutes), i/len(c.minutes)
	return int64(c.hours[hour])*3600 + int64(c.minutes[minute])*60 + int64(c.seconds[second])
}

// eachBit holds the lists of one number, which nearly all lists are.
var eachBit = func() (list [64]uint8) {
	for n := range list {
		list[n] = uint8(n)
	}
	return list
}()

// bitList lists the bits that are set.
func bitList(mask uint64) []uint8 {
	if n := bits.TrailingZeros64(mask); bits.OnesCount64(mask) == 1 {
		return eachBit[n : n+1 : n+1]
	}
	list := make([]uint8, 0, bits.OnesCount64(mask))
	for ; mask != 0; mask &= mask - 1 {
		list = append(list, uint8(bits.TrailingZeros64(mask)))
	}
	return list
}
