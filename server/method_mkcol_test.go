package server

import (
	"strings"
	"testing"
)

// mkcalendar is a body with these properties.
func mkcalendar(props string) string {
	return `<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/"><D:set><D:prop>` + props + `</D:prop></D:set></C:mkcalendar>`
}

// mkcol is mkcalendar for MKCOL.
func mkcol(props string) string {
	return `<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav"><D:set><D:prop>` + props + `</D:prop></D:set></D:mkcol>`
}

func TestMkcalendar(t *testing.T) {
	w := newWorld(t)
	rec := w.do("MKCALENDAR", homePath+"work", mkcalendar(`<D:displayname>Work</D:displayname>`+
		`<A:calendar-color symbolic-color="custom">#FF0000FF</A:calendar-color>`+
		`<C:supported-calendar-component-set><C:comp name="VEVENT"/><C:comp name="VCALENDAR"/></C:supported-calendar-component-set>`))
	if rec.Code != 201 || rec.Header().Get("Cache-Control") != "no-cache" || rec.Body.Len() != 0 {
		t.Fatalf("MKCALENDAR: %d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	if got := w.mustFind(homePath+"work/", "<D:displayname/><C:supported-calendar-component-set/>"); !strings.Contains(got, ">Work<") || !strings.Contains(got, `name="VEVENT"`) {
		t.Errorf("properties: %s", got)
	}
	w.mustDo(201, "PUT", homePath+"work/1.ics", event("u1", "x"))
	for _, c := range []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"exists", homePath + "work/", "", 405, "<D:resource-must-be-null/>"},
		{"in a calendar", calendarPath + "sub", "", 403, "<C:calendar-collection-location-ok/>"},
		{"in a calendar, slash", calendarPath + "sub/", "", 403, "<C:calendar-collection-location-ok/>"},
		{"deep", calendarPath + "sub/sub/", "", 403, "<C:calendar-collection-location-ok/>"},
		{"among books", cardHomePath + "x/", "", 403, "<C:calendar-collection-location-ok/>"},
		{"reserved", homePath + "Inbox/", "", 403, "<C:calendar-collection-location-ok/>"},
		{"the home", homePath, "", 405, ""},
		{"another's", "/dav/calendars/bob/x/", "", 404, ""},
		{"not xml", homePath + "x/", "hello", 415, ""},
		{"wrong root", homePath + "x/", mkcol(""), 415, ""},
		{"protected", homePath + "x/", mkcalendar(`<D:getetag>1</D:getetag><D:displayname>X</D:displayname>`), 207, "403 Forbidden"},
		{"zone", homePath + "x/", mkcalendar(`<C:calendar-timezone>nonsense</C:calendar-timezone>`), 403, "<C:valid-calendar-data/>"},
		{"slug", homePath + long(129) + "/", "", 403, "<C:calendar-collection-location-ok/>"},
	} {
		rec := w.do("MKCALENDAR", c.path, c.body)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s: got %d %s, want %d %s", c.name, rec.Code, rec.Body, c.status, c.want)
		}
	}
	w.mustDo(404, "PROPFIND", homePath+"x/", propfind(askType), "Depth: 0") // all or nothing
}

func TestMkcol(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "MKCOL", cardHomePath+"friends", mkcol(`<D:resourcetype><D:collection/><CR:addressbook/></D:resourcetype><D:displayname>F</D:displayname>`))
	w.mustDo(201, "PUT", cardHomePath+"friends/1.vcf", card("u1", "Ann"))
	w.mustDo(201, "MKCOL", homePath+"plain/", "")
	w.mustDo(201, "PUT", homePath+"plain/1.ics", event("u1", "x"))
	for _, c := range []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"a book among calendars", homePath + "x/", mkcol(`<D:resourcetype><D:collection/><CR:addressbook/></D:resourcetype><D:displayname>F</D:displayname>`), 403,
			"<D:valid-resourcetype/></D:error></D:propstat><D:propstat><D:prop><D:displayname/></D:prop><D:status>HTTP/1.1 424 Failed Dependency</D:status>"},
		{"no collection", homePath + "x/", mkcol(`<D:resourcetype><C:calendar/></D:resourcetype>`), 403, "<D:mkcol-response"},
		{"exists", homePath + "plain", "", 405, ""},
		{"no parent", homePath + "no/such/", "", 409, ""},
		{"not understood", homePath + "x/", "afafafaf", 415, ""},
	} {
		rec := w.do("MKCOL", c.path, c.body)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s: got %d %s, want %d %s", c.name, rec.Code, rec.Body, c.status, c.want)
		}
	}
	if rec := w.do("MKCOL", homePath+"x/", "<a", "Content-Type: text/xml"); rec.Code != 400 {
		t.Errorf("broken XML: %d", rec.Code)
	}
}
