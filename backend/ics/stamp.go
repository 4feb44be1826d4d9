package ics

import (
	"bytes"
	"math"
	"time"
)

// A form says how a date or time was written (RFC 5545 §3.3.4 and §3.3.5).
type form uint8

const (
	formNone  form = iota // absent, or not to be read
	formDate              // a DATE
	formLocal             // a DATE-TIME without a zone: what it means its TZID or the reader's zone says
	formUTC               // a DATE-TIME with a Z
)

// A stamp is a DATE or DATE-TIME value as it stands in a line, before any zone is applied.
type stamp struct {
	civil int64
	form  form
}

// parseStamp reads a DATE or DATE-TIME by its shape, whatever VALUE claims: clients mix the two up.
// It also takes the extended form of ISO 8601, missing seconds and a numeric offset, all of which
// occur; anything else is formNone.
func parseStamp(value []byte) stamp {
	digits, rest, ok := stampDigits(bytes.TrimSpace(value))
	if !ok || digits.n < 8 {
		return stamp{}
	}
	year, month, day := digits.take(4), digits.take(2), digits.take(2)
	if year < minYear || month < 1 || month > 12 || day < 1 || day > monthLength(year, month) {
		return stamp{}
	}
	civil := dayNumber(year, month, day) * daySeconds
	if digits.n == 8 {
		return stamp{civil, formDate}
	}
	hour, minute, second := digits.take(2), digits.take(2), 0
	if digits.n == 14 {
		second = digits.take(2)
	}
	if second == 60 {
		second = 59 // RFC 5545 §3.3.12: who does not know leap seconds takes 60 for 59.
	}
	if hour > 24 || minute > 59 || second > 59 || hour == 24 && minute+second > 0 {
		return stamp{}
	}
	s := stamp{civil + int64(hour)*3600 + int64(minute)*60 + int64(second), formLocal}
	return s.shift(rest)
}

// shift applies what follows the digits: nothing, a Z, or an offset that RFC 5545 forbids.
func (s stamp) shift(rest []byte) stamp {
	if len(rest) == 0 {
		return s
	}
	if len(rest) == 1 && (rest[0] == 'Z' || rest[0] == 'z') {
		return stamp{s.civil, formUTC}
	}
	if offset, ok := parseOffset(rest); ok {
		return stamp{s.civil - offset, formUTC}
	}
	return stamp{}
}

// A digitRun holds the digits of a stamp without the signs between them.
type digitRun struct {
	digits [14]byte
	n, at  int
}

func (d *digitRun) take(n int) int {
	v := 0
	for range n {
		v = v*10 + int(d.digits[d.at]-'0')
		d.at++
	}
	return v
}

// stampDigits splits a value into 8 (date), 12 or 14 (time) digits and what follows them.
func stampDigits(value []byte) (run digitRun, rest []byte, ok bool) {
	i := 0
	for ; i < len(value) && run.n < len(run.digits); i++ {
		c := value[i]
		switch {
		case c >= '0' && c <= '9':
			run.digits[run.n] = c
			run.n++
		case (c == 'T' || c == 't' || c == ' ') && run.n == 8 && i+1 < len(value):
		case c == '-' && (run.n == 4 || run.n == 6):
		case c == ':' && (run.n == 10 || run.n == 12):
		default:
			return run, value[i:], run.n == 12
		}
	}
	if i < len(value) && value[i] == '.' { // fractions of a second
		for i++; i < len(value) && value[i] >= '0' && value[i] <= '9'; i++ {
		}
	}
	return run, value[i:], run.n == 8 || run.n == 12 || run.n == 14
}

// parseOffset reads a UTC-OFFSET (RFC 5545 §3.3.14) in seconds; colons and a missing sign are
// taken too.
func parseOffset(value []byte) (int64, bool) {
	value = bytes.TrimSpace(value)
	sign := int64(1)
	if len(value) > 0 && (value[0] == '+' || value[0] == '-') {
		if value[0] == '-' {
			sign = -1
		}
		value = value[1:]
	}
	var parts [6]int64
	n := 0
	for _, c := range value {
		if c == ':' && n > 0 {
			continue
		}
		if c < '0' || c > '9' || n == len(parts) {
			return 0, false
		}
		parts[n] = int64(c - '0')
		n++
	}
	if n == 2 || n == 1 { // only hours
		if n == 1 {
			parts[0], parts[1] = 0, parts[0]
		}
	} else if n == 3 { // H:MM
		parts[0], parts[1], parts[2], parts[3] = 0, parts[0], parts[1], parts[2]
	} else if n != 4 && n != 6 {
		return 0, false
	}
	hours, minutes, seconds := parts[0]*10+parts[1], parts[2]*10+parts[3], parts[4]*10+parts[5]
	if hours > 23 || minutes > 59 || seconds > 59 {
		return 0, false
	}
	return sign * (hours*3600 + minutes*60 + seconds), true
}

// appendDate writes a civil time as a DATE.
func appendDate(dst []byte, civil int64) []byte {
	year, month, day := dateOf(dayOf(civil))
	return appendNumber(appendNumber(appendNumber(dst, year, 4), month, 2), day, 2)
}

// appendTime writes a civil time as a DATE-TIME without a zone.
func appendTime(dst []byte, civil int64) []byte {
	dst = append(appendDate(dst, civil), 'T')
	s := int(civil - midnight(civil))
	return appendNumber(appendNumber(appendNumber(dst, s/3600, 2), s/60%60, 2), s%60, 2)
}

// appendUTC writes an instant as a DATE-TIME in UTC.
func appendUTC(dst []byte, unix int64) []byte {
	return append(appendTime(dst, min(max(unix, minCivil), maxCivil)), 'Z')
}

func appendNumber(dst []byte, v, width int) []byte {
	start := len(dst)
	for range width {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; i >= start && v > 0; i-- {
		dst[i] = byte('0' + v%10)
		v /= 10
	}
	return dst
}

const (
	minUnix = math.MinInt64
	maxUnix = math.MaxInt64
)

// A Window is a time range of RFC 4791 §9.9: from Start, inclusive, to End, exclusive. A zero time
// leaves that end open.
type Window struct{ Start, End time.Time }

// bounds are the window's ends in Unix seconds, minUnix and maxUnix where it is open.
func (w Window) bounds() (start, end int64) {
	start, end = minUnix, maxUnix
	if !w.Start.IsZero() {
		start = w.Start.Unix()
	}
	if !w.End.IsZero() {
		end = w.End.Unix()
	}
	return start, end
}
