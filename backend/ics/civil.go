package ics

// Civil time is what a calendar and a clock on the wall show. It is counted in seconds as if the
// wall hung in UTC, so that arithmetic on it knows no zones. Days are counted from 1970-01-01.

const (
	daySeconds = 86400

	minYear = 1
	maxYear = 9999
)

var (
	minCivil = dayNumber(minYear, 1, 1) * daySeconds
	maxCivil = (dayNumber(maxYear, 12, 31)+1)*daySeconds - 1
)

// dayNumber counts the days from 1970-01-01 to a date of the proleptic Gregorian calendar.
func dayNumber(year, month, day int) int64 {
	y := int64(year)
	if month <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yearOfEra := y - era*400
	monthFromMarch := int64((month + 9) % 12)
	dayOfYear := (153*monthFromMarch+2)/5 + int64(day) - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return era*146097 + dayOfEra - 719468
}

// dateOf is the date of a day number.
func dateOf(number int64) (year, month, day int) {
	z := number + 719468
	era := floorDiv(z, 146097)
	dayOfEra := z - era*146097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	monthFromMarch := (5*dayOfYear + 2) / 153
	day = int(dayOfYear-(153*monthFromMarch+2)/5) + 1
	month = int(monthFromMarch) + 3
	if month > 12 {
		month -= 12
	}
	year = int(yearOfEra + era*400)
	if month <= 2 {
		year++
	}
	return year, month, day
}

// weekday is 0 for Monday and 6 for Sunday.
func weekday(number int64) int {
	return int(floorMod(number+3, 7))
}

func isLeap(year int) bool {
	return year%4 == 0 && (year%100 != 0 || year%400 == 0)
}

var monthLengths = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func monthLength(year, month int) int {
	if month == 2 && isLeap(year) {
		return 29
	}
	return monthLengths[month]
}

func yearLength(year int) int {
	if isLeap(year) {
		return 366
	}
	return 365
}

// dayOf is the day number of a civil time.
func dayOf(civil int64) int64 { return floorDiv(civil, daySeconds) }

// midnight is the start of the civil time's day.
func midnight(civil int64) int64 { return dayOf(civil) * daySeconds }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// ceilDiv rounds up, for a positive b.
func ceilDiv(a, b int64) int64 { return -floorDiv(-a, b) }
