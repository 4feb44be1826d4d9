package conformance

import (
	"errors"
	"strings"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

// everywhere is each kind of place.
const everywhere = "root principal calhome cardhome calendar tasks book event card"

// properties are what clients ask for. The shapes are what their parsers take.
func properties(u *target.User) []wanted {
	return append(mustProperties(u), otherProperties(u)...)
}

func mustProperties(u *target.User) []wanted {
	return []wanted{
		{needed, "D:resourcetype", "calendar tasks", exactly("D:collection", "C:calendar"), "Ap Dx TB EDS KDE OL VD TS PY"},
		{needed, "D:resourcetype", "book", exactly("D:collection", "CR:addressbook"), "Ap Dx TBc EDS KDE OL VD TS"},
		{needed, "D:resourcetype", "calhome cardhome root", exactly("D:collection"), "Ap Dx TB EDS KDE OL VD TS PY"},
		{needed, "D:resourcetype", "principal", holding("D:principal"), "Ap Dx EDS"},
		{needed, "D:resourcetype", "event card", exactly(), "TB TBc EDS KDE VD"},
		{needed, "D:current-user-principal", everywhere, href(u.Principal), "Ap Dx TB TBc EDS KDE OL VD TS PY"},
		{needed, "C:calendar-home-set", "root principal calhome calendar", href(u.CalHome), "Ap Dx TB EDS KDE OL VD TS PY"},
		{needed, "CR:addressbook-home-set", everywhere, href(u.CardHome), "Ap Dx TBc EDS KDE OL VD TS"},
		{needed, "D:getetag", "event card", text(`^"[^"]+"$`), "Ap Dx TB TBc EDS KDE OL VD TS PY"},
		{needed, "D:getcontenttype", "event", text(`^text/calendar; ?charset=utf-8`), "Ap TB VD OL EDS"},
		{needed, "D:getcontenttype", "card", text(`^text/vcard; ?charset=utf-8`), "Ap VD OL EDS"},
		{needed, "D:displayname", "calendar tasks book principal", text(`.`), "Ap Dx TB TBc EDS KDE OL VD TS PY"},
		{needed, "D:supported-report-set", "calendar tasks", holding("C:calendar-query", "C:calendar-multiget", "D:sync-collection"), "Ap Dx TB EDS OL TS"},
		{needed, "D:supported-report-set", "book", holding("CR:addressbook-query", "CR:addressbook-multiget", "D:sync-collection"), "Ap Dx TB EDS OL TS"},
		{needed, "D:supported-report-set", "calhome cardhome", holding("D:sync-collection"), "Ap"},
		{needed, "D:supported-report-set", "principal", holding("D:expand-property"), "Ap"},
		{needed, "D:sync-token", "calendar tasks book", text(`^[a-z][a-z0-9+.-]*:.`), "Ap Dx TBc EDS TS"},
		{needed, "CS:getctag", "calendar tasks book", text(`.`), "KDE EDS TB TBc Ap Dx TS"},
		{needed, "C:supported-calendar-component-set", "calendar", comps("VEVENT"), "Ap Dx KDE OL TB EDS"},
		{needed, "C:supported-calendar-component-set", "tasks", comps("VTODO"), "Ap Dx KDE OL TB EDS"},
		{needed, "D:current-user-privilege-set", "calhome calendar tasks cardhome book event card", allPrivileges, "Ap Dx TB EDS KDE OL"},
		{needed, "D:owner", "calendar tasks book calhome", href(u.Principal), "TB OL Ap Dx"},
		{needed, "ICAL:calendar-color", "calendar tasks", text(`^#[0-9A-Fa-f]{8}$`), "Ap Dx TB KDE EDS OL TS"},
		{needed, "C:calendar-user-address-set", "principal", holding("D:href"), "Ap TB EDS Dx OL"},
		{needed, "D:principal-URL", "principal calendar root", href(u.Principal), "Ap EDS KDE OL"},
	}
}

func otherProperties(u *target.User) []wanted {
	return []wanted{
		{should, "ICAL:calendar-order", "calendar", text(`^3$`), "Ap EDS VD"},
		{should, "C:calendar-description", "calendar", text(`^d$`), "Ap Dx EDS TS VD"},
		{should, "CR:addressbook-description", "book", text(`^d$`), "Ap Dx EDS TS VD"},
		{should, "C:calendar-timezone", "calendar", text(`(?s)^BEGIN:VCALENDAR.*TZID:Europe/Berlin.*END:VCALENDAR`), "Ap Dx KDE TS"},
		{should, "C:calendar-timezone-id", "calendar", text(`^Europe/Berlin$`), "Dx"},
		{should, "C:schedule-calendar-transp", "calendar", exactly("C:opaque"), "Ap"},
		{should, "C:default-alarm-vevent-date", "calhome calendar", text(`X-WR-ALARMUID:1`), "Ap"},
		{should, "C:default-alarm-vevent-datetime", "calhome calendar", text(`^$`), "Ap"},
		{should, "C:max-resource-size", "calendar tasks", text(`^[1-9][0-9]{6,}$`), "Dx Ap"},
		{should, "CR:max-resource-size", "book", text(`^[1-9][0-9]{6,}$`), "Dx Ap"},
		{should, "CR:max-image-size", "book", text(`^[1-9][0-9]{5,}$`), "Ap"},
		{should, "CR:supported-address-data", "book", holding("CR:address-data-type"), "Dx EDS"},
		{should, "C:supported-calendar-data", "calendar", holding("C:calendar-data"), "PY"},
		{should, "C:supported-collation-set", "calendar", holding("C:supported-collation"), "PY"},
		{should, "CR:supported-collation-set", "book", holding("CR:supported-collation"), "PY"},
		{should, "D:resource-id", "calendar book principal", oneHref(`urn:uuid:`), "Ap"},
		{should, "D:principal-collection-set", "calendar book principal calhome root", oneHref(`/dav/principals/`), "Ap"},
		{should, "CS:email-address-set", "principal", anything, "Ap"},
		{should, "CS:me-card", "cardhome", href(u.Book + "c.vcf"), "Ap"},
		{should, "D:getlastmodified", "event card", text(`^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$`), "EDS PY"},
		{should, "D:getcontentlength", "event card", text(`^[1-9][0-9]*$`), "EDS PY"},
		{should, "D:creationdate", "event card calendar book", text(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`), "EDS PY"},
		{should, "D:quota-used-bytes", "calhome cardhome", text(`^[0-9]+$`), "Ap"},
		{should, "D:quota-available-bytes", "calhome cardhome", text(`^[0-9]+$`), "Ap"},
		{should, "C:supported-calendar-component-sets", "calhome", holding("C:supported-calendar-component-set", "C:comp"), "Ap"},
		{should, "D:sync-token", "calhome cardhome", text(`^[a-z][a-z0-9+.-]*:.`), "Ap"},
		{nice, "C:schedule-default-calendar-URL", "calhome", anything, "Ap"},
		{nice, "C:min-date-time", "calendar", text(`^\d{8}T\d{6}Z$`), "Ap"},
		{nice, "C:max-date-time", "calendar", text(`^\d{8}T\d{6}Z$`), "Ap"},
		{nice, "C:max-instances", "calendar", text(`^\d+$`), "Ap"},
		{nice, "C:max-attendees-per-instance", "calendar", text(`^\d+$`), "Ap"},
		{nice, "C:schedule-tag", "event", anything, "Ap Dx"},
		{nice, "C:schedule-inbox-URL", "principal", anything, "Ap TB EDS"},
		{nice, "C:schedule-outbox-URL", "principal", anything, "Ap TB EDS"},
		{nice, "P:transports", "calendar", anything, "Dx KDE"},
		{nice, "P:topic", "calendar", anything, "Dx KDE"},
		{nice, "P:supported-triggers", "calendar", anything, "Dx KDE"},
		{nice, "CS:push-transports", "calhome calendar", anything, "Ap"},
		{nice, "CS:pushkey", "calhome calendar", anything, "Ap"},
		{nice, "CS:calendar-proxy-read-for", "principal", anything, "Ap Dx"},
		{nice, "CS:calendar-proxy-write-for", "principal", anything, "Ap Dx"},
		{nice, "D:group-membership", "principal", anything, "Dx"},
		{nice, "CS:source", "calendar", anything, "Ap Dx EDS"},
		{nice, "CS:invite", "calendar", anything, "Ap"},
		{nice, "CS:notification-URL", "principal", anything, "Ap"},
		{nice, "C:calendar-free-busy-set", "calhome", anything, "Ap"},
		{nice, "ME:bulk-requests", "calhome cardhome", anything, "Ap"},
		{nice, "D:add-member", "calendar book", anything, "Ap"},
		{nice, "ICAL:autoprovisioned", "calendar", anything, "Ap"},
		{nice, "CR:directory-gateway", "principal", anything, "Ap"},
	}
}

// comps wants these components and no others, in upper case.
func comps(names ...string) func(*wire.Element) error {
	return func(el *wire.Element) error {
		var got []string
		for _, c := range el.All(wire.MustName("C:comp")) {
			got = append(got, c.Attribute("name"))
		}
		if strings.Join(got, " ") != strings.Join(names, " ") {
			return errors.New("want " + strings.Join(names, " "))
		}
		return nil
	}
}

// allPrivileges wants aggregates and parts, since clients look for one or the other.
func allPrivileges(el *wire.Element) error {
	return holding("D:all", "D:read", "D:write", "D:write-content", "D:write-properties", "D:bind", "D:unbind", "D:read-current-user-privilege-set")(el)
}

func oneHref(prefix string) func(*wire.Element) error {
	return func(el *wire.Element) error {
		if !strings.HasPrefix(el.Value(), prefix) {
			return errors.New("want one href that begins with " + prefix)
		}
		return nil
	}
}
