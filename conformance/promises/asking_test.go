package promises

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

// A person is an account with a client.
type person struct {
	*target.User
	c *wire.Client
}

// mustPerson makes an account by the program's own command.
func mustPerson(t testing.TB, s *target.Server, name string, conns int) *person {
	t.Helper()
	u, err := s.AddUser(name)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{u, u.Client(s.URL, conns)}
	t.Cleanup(p.c.HTTP.CloseIdleConnections)
	return p
}

// do sends one request; header holds names and values in turn.
func (p *person) do(method, at string, body []byte, header ...string) (*wire.Answer, error) {
	r := wire.Request{Method: method, Target: at, Body: body}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header = append(r.Header, wire.Header{Name: header[i], Value: header[i+1]})
	}
	return p.c.Do(context.Background(), r)
}

// mustDo fails the test unless the answer has the status.
func (p *person) mustDo(t testing.TB, want int, method, at string, body []byte, header ...string) *wire.Answer {
	t.Helper()
	a, err := p.do(method, at, body, header...)
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != want {
		t.Fatalf("%s %s: got %d %.500s, want %d", method, at, a.Status, a.Body, want)
	}
	return a
}

// multi sends an XML body and reads a multistatus.
func (p *person) multi(method, at, depth, body string) (*wire.Multistatus, error) {
	a, err := p.do(method, at, []byte(body), "Depth", depth, "Content-Type", xmlType)
	if err != nil {
		return nil, err
	}
	m, err := a.Multistatus()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, at, err)
	}
	return m, nil
}

const xmlType = "application/xml; charset=utf-8"

var (
	propETag   = wire.MustName("D:getetag")
	propToken  = wire.MustName("D:sync-token")
	propName   = wire.MustName("D:displayname")
	propEvent  = wire.MustName("C:calendar-data")
	propCard   = wire.MustName("CR:address-data")
	davError   = wire.MustName("D:error")
	validToken = wire.MustName("D:valid-sync-token")
)

// dav wraps an XML body's inside with the root and all prefixes.
func dav(root, inside string) string {
	return "<" + root + wire.Declarations() + ">" + inside + "</" + root + ">"
}

// escaped is text for an XML body.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err)
	}
	return b.String()
}

// condition is the name of the only element of a DAV:error body, "" when there is no such body.
func condition(a *wire.Answer) string {
	if a.CheckXMLType() != nil {
		return ""
	}
	root, err := wire.ParseXML(a.Body)
	if err != nil || root.Name != davError || len(root.Children) != 1 {
		return ""
	}
	return wire.Short(root.Children[0].Name)
}

// syncBody asks for what changed since a token, limit 0 for all.
func syncBody(token string, limit int, props string) string {
	limited := ""
	if limit > 0 {
		limited = fmt.Sprintf("<D:limit><D:nresults>%d</D:nresults></D:limit>", limit)
	}
	return dav("D:sync-collection", "<D:sync-token>"+escaped(token)+"</D:sync-token><D:sync-level>1</D:sync-level>"+
		limited+"<D:prop>"+props+"</D:prop>")
}

// family is one of the two kinds of homes.
type family struct {
	ext, mediaType string
	home           func(*target.User) string
	data           xml.Name
	dataProp       string // asks for the whole body
	multiget       string
	mkMethod       string
	mkBody         string // %s: displayname
	object         func(uid, text string) []byte
}

var calendars = &family{
	ext: ".ics", mediaType: "text/calendar; charset=utf-8", data: propEvent, dataProp: "<C:calendar-data/>", multiget: "C:calendar-multiget",
	home:     func(u *target.User) string { return u.CalHome },
	mkMethod: "MKCALENDAR",
	mkBody:   dav("C:mkcalendar", "<D:set><D:prop><D:displayname>%s</D:displayname></D:prop></D:set>"),
	object:   event,
}

var books = &family{
	ext: ".vcf", mediaType: "text/vcard; charset=utf-8", data: propCard, dataProp: "<CR:address-data/>", multiget: "CR:addressbook-multiget",
	home:     func(u *target.User) string { return u.CardHome },
	mkMethod: "MKCOL",
	mkBody: dav("D:mkcol", "<D:set><D:prop><D:resourcetype><D:collection/><CR:addressbook/></D:resourcetype>"+
		"<D:displayname>%s</D:displayname></D:prop></D:set>"),
	object: card,
}

func event(uid, text string) []byte {
	return lines("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//conformance//EN", "BEGIN:VEVENT", "UID:"+uid,
		"DTSTAMP:20260101T000000Z", "DTSTART:20260110T100000Z", "DURATION:PT1H", "SUMMARY:"+text, "END:VEVENT", "END:VCALENDAR")
}

func card(uid, text string) []byte {
	return lines("BEGIN:VCARD", "VERSION:3.0", "UID:"+uid, "N:"+text+";;;;", "FN:"+text, "END:VCARD")
}

func lines(list ...string) []byte {
	return append(bytes.Join(asBytes(list), []byte("\r\n")), "\r\n"...)
}

func asBytes(list []string) [][]byte {
	out := make([][]byte, len(list))
	for i, s := range list {
		out[i] = []byte(s)
	}
	return out
}

// make is a request for a new collection.
func (f *family) make(p *person, at, name string) (*wire.Answer, error) {
	return p.do(f.mkMethod, at, fmt.Appendf(nil, f.mkBody, escaped(name)), "Content-Type", xmlType)
}

func (f *family) mustMake(t testing.TB, p *person, at, name string) {
	t.Helper()
	a, err := f.make(p, at, name)
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != http.StatusCreated {
		t.Fatalf("%s %s: got %d %.300s", f.mkMethod, at, a.Status, a.Body)
	}
}

// checkLog fails the test when the server met a panic or a race.
func checkLog(t testing.TB, s *target.Server) {
	t.Helper()
	for line := range strings.Lines(s.Log()) {
		if strings.Contains(line, "panic") || strings.Contains(line, "goroutine ") || strings.Contains(line, "DATA RACE") {
			t.Errorf("the server's log: %s", line)
			return
		}
	}
}

// difference shows the first place where two texts part.
func difference(got, want []byte) string {
	if bytes.Equal(got, want) {
		return "no difference"
	}
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	from := max(0, i-20)
	return fmt.Sprintf("%d bytes, want %d; at %d got %.60q, want %.60q", len(got), len(want), i, got[min(from, len(got)):], want[min(from, len(want)):])
}
