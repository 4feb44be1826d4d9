package server

import (
	"strings"
	"testing"
)

func calendarQuery(filter, more string) string {
	return `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop>` + filter + more + `</C:calendar-query>`
}

func inRange(start, end string) string {
	r := `<C:time-range`
	if start != "" {
		r += ` start="` + start + `"`
	}
	if end != "" {
		r += ` end="` + end + `"`
	}
	return `<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">` + r + `/></C:comp-filter></C:comp-filter></C:filter>`
}

// found gives the names that a report found.
func (w *world) found(path, body string, headers ...string) string {
	w.t.Helper()
	return strings.ReplaceAll(strings.Join(hrefs(w.t, w.mustDo(207, "REPORT", path, body, headers...)), " "), path, "")
}

func TestCalendarQuery(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "one")) // 2026-01-05 10:00 to 11:00
	w.mustDo(201, "PUT", calendarPath+"2.ics", strings.ReplaceAll(event("u2", "two"), "20260105", "20260207"))
	floating := strings.ReplaceAll(strings.ReplaceAll(event("u3", "three"), "20260105", "20260301"), "0000Z\r\nS", "0000\r\nS")
	floating = strings.ReplaceAll(floating, "DTSTART:20260301T100000Z", "DTSTART:20260301T100000")
	w.mustDo(201, "PUT", calendarPath+"3.ics", floating)
	const newYork = `<C:timezone-id>America/New_York</C:timezone-id>`
	for _, c := range []struct{ name, path, body, depth, want string }{
		{"all", calendarPath, calendarQuery("", ""), "", "1.ics 2.ics 3.ics"},
		{"events", calendarPath, calendarQuery(`<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter>`, ""), "", "1.ics 2.ics 3.ics"},
		{"to-dos", calendarPath, calendarQuery(`<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VTODO"/></C:comp-filter></C:filter>`, ""), "", ""},
		{"range", calendarPath, calendarQuery(inRange("20260105T103000Z", "20260106T000000Z"), ""), "1", "1.ics"},
		{"range ends before", calendarPath, calendarQuery(inRange("20260101T000000Z", "20260105T100000Z"), ""), "1", ""},
		{"start only", calendarPath, calendarQuery(inRange("20260201T000000Z", ""), ""), "1", "2.ics 3.ics"},
		{"floating in UTC", calendarPath, calendarQuery(inRange("20260301T100000Z", "20260301T103000Z"), ""), "1", "3.ics"},
		{"floating in New York", calendarPath, calendarQuery(inRange("20260301T100000Z", "20260301T103000Z"), newYork), "1", ""},
		{"floating in New York, there", calendarPath, calendarQuery(inRange("20260301T150000Z", "20260301T153000Z"), newYork), "1", "3.ics"},
		{"depth 0", calendarPath, calendarQuery("", ""), "0", ""},
		{"home, depth 1", homePath, calendarQuery("", ""), "1", ""},
		{"home, infinity", homePath, calendarQuery(inRange("20260201T000000Z", "20260228T000000Z"), ""), "infinity", "calendar/2.ics"},
		{"item", calendarPath + "2.ics", calendarQuery(inRange("20260201T000000Z", ""), ""), "0", ""},
	} {
		var headers []string
		if c.depth != "" {
			headers = append(headers, "Depth: "+c.depth)
		}
		got := w.found(c.path, c.body, headers...)
		if c.name == "item" { // its own path is all of the answer
			got = strings.TrimSpace(got)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	w.mustDo(404, "REPORT", homePath+"none/", calendarQuery("", ""))
	if got := w.mustDo(403, "REPORT", calendarPath, calendarQuery("", `<C:timezone>x</C:timezone>`)); !strings.Contains(got, "<C:valid-calendar-data/>") {
		t.Errorf("time zone: %s", got)
	}
}

func TestAddressbookQueryLimit(t *testing.T) {
	w := newWorld(t)
	for _, n := range []string{"Ann", "Anna", "Annette", "Ben"} {
		w.mustDo(201, "PUT", bookPath+n+".vcf", card("u-"+n, n))
	}
	query := func(limit string) string {
		return `<CR:addressbook-query xmlns:D="DAV:" xmlns:CR="urn:ietf:params:xml:ns:carddav"><D:prop><D:getetag/></D:prop><CR:filter><CR:prop-filter name="FN">` +
			`<CR:text-match match-type="starts-with">ann</CR:text-match></CR:prop-filter></CR:filter>` + limit + `</CR:addressbook-query>`
	}
	limit := func(n string) string { return `<CR:limit><CR:nresults>` + n + `</CR:nresults></CR:limit>` }
	if got := w.found(bookPath, query("")); got != "Ann.vcf Anna.vcf Annette.vcf" {
		t.Errorf("no limit: %q", got)
	}
	if got := w.found(bookPath, query(limit("3"))); got != "Ann.vcf Anna.vcf Annette.vcf" {
		t.Errorf("limit of just as many: %q", got)
	}
	if got := w.mustDo(207, "REPORT", bookPath, query(limit("2"))); strings.Count(got, "<D:getetag>") != 2 || !strings.Contains(got, bookPath+"</D:href><D:status>HTTP/1.1 507 Insufficient Storage</D:status>") {
		t.Errorf("limit of fewer: %s", got)
	}
	w.mustDo(400, "REPORT", bookPath, query(limit("none")))
}

func TestFreeBusy(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "one"))
	ask := func(r string) string {
		return `<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">` + r + `</C:free-busy-query>`
	}
	const day = `<C:time-range start="20260105T000000Z" end="20260106T000000Z"/>`
	for _, path := range []string{calendarPath, homePath} {
		rec := w.do("REPORT", path, ask(day))
		if rec.Code != 200 || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/calendar") || !strings.Contains(rec.Body.String(), "FREEBUSY:20260105T100000Z/20260105T110000Z\r\n") {
			t.Errorf("%s: %d %v %s", path, rec.Code, rec.Header(), rec.Body)
		}
	}
	if got := w.mustDo(200, "REPORT", calendarPath, ask(day), "Depth: 0"); strings.Contains(got, "FREEBUSY:") {
		t.Errorf("depth 0: %s", got)
	}
	w.mustDo(400, "REPORT", calendarPath, ask(""))
	w.mustDo(400, "REPORT", calendarPath, ask(`<C:time-range start="x"/>`))
	w.mustDo(403, "REPORT", calendarPath, ask(`<C:time-range start="00010101T000000Z" end="99991231T000000Z"/>`))
	w.mustDo(403, "REPORT", calendarPath+"1.ics", ask(day))
	w.mustDo(207, "PROPPATCH", calendarPath, set(`<C:schedule-calendar-transp xmlns:C="urn:ietf:params:xml:ns:caldav"><C:transparent/></C:schedule-calendar-transp>`))
	if got := w.mustDo(200, "REPORT", homePath, ask(day)); strings.Contains(got, "FREEBUSY:") {
		t.Errorf("transparent calendar: %s", got)
	}
}
