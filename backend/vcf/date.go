package vcf

import (
	"fmt"
	"regexp"
	"strings"

	"daycairn/backend/line"
)

// omittedYear is the leap year that Apple writes for dates whose year is not known.
const (
	omitYear    = "X-APPLE-OMIT-YEAR"
	omittedYear = "1604"
)

// moment matches a date, perhaps with a time, in the extended form that 3.0 has (RFC 2426 §3.1.5) and in the basic
// form of 4.0 (RFC 6350 §4.3), which may lack the year.
var moment = regexp.MustCompile(`^(\d{4}|--)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])` +
	`(?:[Tt ]?([01]\d|2[0-3]):?([0-5]\d)(?::?([0-5]\d|60))?(?:[.,]\d{1,9})?([Zz]|[+-]\d\d(?::?\d\d)?)?)?$`)

const maxMoment = 40 // longer is none

// A date is what moment matches: year "" if not known, hour "" without a time.
type date struct {
	year, month, day     string
	hour, minute, second string
	zone                 string // "Z", "+hhmm" or "" for local time
}

func readDate(value string) (date, bool) {
	if len(value) > maxMoment {
		return date{}, false
	}
	m := moment.FindStringSubmatch(strings.TrimSpace(value))
	if m == nil {
		return date{}, false
	}
	d := date{m[1], m[2], m[3], m[4], m[5], m[6], strings.ToUpper(strings.ReplaceAll(m[7], ":", ""))}
	if d.year == "--" {
		d.year = ""
	}
	if d.hour != "" && d.second == "" {
		d.second = "00"
	}
	if len(d.zone) == len("+hh") {
		d.zone += "00"
	}
	return d, true
}

// basic writes d as 4.0 has it: 19850412T232050Z, --0412.
func (d date) basic() string {
	year := d.year
	if year == "" {
		year = "--"
	}
	if d.hour == "" {
		return year + d.month + d.day
	}
	return fmt.Sprintf("%s%s%sT%s%s%s%s", year, d.month, d.day, d.hour, d.minute, d.second, d.zone)
}

// extended writes d as 3.0 has it: 1985-04-12T23:20:50Z. The year must be known.
func (d date) extended() string {
	day := fmt.Sprintf("%s-%s-%s", d.year, d.month, d.day)
	if d.hour == "" {
		return day
	}
	zone := d.zone
	if len(zone) == len("+hhmm") {
		zone = zone[:3] + ":" + zone[3:]
	}
	return fmt.Sprintf("%sT%s:%s:%s%s", day, d.hour, d.minute, d.second, zone)
}

// dateOf reads the value of a line that holds a date, unless it is said to be text or of another calendar.
func dateOf(e *edit) (date, bool) {
	if isText(e.params) {
		return date{}, false
	}
	if scale, ok := e.param("CALSCALE"); ok && !strings.EqualFold(scale, "gregorian") {
		return date{}, false
	}
	if len(e.value) > maxMoment {
		return date{}, false
	}
	return readDate(line.Text(e.value))
}

// date4 writes a date in the basic form, without the year that Apple says is made up.
func date4(_ *conversion, e *edit) {
	d, ok := dateOf(e)
	if !ok {
		return
	}
	if year, ok := e.param(omitYear); ok && year == d.year {
		d.year = ""
	}
	e.drop(omitYear, "VALUE")
	if text := d.basic(); text != string(e.value) {
		e.setValue([]byte(text))
	}
}

// date3 writes a date in the extended form, and one without a year as Apple does.
func date3(_ *conversion, e *edit) {
	d, ok := dateOf(e)
	if !ok {
		return
	}
	e.drop("VALUE", "CALSCALE")
	if d.year == "" {
		d.year = omittedYear
		e.drop(omitYear)
		e.add(omitYear, omittedYear)
	}
	if d.hour != "" {
		e.add("VALUE", "date-time")
	}
	if text := d.extended(); text != string(e.value) {
		e.setValue([]byte(text))
	}
}

// revision3 writes REV, which is a date-time without being told so (RFC 2426 §3.6.4).
func revision3(v *conversion, e *edit) {
	date3(v, e)
	e.drop("VALUE")
}

// anniversary4 gives the name of RFC 6350 §6.2.6 to what 3.0 has under several, unless the card has it already.
func anniversary4(v *conversion, e *edit) {
	if v.has["ANNIVERSARY"] {
		return
	}
	if _, ok := dateOf(e); !ok {
		return
	}
	v.has["ANNIVERSARY"] = true
	e.setName("ANNIVERSARY")
	date4(v, e)
}

func anniversary3(v *conversion, e *edit) {
	e.setName("X-ANNIVERSARY")
	date3(v, e)
}
