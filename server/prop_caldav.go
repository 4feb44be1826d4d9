package server

import (
	"daycairn/backend"
	"daycairn/server/davxml"
)

// RFC 4791 §5.2 and what Apple's calendars add. min-date-time, max-date-time, max-instances and
// max-attendees-per-instance are absent: nothing is refused for them.
func init() {
	register(
		property{name: caldav("calendar-description"), kinds: kindCalendar, needs: needStored, get: stored(caldav("calendar-description")), set: checkText},
		property{name: caldav("calendar-timezone"), kinds: kindCalendar, needs: needStored, get: stored(caldav("calendar-timezone")), set: checkTimezone},
		property{name: caldav("calendar-timezone-id"), kinds: kindCalendar, needs: needStored, get: timezoneID, set: checkTimezoneID},
		property{name: caldav("supported-calendar-component-set"), kinds: kindCalendar, always: true, get: componentSet, create: checkComponents},
		property{name: caldav("supported-calendar-component-sets"), kinds: kindCalendarHome, fixed: true, get: componentSets},
		property{name: caldav("supported-calendar-data"), kinds: kindCalendar, fixed: true, get: supportedCalendarData},
		property{name: caldav("supported-collation-set"), kinds: kindCalendar | kindCalendarHome, fixed: true, get: collations(caldav("supported-collation-set"), caldav("supported-collation"))},
		property{name: caldav("max-resource-size"), kinds: kindCalendar, fixed: true, get: maxResource(caldav("max-resource-size"))},
		property{name: caldav("schedule-calendar-transp"), kinds: kindCalendar, always: true, needs: needStored, get: transparency, set: checkTransparency},
		property{name: caldav("schedule-default-calendar-URL"), kinds: kindCalendarHome, needs: needStored | needDefault, get: defaultCalendar, set: checkHref},
		property{name: caldav("calendar-data"), kinds: kindEvent, needs: needBody, get: shown(caldav("calendar-data")), ask: askCalendarData},
	)
	for _, local := range []string{"default-alarm-vevent-date", "default-alarm-vevent-datetime", "default-alarm-vtodo-date", "default-alarm-vtodo-datetime"} {
		n := caldav(local)
		register(property{name: n, kinds: kindCalendar | kindCalendarHome, needs: needStored, get: stored(n), set: checkText})
	}
}

// anyComponents is what a calendar without a restriction takes (RFC 4791 §5.2.3).
var anyComponents = []string{"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"}

func componentSet(w *davxml.Writer, _ *exchange, res *resource) bool {
	names := res.coll.Components
	if len(names) == 0 {
		names = anyComponents
	}
	appendComponents(w, names)
	return true
}

func appendComponents(w *davxml.Writer, names []string) {
	w.Open(caldav("supported-calendar-component-set"))
	for _, n := range names {
		w.Empty(caldav("comp"), davxml.Attr{Name: davxml.Name{Local: "name"}, Value: n})
	}
	w.Close(caldav("supported-calendar-component-set"))
}

// componentSets tells Apple which calendars it may make: any combination.
func componentSets(w *davxml.Writer, _ *exchange, _ *resource) bool {
	w.Open(caldav("supported-calendar-component-sets"))
	for _, names := range [][]string{
		{"VEVENT"}, {"VTODO"}, {"VJOURNAL"}, {"VEVENT", "VTODO"}, {"VEVENT", "VJOURNAL"}, {"VTODO", "VJOURNAL"},
		{"VEVENT", "VTODO", "VJOURNAL"},
	} {
		appendComponents(w, names)
	}
	w.Close(caldav("supported-calendar-component-sets"))
	return true
}

func supportedCalendarData(w *davxml.Writer, _ *exchange, _ *resource) bool {
	w.Open(caldav("supported-calendar-data"))
	w.Empty(caldav("calendar-data"), mediaVersion("text/calendar", "2.0")...)
	w.Close(caldav("supported-calendar-data"))
	return true
}

func mediaVersion(mediaType, version string) []davxml.Attr {
	return []davxml.Attr{
		{Name: davxml.Name{Local: "content-type"}, Value: mediaType},
		{Name: davxml.Name{Local: "version"}, Value: version},
	}
}

// collations are what filters can compare by.
func collations(set, member davxml.Name) getter {
	return func(w *davxml.Writer, _ *exchange, _ *resource) bool {
		w.Open(set)
		for _, c := range knownCollations {
			w.Element(member, c.name)
		}
		w.Close(set)
		return true
	}
}

func maxResource(n davxml.Name) getter {
	return func(w *davxml.Writer, x *exchange, _ *resource) bool {
		appendNumber(w, n, x.limits.Resource)
		return true
	}
}

// transparency is RFC 6638 §9.1: opaque without another word.
func transparency(w *davxml.Writer, _ *exchange, res *resource) bool {
	if xml := res.storedProperty(caldav("schedule-calendar-transp")); xml != nil {
		w.Raw(xml)
		return true
	}
	w.Open(caldav("schedule-calendar-transp"))
	w.Empty(caldav("opaque"))
	w.Close(caldav("schedule-calendar-transp"))
	return true
}

// defaultCalendar is RFC 6638 §9.2, on the home as there is no inbox.
func defaultCalendar(w *davxml.Writer, x *exchange, res *resource) bool {
	n := caldav("schedule-default-calendar-URL")
	if xml := res.storedProperty(n); xml != nil {
		w.Raw(xml)
		return true
	}
	if res.primary == nil || res.primary.Kind != backend.Calendar {
		return false
	}
	w.Open(n)
	x.appendHref(w, homeTarget(res.primary.Kind, x.who.Principal.Slug).child(res.primary.Slug))
	w.Close(n)
	return true
}
