package server

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"daycairn/backend"
	"daycairn/server/davxml"
)

func propfind(inner string) string {
	return `<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/">` + inner + `</D:propfind>`
}

const askType = `<D:prop><D:resourcetype/></D:prop>`

// hrefs gives those of the responses of a multistatus, in order.
func hrefs(t testing.TB, body string) []string {
	t.Helper()
	root, err := davxml.Parse(strings.NewReader(body), davxml.Limits{})
	if err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	var list []string
	for _, c := range root.Children {
		if c.Name == dav("response") {
			list = append(list, c.Child(dav("href")).Text)
		}
	}
	return list
}

func TestListings(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		path, depth string
		want        string
	}{
		{"/", "0", "/"},
		{"/", "1", "/ /dav/"},
		{"/principals", "1", "/principals/ /dav/principals/alice/"},
		{"/dav", "0", "/dav/"},
		{"/dav/", "1", "/dav/ /dav/principals/ /dav/calendars/ /dav/addressbooks/"},
		{"/dav/principals/", "1", "/dav/principals/ /dav/principals/alice/"},
		{"/dav/calendars/", "1", "/dav/calendars/ /dav/calendars/alice/"},
		{"/dav/principals/alice", "1", "/dav/principals/alice/"},
		{"/dav/calendars/alice/", "1", "/dav/calendars/alice/ /dav/calendars/alice/calendar/ /dav/calendars/alice/tasks/"},
		{"/dav/addressbooks/alice/contacts", "1", "/dav/addressbooks/alice/contacts/"},
	} {
		body := w.mustDo(207, "PROPFIND", c.path, propfind(askType), "Depth: "+c.depth)
		if got := strings.Join(hrefs(t, body), " "); got != c.want {
			t.Errorf("%s depth %s: got %s, want %s", c.path, c.depth, got, c.want)
		}
	}
}

func TestNoRootIsLeftOut(t *testing.T) {
	w := newWorld(t)
	rec := w.do("PROPFIND", "/dav/calendars/alice/", propfind(askType), "Depth: 1", "Prefer: depth-noroot, return=minimal")
	if got := strings.Join(hrefs(t, rec.Body.String()), " "); got != "/dav/calendars/alice/calendar/ /dav/calendars/alice/tasks/" {
		t.Errorf("got %s", got)
	}
	if got := rec.Header().Values("Preference-Applied"); len(got) != 2 {
		t.Errorf("Preference-Applied is %q", got)
	}
}

func TestStrangersDoNotExist(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{
		"/dav/principals/bob/", "/dav/principals/nobody/", "/dav/calendars/bob/", "/dav/calendars/bob/calendar/", "/dav/calendars/bob/nothing/",
	} {
		if rec := w.do("PROPFIND", path, propfind(askType), "Depth: 0"); rec.Code != 404 {
			t.Errorf("%s: status %d, want 404", path, rec.Code)
		}
	}
}

func TestPropfindRefusals(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		body   string
		header string
		status int
		want   string
	}{
		{propfind(askType), "X: y", 403, "<D:propfind-finite-depth/>"},
		{propfind(askType), "Depth: infinity", 403, "<D:propfind-finite-depth/>"},
		{propfind(askType), "Depth: 2", 400, ""},
		{propfind(``), "Depth: 0", 400, ""},
		{propfind(askType + `<D:allprop/>`), "Depth: 0", 400, ""},
		{`<D:prop xmlns:D="DAV:"/>`, "Depth: 0", 400, ""},
		{`<D:propfind`, "Depth: 0", 400, ""},
	} {
		rec := w.do("PROPFIND", "/dav/calendars/alice/", c.body, c.header)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s with %s: got %d %s, want %d %s", c.body, c.header, rec.Code, rec.Body, c.status, c.want)
		}
	}
}

// mustFill puts n items into alice's calendar, by the store alone.
func (w *world) mustFill(n int) {
	w.t.Helper()
	err := w.h.Store.Update(context.Background(), backend.Server, func(wr backend.Writer) error {
		p, err := wr.Principal("alice")
		if err != nil {
			return err
		}
		c, err := wr.Collection(p.ID, backend.Calendar, "calendar")
		if err != nil {
			return err
		}
		for i := range n {
			uid := fmt.Sprintf("uid-%06d", i)
			body := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:" + uid +
				"\r\nDTSTAMP:20250101T000000Z\r\nDTSTART:20250101T100000Z\r\nSUMMARY:s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
			f := backend.Facts{Version: backend.FactsVersion, UID: uid, Component: "VEVENT"}
			if _, _, err := wr.PutItem(c.ID, uid+".ics", []byte(body), f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestItemsOfACollectionAreListed(t *testing.T) {
	w := newWorld(t)
	w.mustFill(3)
	w.mustDo(207, "PROPPATCH", "/dav/calendars/alice/calendar/uid-000001.ics", proppatch(`<D:set><D:prop><X:note xmlns:X="urn:x">n</X:note></D:prop></D:set>`))
	body := w.mustDo(207, "PROPFIND", "/dav/calendars/alice/calendar/", propfind(`<D:prop><D:getetag/><n xmlns="urn:x"/><note xmlns="urn:x"/></D:prop>`), "Depth: 1")
	if got := len(hrefs(t, body)); got != 4 {
		t.Fatalf("%d responses, want 4: %s", got, body)
	}
	if got := strings.Count(body, `<X:note xmlns:X="urn:x">n</X:note>`); got != 1 {
		t.Errorf("the note is there %d times, want once: %s", got, body)
	}
	if got := strings.Count(body, "<D:getetag>"); got != 3 {
		t.Errorf("%d tags, want 3", got)
	}
}

func BenchmarkPropfindDepth1(b *testing.B) {
	w := newWorld(b)
	w.mustFill(1000)
	body := propfind(`<D:prop><D:getetag/><D:getcontenttype/><D:resourcetype/></D:prop>`)
	b.ReportAllocs()
	for b.Loop() {
		if rec := w.do("PROPFIND", "/dav/calendars/alice/calendar/", body, "Depth: 1"); rec.Code != 207 {
			b.Fatalf("status %d", rec.Code)
		}
	}
}

// BenchmarkResponses is the writing of the answer alone.
func BenchmarkResponses(b *testing.B) {
	x := dry(b)
	p := mustPlan(b, x, prop(dav("getetag"), dav("getcontenttype"), dav("resourcetype"), dav("getcontentlength"), dav("getlastmodified")), false)
	items := make([]backend.Item, 1000)
	for i := range items {
		items[i] = *sample(kindEvent).item
	}
	l := &listing{self: sample(kindCalendar), listed: true, items: &batch{coll: sample(kindCalendar).coll, at: sample(kindCalendar).target, items: items}}
	b.ReportAllocs()
	for b.Loop() {
		m := x.multistatus()
		m.begun = true
		x.w.head = true
		if err := l.write(m, p); err != nil {
			b.Fatal(err)
		}
		if err := m.close(); err != nil {
			b.Fatal(err)
		}
	}
}
