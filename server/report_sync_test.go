package server

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A told is what a sync answer says.
type told struct {
	changed, gone []string
	more          bool
	token         string
}

var (
	responseRE = regexp.MustCompile(`(?s)<D:response><D:href>([^<]*)</D:href>(.*?)</D:response>`)
	tokenRE    = regexp.MustCompile(`<D:sync-token>([^<]*)</D:sync-token></D:multistatus>`)
)

func syncBody(token string, limit int) string {
	s := `<D:sync-collection xmlns:D="DAV:"><D:sync-token>` + token + `</D:sync-token><D:sync-level>1</D:sync-level>`
	if limit > 0 {
		s += fmt.Sprintf(`<D:limit><D:nresults>%d</D:nresults></D:limit>`, limit)
	}
	return s + `<D:prop><D:getetag/></D:prop></D:sync-collection>`
}

func (w *world) mustSync(path, token string, limit int) (a told) {
	w.t.Helper()
	body := w.mustDo(207, "REPORT", path, syncBody(token, limit))
	for _, m := range responseRE.FindAllStringSubmatch(body, -1) {
		switch {
		case strings.Contains(m[2], "507 Insufficient Storage") && m[1] == path:
			a.more = true
		case strings.HasPrefix(m[2], "<D:status>HTTP/1.1 404 Not Found</D:status>"):
			a.gone = append(a.gone, strings.TrimPrefix(m[1], path))
		default:
			a.changed = append(a.changed, strings.TrimPrefix(m[1], path))
		}
	}
	m := tokenRE.FindStringSubmatch(body)
	if m == nil {
		w.t.Fatalf("no token in %s", body)
	}
	a.token = m[1]
	return a
}

func (a told) String() string {
	slices.Sort(a.changed)
	slices.Sort(a.gone)
	s := strings.Join(a.changed, ",") + "|" + strings.Join(a.gone, ",")
	if a.more {
		s += "|more"
	}
	return s
}

func TestSyncCollection(t *testing.T) {
	w := newWorld(t)
	for i := range 3 {
		w.mustDo(201, "PUT", fmt.Sprintf("%s%d.ics", calendarPath, i), event(fmt.Sprint("u", i), "x"))
	}
	w.mustDo(204, "DELETE", calendarPath+"1.ics", "")
	first := w.mustSync(calendarPath, "", 0)
	if got := first.String(); got != "0.ics,2.ics|" {
		t.Fatalf("first sync: %s", got)
	}
	if a := w.mustSync(calendarPath, first.token, 0); a.String() != "|" || a.token != first.token {
		t.Errorf("nothing happened: %s, token %s, want %s", a, a.token, first.token)
	}
	w.mustDo(204, "PUT", calendarPath+"0.ics", event("u0", "y"))
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "again"))
	w.mustDo(204, "DELETE", calendarPath+"2.ics", "")
	w.mustDo(201, "PUT", calendarPath+"short.ics", event("u7", "y"))
	w.mustDo(204, "DELETE", calendarPath+"short.ics", "")
	second := w.mustSync(calendarPath, first.token, 0)
	if got := second.String(); got != "0.ics,1.ics|2.ics,short.ics" {
		t.Errorf("second sync: %s", got)
	}
	w.mustDo(201, "MOVE", calendarPath+"0.ics", "", "Destination: http://elsewhere"+calendarPath+"m.ics")
	if a := w.mustSync(calendarPath, second.token, 0); a.String() != "m.ics|0.ics" {
		t.Errorf("after MOVE: %s", a)
	}
}

// TestSyncPages: a first sync in pages, with changes between them, misses nothing and invents nothing.
func TestSyncPages(t *testing.T) {
	w := newWorld(t)
	for i := range 7 {
		w.mustDo(201, "PUT", fmt.Sprintf("%s%d.ics", calendarPath, i), event(fmt.Sprint("u", i), "x"))
	}
	w.mustDo(204, "DELETE", calendarPath+"5.ics", "")
	a := w.mustSync(calendarPath, "", 2)
	if a.String() != "0.ics,1.ics||more" {
		t.Fatalf("page 1: %s", a)
	}
	w.mustDo(204, "DELETE", calendarPath+"0.ics", "") // after it was listed
	w.mustDo(204, "DELETE", calendarPath+"3.ics", "") // before it was
	have := map[string]bool{"0.ics": true, "1.ics": true}
	for pages := 0; a.more; pages++ {
		if a = w.mustSync(calendarPath, a.token, 2); pages > 10 || len(a.changed)+len(a.gone) > 2 {
			t.Fatalf("page %d: %s", pages, a)
		}
		for _, n := range a.changed {
			have[n] = true
		}
		for _, n := range a.gone {
			if n == "5.ics" {
				t.Error("a first sync tells of what was gone before it")
			}
			delete(have, n)
		}
	}
	if len(have) != 4 || !have["1.ics"] || !have["2.ics"] || !have["4.ics"] || !have["6.ics"] {
		t.Errorf("after all pages: %v", have)
	}
	if b := w.mustSync(calendarPath, a.token, 2); b.String() != "|" || b.token != a.token {
		t.Errorf("after the last page: %s", b)
	}
}

func TestSyncHome(t *testing.T) {
	w := newWorld(t)
	first := w.mustSync(homePath, "", 0)
	if got := first.String(); got != "calendar/,tasks/|" {
		t.Fatalf("first sync: %s", got)
	}
	w.mustDo(201, "MKCALENDAR", homePath+"new/", "")
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "x"))
	w.mustDo(204, "DELETE", homePath+"tasks/", "")
	second := w.mustSync(homePath, first.token, 0)
	if got := second.String(); got != "calendar/,new/|tasks/" {
		t.Errorf("second sync: %s", got)
	}
	w.mustDo(204, "DELETE", homePath+"new/", "")
	w.mustDo(201, "MKCALENDAR", homePath+"new/", "")
	third := w.mustSync(homePath, second.token, 0)
	if got := third.String(); got != "new/|" { // RFC 6578 §3.5.1: not reported as removed
		t.Errorf("third sync: %s", got)
	}
	w.mustDo(201, "MOVE", homePath+"new/", "", "Destination: "+homePath+"renamed/")
	if got := w.mustSync(homePath, third.token, 0).String(); got != "renamed/|new/" {
		t.Errorf("after a rename: %s", got)
	}
	if got := w.mustSync(homePath, "", 0).String(); got != "calendar/,renamed/|" {
		t.Errorf("first sync anew: %s", got)
	}
}

func TestSyncRefused(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "x"))
	token := w.mustSync(calendarPath, "", 0).token
	home := w.mustSync(homePath, "", 0).token
	for _, bad := range []string{"x", "data:,", home, token + "A", token[:len(token)-2] + "AA", strings.Replace(token, ".1.", ".0.", 1), w.mustSync(bookPath, "", 0).token} {
		rec := w.do("REPORT", calendarPath, syncBody(bad, 0))
		if rec.Code != http.StatusForbidden || !strings.Contains(rec.Body.String(), "<D:valid-sync-token/>") {
			t.Errorf("token %q: %d %s", bad, rec.Code, rec.Body)
		}
	}
	rec := w.do("REPORT", bookPath, syncBody("x", 0), "User-Agent: Mozilla/5.0 Thunderbird/128.0")
	if rec.Code != 400 || !strings.Contains(rec.Body.String(), "<D:valid-sync-token/>") {
		t.Errorf("Thunderbird's book: %d %s", rec.Code, rec.Body)
	}
	for body, want := range map[string]int{
		`<D:sync-collection xmlns:D="DAV:"><D:prop/></D:sync-collection>`:                                                                         400,
		`<D:sync-collection xmlns:D="DAV:"><D:sync-token/><D:sync-level>7</D:sync-level></D:sync-collection>`:                                     400,
		`<D:sync-collection xmlns:D="DAV:"><D:sync-token/><D:limit><D:nresults>0</D:nresults></D:limit></D:sync-collection>`:                      400,
		`<D:sync-collection xmlns:D="DAV:"><D:sync-token/><D:limit><D:nresults>-1</D:nresults></D:limit></D:sync-collection>`:                     400,
		`<D:sync-collection xmlns:D="DAV:"><D:prop><D:getetag/></D:prop><D:sync-level>infinite</D:sync-level><D:sync-token/></D:sync-collection>`: 207,
		`<D:sync-collection xmlns:D="DAV:"><D:sync-token/><D:prop><D:getetag/></D:prop></D:sync-collection>`:                                      207,
		`<D:nothing xmlns:D="DAV:"/>`: 403,
		``:                            400,
	} {
		if rec := w.do("REPORT", calendarPath, body, "Depth: 1"); rec.Code != want {
			t.Errorf("%s: %d %s, want %d", body, rec.Code, rec.Body, want)
		}
	}
	w.mustDo(404, "REPORT", homePath+"nope/", syncBody("", 0))
}

// TestSyncRollback: a token from the future of the store holds it (design law 6).
func TestSyncRollback(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "x"))
	token := w.mustSync(calendarPath, "", 0).token
	l := w.h.lineage.Load()
	p, _, err := l.parse(token)
	if err != nil {
		t.Fatal(err)
	}
	p.seq++
	future := l.token(p)
	if rec := w.do("PUT", calendarPath+"2.ics", event("u2", "x"), "If: <"+calendarPath+"> (<"+future+">)"); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("If with a token from the future: %d", rec.Code)
	}
	if err := w.h.Store.Release(); err != nil {
		t.Fatal(err)
	}
	rec := w.do("REPORT", calendarPath, syncBody(future, 0))
	if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
		t.Fatalf("token from the future: %d %s", rec.Code, rec.Body)
	}
	if h := w.h.Store.Health(); !h.Held {
		t.Error("the store is not on hold")
	}
	for _, path := range []string{"/", "/.well-known/caldav", "/dav/", homePath, calendarPath, calendarPath + "1.ics", "/dav/calendars/bob/"} {
		for _, m := range []string{"OPTIONS", "GET", "PROPFIND", "PUT", "DELETE", "REPORT"} {
			if rec := w.do(m, path, ""); rec.Code != http.StatusServiceUnavailable {
				t.Errorf("%s %s while on hold: %d", m, path, rec.Code)
			}
		}
	}
}
