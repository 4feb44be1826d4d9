package server

import (
	"fmt"
	"strings"
	"testing"
)

func proppatch(inner string) string {
	return `<D:propertyupdate xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav" xmlns:CS="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/">` + inner + `</D:propertyupdate>`
}

func set(props string) string { return proppatch(`<D:set><D:prop>` + props + `</D:prop></D:set>`) }

const (
	calendarPath = "/dav/calendars/alice/calendar/"
	homePath     = "/dav/calendars/alice/"
	cardHomePath = "/dav/addressbooks/alice/"
	bookPath     = "/dav/addressbooks/alice/contacts/"
	selfPath     = "/dav/principals/alice/"
)

// mustFind gives the answer of a PROPFIND for one property.
func (w *world) mustFind(path, prop string) string {
	w.t.Helper()
	return w.mustDo(207, "PROPFIND", path, propfind(`<D:prop>`+prop+`</D:prop>`), "Depth: 0")
}

// What Apple's clients write after the set-up of an account: all of it must succeed, and come back (clients.md A1).
func TestWhatClientsSetComesBack(t *testing.T) {
	w := newWorld(t)
	const zone = "BEGIN:VCALENDAR&#13;\nVERSION:2.0&#13;\nBEGIN:VTIMEZONE&#13;\nTZID:Europe/Berlin&#13;\nBEGIN:STANDARD&#13;\nDTSTART:19700101T000000&#13;\nTZOFFSETFROM:+0100&#13;\nTZOFFSETTO:+0100&#13;\nEND:STANDARD&#13;\nEND:VTIMEZONE&#13;\nEND:VCALENDAR&#13;\n"
	for _, c := range []struct{ path, set, ask, want string }{
		{homePath, `<C:default-alarm-vevent-date>BEGIN:VALARM&#13;
X-WR-ALARMUID:1&#13;
END:VALARM</C:default-alarm-vevent-date>`, `<C:default-alarm-vevent-date/>`, "BEGIN:VALARM&#13;\nX-WR-ALARMUID:1&#13;\nEND:VALARM"},
		{homePath, `<C:default-alarm-vevent-datetime/>`, `<C:default-alarm-vevent-datetime/>`, "200 OK"},
		{calendarPath, `<A:calendar-order>3</A:calendar-order>`, `<A:calendar-order/>`, ">3<"},
		{calendarPath, `<A:calendar-color symbolic-color="blue">#1BADF8</A:calendar-color>`, `<A:calendar-color/>`, `symbolic-color="blue">#1BADF8FF<`},
		{calendarPath, `<C:calendar-timezone>` + zone + `</C:calendar-timezone>`, `<C:calendar-timezone/>`, zone},
		{calendarPath, `<C:calendar-description>d</C:calendar-description>`, `<C:calendar-timezone-id/>`, ">Europe/Berlin<"},
		{calendarPath, `<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>`, `<C:schedule-calendar-transp/>`, "<C:transparent/>"},
		{calendarPath, `<Q:unknown xmlns:Q="urn:q" Q:a="&lt;1"><Q:b/>t</Q:unknown>`, `<unknown xmlns="urn:q"/>`, `<Q:unknown xmlns:Q="urn:q" Q:a="&lt;1"><Q:b/>t</Q:unknown>`},
		{bookPath, `<CR:addressbook-description>b</CR:addressbook-description>`, `<addressbook-description xmlns="urn:ietf:params:xml:ns:carddav"/>`, ">b<"},
		{cardHomePath, `<CS:me-card><D:href>/dav/addressbooks/alice/contacts/me.vcf</D:href></CS:me-card>`, `<CS:me-card/>`, "me.vcf</D:href>"},
		{selfPath, `<D:displayname xml:lang="de">Älice</D:displayname>`, `<D:displayname/>`, `xml:lang="de">Älice<`},
		{selfPath, `<Q:x xmlns:Q="urn:q"/>`, `<x xmlns="urn:q"/>`, `<Q:x xmlns:Q="urn:q"/>`},
	} {
		body := w.mustDo(207, "PROPPATCH", c.path, set(c.set))
		if !strings.Contains(body, "HTTP/1.1 200 OK") || strings.Contains(body, "HTTP/1.1 4") {
			t.Errorf("%s on %s: %s", c.set, c.path, body)
		}
		if got := w.mustFind(c.path, c.ask); !strings.Contains(got, c.want) {
			t.Errorf("%s of %s: got %s, want %s in it", c.ask, c.path, got, c.want)
		}
	}
}

func TestRefusedProppatchChangesNothing(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ path, props, want string }{
		{calendarPath, `<D:displayname>new</D:displayname><D:getetag>"x"</D:getetag>`, `<D:getetag/></D:prop><D:status>HTTP/1.1 403 Forbidden</D:status><D:error><D:cannot-modify-protected-property/></D:error>`},
		{calendarPath, `<D:displayname>new</D:displayname><C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>`, `<D:cannot-modify-protected-property/>`},
		{calendarPath, `<C:calendar-timezone>no</C:calendar-timezone><D:displayname>new</D:displayname>`, `403 Forbidden</D:status><D:error><C:valid-calendar-data/></D:error>`},
		{calendarPath, `<C:calendar-timezone-id>Nowhere/At-All</C:calendar-timezone-id><D:displayname>new</D:displayname>`, `<C:valid-timezone/>`},
		{calendarPath, `<C:schedule-calendar-transp>x</C:schedule-calendar-transp><D:displayname>new</D:displayname>`, `409 Conflict`},
		{calendarPath, `<A:calendar-order>one</A:calendar-order><D:displayname>new</D:displayname>`, `409 Conflict`},
		{selfPath, `<D:displayname>new</D:displayname><D:principal-URL/>`, `<D:cannot-modify-protected-property/>`},
		{calendarPath, `<D:displayname>new</D:displayname><big xmlns="urn:x">` + strings.Repeat("x", 300<<10) + `</big>`, `507 Insufficient Storage`},
	} {
		before := w.mustFind(c.path, `<D:displayname/>`)
		body := w.mustDo(207, "PROPPATCH", c.path, set(c.props), "Prefer: return=minimal")
		if !strings.Contains(body, c.want) || !strings.Contains(body, `<D:displayname/></D:prop><D:status>HTTP/1.1 424 Failed Dependency</D:status>`) {
			t.Errorf("%.200s: got %s, want %s in it, and 424 for the name", c.props, body, c.want)
		}
		if after := w.mustFind(c.path, `<D:displayname/>`); after != before {
			t.Errorf("%.200s: changed %s to %s", c.props, before, after)
		}
	}
}

func TestInstructionsAreDoneInOrder(t *testing.T) {
	w := newWorld(t)
	w.mustDo(207, "PROPPATCH", calendarPath, proppatch(`<D:set><D:prop><a xmlns="urn:x">1</a><b xmlns="urn:x">1</b></D:prop></D:set>`+
		`<D:remove><D:prop><a xmlns="urn:x"/><never xmlns="urn:x"/></D:prop></D:remove><D:set><D:prop><b xmlns="urn:x">2</b></D:prop></D:set>`))
	if got := w.mustFind(calendarPath, `<a xmlns="urn:x"/>`); !strings.Contains(got, "404 Not Found") {
		t.Errorf("a is still there: %s", got)
	}
	if got := w.mustFind(calendarPath, `<b xmlns="urn:x"/>`); !strings.Contains(got, ">2</b>") {
		t.Errorf("b is %s, want 2", got)
	}
}

func TestMinimalAnswerOfAProppatchIsEmpty(t *testing.T) {
	w := newWorld(t)
	rec := w.do("PROPPATCH", calendarPath, set(`<D:displayname>n</D:displayname>`), "Prefer: return=minimal")
	if rec.Code != 200 || rec.Body.Len() != 0 || rec.Header().Get("Preference-Applied") != "return=minimal" {
		t.Errorf("got %d %q %v", rec.Code, rec.Body, rec.Header())
	}
}

func TestWritingOneFaceOfATimezoneForgetsTheOther(t *testing.T) {
	w := newWorld(t)
	const zone = `<C:calendar-timezone>BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:-0500
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
END:VCALENDAR</C:calendar-timezone>`
	w.mustDo(207, "PROPPATCH", calendarPath, set(`<C:calendar-timezone-id>Europe/Paris</C:calendar-timezone-id>`))
	w.mustDo(207, "PROPPATCH", calendarPath, set(zone))
	if got := w.mustFind(calendarPath, `<C:calendar-timezone-id/>`); !strings.Contains(got, "America/New_York") {
		t.Errorf("the name is not that of the definition: %s", got)
	}
	w.mustDo(207, "PROPPATCH", calendarPath, set(`<C:calendar-timezone-id>Europe/Paris</C:calendar-timezone-id>`))
	if got := w.mustFind(calendarPath, `<C:calendar-timezone/>`); !strings.Contains(got, "404 Not Found") {
		t.Errorf("the definition of another zone is still there: %s", got)
	}
	w.mustDo(207, "PROPPATCH", calendarPath, set(`<C:calendar-timezone-id>Europe/Paris</C:calendar-timezone-id>`+zone))
	for _, face := range []string{"calendar-timezone", "calendar-timezone-id"} {
		if got := w.mustFind(calendarPath, `<C:`+face+`/>`); !strings.Contains(got, "200 OK") {
			t.Errorf("both were written, and %s is not there: %s", face, got)
		}
	}
}

func TestNumberOfPropertiesIsBounded(t *testing.T) {
	w := newWorld(t)
	w.h.Limits.Properties = 5
	var props strings.Builder
	for i := range 5 {
		fmt.Fprintf(&props, `<p%d xmlns="urn:x"/>`, i)
	}
	if body := w.mustDo(207, "PROPPATCH", calendarPath, set(props.String())); strings.Contains(body, "507") {
		t.Fatalf("five are refused: %s", body)
	}
	if body := w.mustDo(207, "PROPPATCH", calendarPath, set(`<p5 xmlns="urn:x"/>`)); !strings.Contains(body, "507 Insufficient Storage") {
		t.Errorf("a sixth is taken: %s", body)
	}
	body := w.mustDo(207, "PROPPATCH", calendarPath, proppatch(`<D:remove><D:prop><p0 xmlns="urn:x"/></D:prop></D:remove><D:set><D:prop><p5 xmlns="urn:x"/></D:prop></D:set>`))
	if strings.Contains(body, "507") {
		t.Errorf("one for another is refused: %s", body)
	}
}

func TestReadOnlyCredentialSetsNothing(t *testing.T) {
	w := newWorld(t)
	rec := w.as("alice+read", "PROPPATCH", calendarPath, set(`<D:displayname>n</D:displayname>`))
	if rec.Code != 403 || !strings.Contains(rec.Body.String(), "<D:need-privileges>") {
		t.Errorf("got %d %s", rec.Code, rec.Body)
	}
}

func TestProppatchOfWhatIsNotThere(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{calendarPath + "no.ics", homePath + "no/", "/dav/calendars/bob/calendar/", "/dav/principals/bob/"} {
		if rec := w.do("PROPPATCH", path, set(`<D:displayname>n</D:displayname>`)); rec.Code != 404 {
			t.Errorf("%s: status %d, want 404", path, rec.Code)
		}
	}
}
