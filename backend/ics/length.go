package ics

import "bytes"

// A length is a DURATION (RFC 5545 §3.3.6): days are nominal, so they are counted on the calendar,
// and seconds are exact, so they are counted on the instant.
type length struct{ days, seconds int64 }

// maxLength bounds a duration, so that adding one to any date stays far from overflow.
const maxLength = 20000 * 366 * daySeconds

// parseLength reads a DURATION. It is liberal: parts in any order, a missing T, blanks around it.
func parseLength(value []byte) (length, bool) {
	if len(value) > maxWord {
		return length{}, false
	}
	value = bytes.ToUpper(bytes.TrimSpace(value))
	sign := int64(1)
	if len(value) > 0 && (value[0] == '+' || value[0] == '-') {
		if value[0] == '-' {
			sign = -1
		}
		value = value[1:]
	}
	if len(value) < 2 || value[0] != 'P' {
		return length{}, false
	}
	var l length
	inTime, number, digits := false, int64(0), 0
	for _, c := range value[1:] {
		if c >= '0' && c <= '9' {
			number = min(number*10+int64(c-'0'), maxLength)
			digits++
			continue
		}
		if c == 'T' && digits == 0 {
			inTime = true
			continue
		}
		if digits == 0 || !l.add(c, number, inTime) {
			return length{}, false
		}
		number, digits = 0, 0
	}
	if digits > 0 {
		return length{}, false
	}
	l.days = sign * min(l.days, maxLength/daySeconds)
	l.seconds = sign * min(l.seconds, maxLength)
	return l, true
}

// add counts one part of a duration in; months and years, which RFC 5545 dropped, are refused.
func (l *length) add(unit byte, n int64, inTime bool) bool {
	switch {
	case unit == 'W' && !inTime:
		l.days += min(n, maxLength/daySeconds) * 7
	case unit == 'D' && !inTime:
		l.days += n
	case unit == 'H':
		l.seconds += n * 3600
	case unit == 'M':
		l.seconds += n * 60
	case unit == 'S':
		l.seconds += n
	default:
		return false
	}
	l.days, l.seconds = min(l.days, maxLength), min(l.seconds, maxLength)
	return true
}

// positive tells whether the duration is longer than nothing.
func (l length) positive() bool { return l.days*daySeconds+l.seconds > 0 }

// reach is an upper bound in seconds of what the duration moves an instant by, with room for the
// change of a zone's offset.
func (l length) reach() int64 {
	r := abs(l.days)*daySeconds + abs(l.seconds)
	if l.days != 0 {
		r += daySeconds
	}
	return r
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}
