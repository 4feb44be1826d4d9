package server

import (
	"fmt"
	"strings"
	"testing"

	"daycairn/backend"
)

// What could mean one thing to us and another to whoever stands before us is refused.
func TestSingletonsComeOnce(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", "/dav/calendars/alice/calendar/1.ics", event("1", "x"), "Content-Type: text/calendar")
	for _, headers := range [][]string{
		{"Destination: /dav/calendars/alice/calendar/2.ics", "Destination: /dav/calendars/alice/calendar/3.ics"},
		{"Destination: /dav/calendars/alice/calendar/2.ics", "Overwrite: T", "Overwrite: F"},
		{"Destination: /dav/calendars/alice/calendar/2.ics", "Depth: 0", "Depth: infinity"},
	} {
		w.mustDo(400, "MOVE", "/dav/calendars/alice/calendar/1.ics", "", headers...)
	}
	w.mustDo(200, "GET", "/dav/calendars/alice/calendar/1.ics", "")
}

// An If header asks about a bounded number of resources.
func TestIfAsksAboutFew(t *testing.T) {
	w := newWorld(t)
	about := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `</dav/calendars/alice/calendar/%d.ics> (["x"]) `, i)
		}
		return "If: " + b.String()
	}
	w.mustDo(412, "PUT", "/dav/calendars/alice/calendar/1.ics", event("1", "x"), about(maxTagged))
	w.mustDo(400, "PUT", "/dav/calendars/alice/calendar/1.ics", event("1", "x"), about(maxTagged+1))
}

// A name that comes as text becomes an element of the answer only if it is one.
func TestExpandPropertyTakesNames(t *testing.T) {
	w := newWorld(t)
	for _, attrs := range []string{
		`name="a&gt;&lt;/D:prop&gt;&lt;D:status&gt;HTTP/1.1 200 OK"`, "name=\"princip`l\"", `name="a b"`, `name="a:b"`,
		`name="lang" namespace="http://www.w3.org/XML/1998/namespace"`,
	} {
		body := `<D:expand-property xmlns:D="DAV:"><D:property ` + attrs + `/></D:expand-property>`
		w.mustDo(400, "REPORT", "/dav/", body)
	}
	w.mustDo(207, "REPORT", "/dav/", `<D:expand-property xmlns:D="DAV:"><D:property name="owner" namespace=""/></D:expand-property>`)
}

// Without any account left nobody is asked for a password (design law 7): clients keep what they have.
func TestLastAccountIsGone(t *testing.T) {
	w := newWorld(t)
	if rec := w.as("", "PROPFIND", "/dav/", ""); rec.Code != 401 {
		t.Fatalf("without a name: %d", rec.Code)
	}
	err := w.h.Store.Update(t.Context(), backend.Server, func(wr backend.Writer) error {
		for p, err := range wr.Principals() {
			if err != nil {
				return err
			}
			if err := wr.DeletePrincipal(p.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"", "alice"} {
		if rec := w.as(user, "PROPFIND", "/dav/", ""); rec.Code != 503 || rec.Header().Get("Retry-After") == "" {
			t.Errorf("as %q: %d %v", user, rec.Code, rec.Header())
		}
	}
}
