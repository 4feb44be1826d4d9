package server

import (
	"fmt"
	"strings"
	"testing"
)

func multiget(props string, hrefs ...string) string {
	var b strings.Builder
	b.WriteString(`<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>` + props + `</D:prop>`)
	for _, h := range hrefs {
		b.WriteString("<D:href>" + h + "</D:href>")
	}
	b.WriteString(`</C:calendar-multiget>`)
	return b.String()
}

func TestMultiget(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"a%40b.ics", event("u1", "one"))
	w.mustDo(201, "PUT", calendarPath+"2.ics", event("u2", "two"))
	const missing = "<D:status>HTTP/1.1 404 Not Found</D:status>"
	got := w.mustDo(207, "REPORT", calendarPath, multiget("<D:getetag/><C:calendar-data/>",
		calendarPath+"a@b.ics", "http://proxy:81"+calendarPath+"%61%40b.ics", calendarPath+"none.ics", homePath+"tasks/2.ics",
		"/dav/calendars/bob/calendar/1.ics", "/dav/calendars/bob/none/1.ics", "not%zzan href", calendarPath+"2.ics", calendarPath), "Depth: 0")
	answers := map[string]string{}
	for _, m := range responseRE.FindAllStringSubmatch(got, -1) {
		if _, twice := answers[m[1]]; twice {
			t.Errorf("%s is answered twice", m[1])
		}
		answers[m[1]] = m[2]
	}
	for href, want := range map[string]string{
		calendarPath + "a%40b.ics": "SUMMARY:one&#13;\n", calendarPath + "2.ics": "SUMMARY:two&#13;\n",
		calendarPath + "none.ics": missing, homePath + "tasks/2.ics": missing, "/dav/calendars/bob/calendar/1.ics": missing,
		"/dav/calendars/bob/none/1.ics": missing, "not%zzan href": missing, calendarPath: missing,
	} {
		if !strings.Contains(answers[href], want) {
			t.Errorf("%s: got %q, want %q", href, answers[href], want)
		}
		delete(answers, href)
	}
	if len(answers) > 0 {
		t.Errorf("not asked for: %v", answers)
	}
	w.mustDo(404, "REPORT", homePath+"none/", multiget("<D:getetag/>", homePath+"none/1.ics"))
	if got := w.mustDo(207, "REPORT", homePath, multiget("<D:getetag/>", calendarPath+"2.ics", homePath+"tasks/2.ics", homePath+"none/2.ics")); strings.Count(got, missing) != 2 || strings.Count(got, "<D:getetag>") != 1 {
		t.Errorf("on the home: %s", got)
	}
}

// TestMultigetMany: more hrefs than one chunk has names, each of them told once.
func TestMultigetMany(t *testing.T) {
	w := newWorld(t)
	const n = 1200
	w.mustFill(n)
	all := hrefs(t, w.mustDo(207, "PROPFIND", calendarPath, propfind(askType), "Depth: 1"))
	var ask []string
	for _, h := range all {
		if h != calendarPath {
			ask = append(ask, h)
		}
	}
	for i := range 700 {
		ask = append(ask, fmt.Sprintf("%sx%d.ics", calendarPath, i))
	}
	got := w.mustDo(207, "REPORT", calendarPath, multiget("<D:getetag/><C:calendar-data/>", ask...))
	if have, gone := strings.Count(got, "BEGIN:VCALENDAR"), strings.Count(got, "<D:status>HTTP/1.1 404"); have != len(all)-1 || gone != 700 {
		t.Errorf("%d bodies and %d missing, want %d and 700", have, gone, len(all)-1)
	}
	w.h.Limits.MultigetHrefs = 100
	if got := w.mustDo(403, "REPORT", calendarPath, multiget("<D:getetag/>", ask...)); !strings.Contains(got, "<D:number-of-matches-within-limits/>") {
		t.Errorf("beyond the limit: %s", got)
	}
}

// TestMultigetHoldsOnlyWhatItNeeds: its body may be long, and elements that nobody asked for are let go (RFC 4918 §17).
func TestMultigetHoldsOnlyWhatItNeeds(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "one"))
	question := multiget("<D:getetag/>", calendarPath+"1.ics")
	long := strings.Replace(question, "<D:href>", strings.Repeat(`<x xmlns="urn:x"><y/></x>`, 10*maxChildren)+"<D:href>", 1)
	if got := hrefs(t, w.mustDo(207, "REPORT", calendarPath, long)); len(got) != 1 || got[0] != calendarPath+"1.ics" {
		t.Errorf("got %q", got)
	}
	for _, twice := range []string{"<D:prop/>", "<D:allprop/>", "<D:propname/>"} {
		w.mustDo(400, "REPORT", calendarPath, strings.Replace(question, "<D:href>", twice+"<D:href>", 1))
	}
}
