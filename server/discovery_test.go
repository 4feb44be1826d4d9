package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestWellKnown(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/.well-known/caldav", "/.well-known/caldav/", "/.well-known/carddav", "/.well-known/carddav/"} {
		for _, m := range []string{"GET", "HEAD", "PROPFIND", "OPTIONS", "POST"} {
			rec := w.as("", m, path, "")
			if rec.Code != http.StatusMovedPermanently || rec.Header().Get("Location") != "/dav/" {
				t.Errorf("%s %s: %d %q", m, path, rec.Code, rec.Header().Get("Location"))
			}
		}
	}
	rec := w.as("", "PROPFIND", "/dav/", "")
	if rec.Code != 401 || !strings.HasPrefix(rec.Header().Get("WWW-Authenticate"), "Basic realm=") || rec.Header().Get("DAV") == "" {
		t.Errorf("without credentials: %d %v", rec.Code, rec.Header())
	}
}

func TestOptions(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/":            "OPTIONS, GET, HEAD, PROPFIND, REPORT",
		"/dav/":        "OPTIONS, GET, HEAD, PROPFIND, REPORT",
		homePath:       "OPTIONS, GET, HEAD, PROPFIND, PROPPATCH, REPORT",
		calendarPath:   "OPTIONS, GET, HEAD, DELETE, POST, PROPFIND, PROPPATCH, REPORT, MKCOL, MKCALENDAR, MOVE",
		bookPath:       "OPTIONS, GET, HEAD, DELETE, POST, PROPFIND, PROPPATCH, REPORT, MKCOL, MOVE",
		bookPath + "x": "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, REPORT, COPY, MOVE",
	} {
		rec := w.do("OPTIONS", path, "")
		hd := rec.Header()
		if rec.Code != 200 || hd.Get("Allow") != want || hd.Get("Content-Length") != "0" || !strings.HasPrefix(hd.Get("DAV"), "1, 3, access-control, calendar-access, addressbook") {
			t.Errorf("%s: %d %v, want Allow %q", path, rec.Code, hd, want)
		}
	}
	for m, want := range map[string]int{"LOCK": 405, "ACL": 405, "PATCH": 405, "BREW": 501, "PUT": 405, "MKCALENDAR": 405} {
		if rec := w.do(m, homePath, ""); rec.Code != want || want == 405 && rec.Header().Get("Allow") == "" {
			t.Errorf("%s on a home: %d, want %d", m, rec.Code, want)
		}
	}
}

func TestGetCollections(t *testing.T) {
	w := newWorld(t)
	zone := func(uid, tzid string) string {
		return strings.Replace(event(uid, "x"), "BEGIN:VEVENT", "BEGIN:VTIMEZONE\r\nTZID:"+tzid+"\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT", 1)
	}
	w.mustDo(201, "PUT", calendarPath+"1.ics", zone("u1", "Here"))
	w.mustDo(201, "PUT", calendarPath+"2.ics", zone("u2", "Here"))
	w.mustDo(201, "PUT", calendarPath+"3.ics", strings.TrimRight(zone("u3", "There"), "\r\n"))
	got := w.mustDo(200, "GET", calendarPath, "")
	for s, want := range map[string]int{
		"BEGIN:VCALENDAR\r\n": 1, "END:VCALENDAR\r\n": 1, "BEGIN:VEVENT\r\n": 3, "TZID:Here\r\n": 1, "TZID:There\r\n": 1, "SUMMARY:x\r\nEND:VEVENT\r\n": 3,
	} {
		if n := strings.Count(got, s); n != want {
			t.Errorf("%q is there %d times, want %d: %s", s, n, want, got)
		}
	}
	for i := range 2 {
		w.mustDo(201, "PUT", fmt.Sprintf("%s%d.vcf", bookPath, i), strings.TrimRight(card(fmt.Sprint("u", i), "Ann"), "\r\n"))
	}
	if got, want := w.mustDo(200, "GET", bookPath, ""), card("u0", "Ann")+card("u1", "Ann"); got != want {
		t.Errorf("book: got %q, want %q", got, want)
	}
	for _, path := range []string{"/", "/dav/", homePath, selfPath, "/principals/"} {
		rec := w.do("GET", path, "")
		if rec.Code != 200 || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") || rec.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("GET %s: %d %v", path, rec.Code, rec.Header())
		}
	}
	if rec := w.do("HEAD", calendarPath, ""); rec.Code != 200 || rec.Body.Len() != 0 || rec.Header().Get("Content-Length") != "" {
		t.Errorf("HEAD: %d %v %q", rec.Code, rec.Header(), rec.Body)
	}
	w.mustDo(404, "GET", homePath+"none/", "")
}
