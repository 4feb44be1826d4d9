package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"daycairn/backend"
)

// event is a small calendar object.
func event(uid, summary string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:" + uid +
		"\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260105T100000Z\r\nDTEND:20260105T110000Z\r\nSUMMARY:" + summary +
		"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

// card is a small vCard.
func card(uid, name string) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + uid + "\r\nFN:" + name + "\r\nN:" + name + ";;;;\r\nEND:VCARD\r\n"
}

func TestPutGetDelete(t *testing.T) {
	w := newWorld(t)
	path := calendarPath + "1.ics"
	rec := w.do("PUT", path, event("u1", "one"), "Content-Type: text/calendar; charset=utf-8", "If-None-Match: *")
	etag := rec.Header().Get("ETag")
	if rec.Code != http.StatusCreated || etag == "" || rec.Body.Len() != 0 {
		t.Fatalf("PUT: %d, ETag %q, body %q", rec.Code, etag, rec.Body)
	}
	rec = w.do("GET", path, "")
	if rec.Code != 200 || rec.Body.String() != event("u1", "one") || rec.Header().Get("ETag") != etag {
		t.Fatalf("GET: %d %q %q", rec.Code, rec.Header(), rec.Body)
	}
	if rec := w.do("GET", path, "", "If-None-Match: "+etag); rec.Code != http.StatusNotModified || rec.Body.Len() != 0 {
		t.Errorf("GET If-None-Match: %d %q", rec.Code, rec.Body)
	}
	if rec := w.do("HEAD", path, ""); rec.Code != 200 || rec.Body.Len() != 0 || rec.Header().Get("Content-Length") != fmt.Sprint(len(event("u1", "one"))) {
		t.Errorf("HEAD: %d %q %v", rec.Code, rec.Body, rec.Header())
	}
	rec = w.do("PUT", path, event("u1", "one"), "If-Match: "+etag)
	if rec.Code != http.StatusNoContent || rec.Header().Get("ETag") != etag {
		t.Errorf("PUT of the same bytes: %d %q", rec.Code, rec.Header().Get("ETag"))
	}
	if rec := w.do("DELETE", path, "", `If-Match: "x"`); rec.Code != http.StatusPreconditionFailed {
		t.Errorf("DELETE of another version: %d", rec.Code)
	}
	w.mustDo(204, "DELETE", path, "", "If-Match: "+etag)
	w.mustDo(404, "GET", path, "")
	w.mustDo(404, "DELETE", path, "")
}

func TestPutRefused(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "one"))
	todo := strings.ReplaceAll(event("u2", "x"), "VEVENT", "VTODO")
	for _, c := range []struct {
		name, path, body string
		headers          []string
		status           int
		want             string
	}{
		{"uid taken", "2.ics", event("u1", "two"), nil, 403, "<C:no-uid-conflict><D:href>" + calendarPath + "1.ics</D:href></C:no-uid-conflict>"},
		{"another uid", "1.ics", event("u9", "one"), nil, 403, "<C:no-uid-conflict><D:href>" + calendarPath + "1.ics</D:href>"},
		{"component", "2.ics", todo, nil, 403, "<C:supported-calendar-component/>"},
		{"not a calendar", "2.ics", "hello", nil, 403, "<C:valid-calendar-data/>"},
		{"media type", "2.ics", event("u2", "x"), []string{"Content-Type: text/plain"}, 403, "<C:supported-calendar-data/>"},
		{"exists", "1.ics", event("u1", "x"), []string{"If-None-Match: *"}, 412, ""},
		{"other version", "1.ics", event("u1", "x"), []string{`If-Match: "abc"`}, 412, ""},
		{"schedule tag", "1.ics", event("u1", "x"), []string{`If-Schedule-Tag-Match: "abc"`}, 412, ""},
		{"gone", "3.ics", event("u3", "x"), []string{`If-Match: "abc"`}, 412, ""},
		{"bad condition", "3.ics", event("u3", "x"), []string{`If-Match: "abc`}, 400, ""},
		{"range", "1.ics", event("u1", "x"), []string{"Content-Range: bytes 0-1/2"}, 400, ""},
		{"encoding", "1.ics", event("u1", "x"), []string{"Content-Encoding: br"}, 415, ""},
		{"no collection", "../nope/1.ics", event("u1", "x"), nil, 400, ""},
	} {
		rec := w.do("PUT", calendarPath+c.path, c.body, c.headers...)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s: got %d %s, want %d %s", c.name, rec.Code, rec.Body, c.status, c.want)
		}
	}
	w.mustDo(409, "PUT", "/dav/calendars/alice/nope/1.ics", event("u1", "x"))
	w.mustDo(409, "PUT", calendarPath+"deeper/1.ics", event("u1", "x"))
	if got := w.mustDo(200, "GET", calendarPath+"1.ics", ""); got != event("u1", "one") {
		t.Errorf("item after refusals: %q", got)
	}
}

// TestRefusedBodiesAreKept: what a precondition turns away stays for its owner (design §4).
func TestRefusedBodiesAreKept(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "one"))
	w.mustDo(412, "PUT", calendarPath+"1.ics", event("u1", "mine"), `If-Match: "old"`)
	w.mustDo(403, "PUT", calendarPath+"2.ics", event("u1", "twin"))
	w.mustDo(403, "PUT", calendarPath+"3.ics", "no calendar")
	w.mustDo(409, "PUT", homePath+"none/1.ics", event("u4", "homeless"))
	want := []string{"1.ics If-Match mine", "2.ics no-uid-conflict twin", "3.ics valid-calendar-data no calendar", "1.ics 409 homeless"}
	var got []string
	err := w.h.Store.View(t.Context(), func(rd backend.Reader) error {
		alice, err := rd.Principal("alice")
		if err != nil {
			return err
		}
		for r, err := range rd.Refused(alice.ID) {
			if err != nil {
				return err
			}
			summary := string(r.Body)
			if _, rest, ok := strings.Cut(summary, "SUMMARY:"); ok {
				summary, _, _ = strings.Cut(rest, "\r\n")
			}
			got = append(got, r.Name+" "+r.Condition+" "+summary)
			if (r.Collection == 0) != (r.Condition == "409") || r.Actor.Principal != alice.ID {
				t.Errorf("%s: collection %d, actor %+v", r.Name, r.Collection, r.Actor)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
}
