package conformance

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

// A session is somebody at work on the server, without a transcript.
type session struct {
	*target.User
	client *wire.Client
}

// login makes an account and a session of it.
func login(t testing.TB, s *target.Server, name string) *session {
	t.Helper()
	u, err := s.AddUser(name)
	if err != nil {
		t.Fatal(err)
	}
	return &session{User: u, client: u.Client(s.URL, 4)}
}

// try sends a request; headers are name, value, name, value….
func (s *session) try(ctx context.Context, method, path, body string, headers ...string) (*wire.Answer, error) {
	r := wire.Request{Method: method, Target: path, Body: []byte(body)}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header = append(r.Header, wire.Header{Name: headers[i], Value: headers[i+1]})
	}
	if body != "" && !strings.Contains(strings.Join(headers, " "), "Content-Type") {
		r.Header = append(r.Header, wire.Header{Name: "Content-Type", Value: mediaType(body)})
	}
	return s.client.Do(ctx, r)
}

func mediaType(body string) string {
	switch {
	case strings.HasPrefix(body, "<"):
		return "application/xml; charset=utf-8"
	case strings.HasPrefix(body, "BEGIN:VCARD"):
		return "text/vcard; charset=utf-8"
	}
	return "text/calendar; charset=utf-8"
}

// mustDo is try with one of the wanted statuses.
func (s *session) mustDo(t testing.TB, want []int, method, path, body string, headers ...string) *wire.Answer {
	t.Helper()
	a, err := s.try(t.Context(), method, path, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		if a.Status == w {
			return a
		}
	}
	t.Fatalf("%s %s: status %d, want %v\n%.600s", method, path, a.Status, want, a.Body)
	return nil
}

// mustList is a request whose answer is a multistatus.
func (s *session) mustList(t testing.TB, method, path, body string, headers ...string) *wire.Multistatus {
	t.Helper()
	a := s.mustDo(t, []int{http.StatusMultiStatus}, method, path, body, headers...)
	m, err := a.Multistatus()
	if err != nil {
		t.Fatalf("%s %s: %v\n%.600s", method, path, err, a.Body)
	}
	return m
}

// event is a small calendar object.
func event(uid, summary string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Conformance//EN\r\nBEGIN:VEVENT\r\nUID:" + uid +
		"\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260105T100000Z\r\nSUMMARY:" + summary + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

// syncBody is a sync-collection report with the bodies in it; limit 0 is none.
func syncBody(token string, limit int) string {
	nresults := ""
	if limit > 0 {
		nresults = fmt.Sprintf("<D:limit><D:nresults>%d</D:nresults></D:limit>", limit)
	}
	return `<D:sync-collection xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav"><D:sync-token>` +
		token + `</D:sync-token><D:sync-level>1</D:sync-level>` + nresults +
		`<D:prop><D:getetag/><C:calendar-data/><CR:address-data/></D:prop></D:sync-collection>`
}
