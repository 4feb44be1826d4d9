package server

import (
	"net/http"

	"daycairn/backend/ics"
	"daycairn/server/davxml"
)

// A calendar's time zone has two faces: the definition that a client wrote (CALDAV:calendar-timezone, RFC 4791 §5.2.2)
// and a name (CALDAV:calendar-timezone-id, RFC 7809 §5.2). They never disagree: writing one forgets the other, unless
// both are written at once.
var timezoneFaces = [2]davxml.Name{caldav("calendar-timezone"), caldav("calendar-timezone-id")}

// timezoneID is the name as it was given, or the one that the definition has, where it is one that others know.
func timezoneID(w *davxml.Writer, _ *exchange, res *resource) bool {
	if xml := res.storedProperty(timezoneFaces[1]); xml != nil {
		w.Raw(xml)
		return true
	}
	definition := res.storedProperty(timezoneFaces[0])
	if definition == nil {
		return false
	}
	z, err := ics.ParseZone([]byte(elementText(definition)))
	if err != nil {
		return false
	}
	if _, known := ics.LookupZone(z.Name()); !known {
		return false
	}
	w.Element(timezoneFaces[1], z.Name())
	return true
}

// checkTimezone wants an iCalendar object with exactly one VTIMEZONE.
func checkTimezone(_ *exchange, _ *resource, el *davxml.Element) error {
	if el == nil {
		return nil
	}
	if _, err := ics.ParseZone([]byte(el.Text)); err != nil || len(el.Children) > 0 {
		return because(violated(http.StatusForbidden, caldav("valid-calendar-data")), err)
	}
	return nil
}

// checkTimezoneID wants a name that we know (RFC 7809 §5.2: CALDAV:valid-timezone otherwise).
func checkTimezoneID(x *exchange, res *resource, el *davxml.Element) error {
	if el == nil {
		return nil
	}
	if err := checkText(x, res, el); err != nil {
		return err
	}
	if _, ok := ics.LookupZone(el.Text); !ok {
		return violated(http.StatusForbidden, caldav("valid-timezone"))
	}
	return nil
}

// otherFace gives what a write to a calendar's time zone makes forget, if anything.
func otherFace(n davxml.Name, written func(davxml.Name) bool) (davxml.Name, bool) {
	for i, face := range timezoneFaces {
		if n == face && !written(timezoneFaces[1-i]) {
			return timezoneFaces[1-i], true
		}
	}
	return davxml.Name{}, false
}
