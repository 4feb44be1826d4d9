package server

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// bob finds the stranger in a path, and the one who does not exist.
var bob = regexp.MustCompile(`/([bn]ob)`)

// encodings are other ways to write a path.
var encodings = []func(*rand.Rand, string) string{
	func(_ *rand.Rand, s string) string { return s },
	func(r *rand.Rand, s string) string { // any characters percent-encoded, slashes too
		n := r.IntN(3)
		var b strings.Builder
		for i := range len(s) {
			if i > 0 && i%3 == n {
				fmt.Fprintf(&b, "%%%02x", s[i])
			} else {
				b.WriteByte(s[i])
			}
		}
		return b.String()
	},
	func(_ *rand.Rand, s string) string { return bob.ReplaceAllString(s, "/alice/../$1") },
	func(_ *rand.Rand, s string) string { return bob.ReplaceAllString(s, "/alice/%2e%2e/$1") },
	func(_ *rand.Rand, s string) string { return bob.ReplaceAllStringFunc(s, strings.ToUpper) },
	func(_ *rand.Rand, s string) string { return bob.ReplaceAllString(s, "//$1") },
	func(_ *rand.Rand, s string) string { return strings.Replace(s, "ob", "%6fb", 1) },
	func(_ *rand.Rand, s string) string { return s + "/" },
}

// TestStrangersSeeNoDifference: what belongs to others answers like what does not exist, for every method, in every encoding of the
// path, as target, Destination, If tag and href of a body.
func TestStrangersSeeNoDifference(t *testing.T) {
	w := newWorld(t)
	const canary = "canary-7f3a"
	if rec := w.as("bob", "PUT", "/dav/calendars/bob/calendar/there.ics", event("bobs", canary)); rec.Code != 201 {
		t.Fatal(rec.Code)
	}
	if rec := w.as("bob", "PROPPATCH", "/dav/calendars/bob/calendar/", set("<D:displayname>"+canary+"</D:displayname>")); rec.Code != 207 {
		t.Fatal(rec.Code)
	}
	w.mustDo(201, "PUT", calendarPath+"mine.ics", event("mine", "x"))
	pairs := [][2]string{ // there, and not there
		{"/dav/calendars/bob/calendar/there.ics", "/dav/calendars/bob/nothings/there.ics"},
		{"/dav/calendars/bob/calendar/there.ics", "/dav/calendars/bob/calendar/nope_.ics"},
		{"/dav/calendars/bob/calendar/", "/dav/calendars/bob/nothings/"},
		{"/dav/calendars/bob/", "/dav/calendars/nob/"},
		{"/dav/principals/bob/", "/dav/principals/nob/"},
	}
	requests := 5000
	if testing.Short() {
		requests = 500
	}
	for i := range requests {
		seed := uint64(i)
		pair := pairs[i%len(pairs)]
		var answers [2]string
		for j, path := range pair {
			answers[j] = ask(w, rand.New(rand.NewPCG(seed, 1)), path)
			if strings.Contains(answers[j], canary) {
				t.Fatalf("%s: the canary sings: %s", path, answers[j])
			}
		}
		if answers[0] != answers[1] {
			t.Fatalf("request %d differs:\n%s\n%s", i, answers[0], answers[1])
		}
	}
	if rec := w.as("bob", "GET", "/dav/calendars/bob/calendar/there.ics", ""); rec.Body.String() != event("bobs", canary) {
		t.Errorf("bob's item is %q", rec.Body)
	}
}

// ask sends a random request that has to do with a path of bob's, as alice, and gives all of the answer.
func ask(w *world, r *rand.Rand, path string) string {
	path = encodings[r.IntN(len(encodings))](r, path)
	method := methods[r.IntN(len(methods))].name
	target, body := path, ""
	var headers []string
	switch r.IntN(4) {
	case 0: // as Destination
		target = calendarPath + "mine.ics"
		method = []string{"COPY", "MOVE"}[r.IntN(2)]
		headers = append(headers, "Destination: http://x"+path, "Overwrite: "+[]string{"T", "F"}[r.IntN(2)])
	case 1: // in a body
		target, method = calendarPath, "REPORT"
		body = multiget("<D:getetag/><C:calendar-data/>", strings.ReplaceAll(path, "&", "&amp;"))
	case 2: // in If
		target, method = calendarPath+"mine.ics", "PROPPATCH"
		body = set("<x xmlns='urn:x'/>")
		headers = append(headers, `If: <`+path+`> ([*])`)
	}
	if method == "PUT" || method == "POST" {
		body = event("new", "x")
	}
	req := httptest.NewRequest(method, "/", strings.NewReader(body))
	req.URL.RawPath, req.URL.Path = "", ""
	if u, err := req.URL.Parse(target); err == nil {
		req.URL = u
	} else {
		return "no URL"
	}
	if strings.Contains(target, "..") { // URL.Parse resolves dots, a request line does not
		req.URL.Path, req.URL.RawPath = strings.ReplaceAll(target, "%2e", "."), target
	}
	req.SetBasicAuth("alice", "x")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, req)
	answer := strings.ReplaceAll(rec.Body.String(), "<D:href>"+path+"</D:href>", "") // a multiget says what was asked
	rec.Header().Del("Content-Length")
	return fmt.Sprintf("%s %d %v %s", method, rec.Code, rec.Header(), answer)
}
