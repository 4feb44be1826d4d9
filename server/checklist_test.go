package server

import (
	"strings"
	"testing"
)

// What clients look for and cannot do without, or do less without, has a value from the first day (clients.md B1);
// properties that only clients write are in TestWhatClientsSetComesBack.
func TestEachPropertyThatClientsNeedHasAValue(t *testing.T) {
	w := newWorld(t)
	w.mustFill(1)
	item := calendarPath + "uid-000000.ics"
	const c, cr, s = "urn:ietf:params:xml:ns:caldav", "urn:ietf:params:xml:ns:carddav", "http://calendarserver.org/ns/"
	everywhere := "/ /principals/ /dav/ /dav/principals/ /dav/calendars/ " + homePath + " " + cardHomePath + " " + calendarPath + " " + bookPath + " " + item + " " + selfPath
	collections := calendarPath + " " + bookPath
	homes := homePath + " " + cardHomePath
	for _, row := range []struct{ space, local, paths string }{
		{"DAV:", "resourcetype", everywhere},
		{"DAV:", "current-user-principal", everywhere},
		{"DAV:", "principal-URL", everywhere},
		{"DAV:", "principal-collection-set", everywhere},
		{"DAV:", "supported-report-set", everywhere},
		{"DAV:", "current-user-privilege-set", everywhere},
		{c, "calendar-home-set", everywhere},
		{cr, "addressbook-home-set", everywhere},
		{"DAV:", "getetag", item},
		{"DAV:", "getcontenttype", item},
		{"DAV:", "getcontentlength", item},
		{"DAV:", "getlastmodified", item + " " + collections},
		{"DAV:", "creationdate", item + " " + collections},
		{"DAV:", "displayname", collections + " " + homes + " " + selfPath},
		{"DAV:", "owner", collections + " " + homes + " " + item},
		{"DAV:", "sync-token", collections + " " + homes},
		{s, "getctag", collections},
		{c, "supported-calendar-component-set", calendarPath},
		{c, "supported-calendar-component-sets", homePath},
		{c, "supported-calendar-data", calendarPath},
		{c, "supported-collation-set", calendarPath},
		{c, "schedule-calendar-transp", calendarPath},
		{c, "schedule-default-calendar-URL", homePath},
		{c, "max-resource-size", calendarPath},
		{c, "calendar-user-address-set", selfPath},
		{s, "email-address-set", selfPath},
		{s, "calendar-proxy-read-for", selfPath},
		{s, "calendar-proxy-write-for", selfPath},
		{"DAV:", "group-membership", selfPath},
		{cr, "max-resource-size", bookPath + " " + cardHomePath},
		{cr, "max-image-size", bookPath + " " + cardHomePath},
		{cr, "supported-address-data", bookPath},
		{cr, "supported-collation-set", bookPath},
		{"DAV:", "resource-id", collections + " " + selfPath + " " + item},
		{"DAV:", "quota-used-bytes", homes},
		{"DAV:", "quota-available-bytes", homes},
		{"DAV:", "add-member", collections},
	} {
		for path := range strings.FieldsSeq(row.paths) {
			got := w.mustFind(path, `<p:`+row.local+` xmlns:p="`+row.space+`"/>`)
			if !strings.Contains(got, "HTTP/1.1 200 OK") || strings.Contains(got, "404 Not Found") {
				t.Errorf("%s of %s: %s", row.local, path, got)
			}
		}
	}
}

// What is not built is not there: a client that finds it would use it (clients.md B3.7).
func TestWhatIsNotBuiltIsAbsent(t *testing.T) {
	w := newWorld(t)
	const c, s = "urn:ietf:params:xml:ns:caldav", "http://calendarserver.org/ns/"
	for _, row := range []struct{ space, local, path string }{
		{c, "schedule-inbox-URL", selfPath}, {c, "schedule-outbox-URL", selfPath}, {s, "notification-URL", selfPath},
		{s, "dropbox-home-URL", selfPath}, {s, "invite", calendarPath}, {s, "allowed-sharing-modes", calendarPath},
		{s, "push-transports", homePath}, {s, "pushkey", calendarPath}, {s, "publish-url", calendarPath},
		{c, "managed-attachments-server-URL", homePath}, {"https://bitfire.at/webdav-push", "topic", calendarPath},
	} {
		if got := w.mustFind(row.path, `<p:`+row.local+` xmlns:p="`+row.space+`"/>`); !strings.Contains(got, "404 Not Found") {
			t.Errorf("%s of %s: %s", row.local, row.path, got)
		}
	}
}
