package hostile

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

// A lab is a server, the attacker's account on it, and somebody else's.
type lab struct {
	srv     *target.Server
	mallory *target.User
	http    *wire.Client // as mallory
	canary  *canary
	process process
}

// newLab starts a server with both accounts. env are settings of the program.
func newLab(t *testing.T, env ...string) *lab {
	t.Helper()
	l := &lab{srv: target.StartWith(t, target.Config{Env: env})}
	l.process = mustProcess(t, l.srv.Dir)
	var err error
	if l.mallory, err = l.srv.AddUser("mallory"); err != nil {
		t.Fatal(err)
	}
	l.http = l.mallory.Client(l.srv.URL, 8)
	l.canary = mustCanary(t, l)
	return l
}

// do sends a request as mallory and fails when no whole answer comes.
func (l *lab) do(t *testing.T, r wire.Request) *wire.Answer {
	t.Helper()
	a, err := l.http.Do(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// mustPut stores a body and wants it taken.
func (l *lab) mustPut(t *testing.T, at, mediaType, body string) {
	t.Helper()
	a := l.do(t, wire.Request{Method: "PUT", Target: at, Body: []byte(body), Header: header("Content-Type", mediaType)})
	if a.Status != http.StatusCreated && a.Status != http.StatusNoContent {
		t.Fatalf("PUT %s: status %d, want 201 or 204: %.200s", at, a.Status, a.Body)
	}
}

// raw writes bytes to a connection of its own and reads what comes back until the server closes it or the time is over.
// net/http's client would not send such bytes.
func (l *lab) raw(t *testing.T, request string, wait time.Duration) string {
	t.Helper()
	c, err := net.Dial("tcp", l.srv.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(wait))
	if _, err := c.Write([]byte(request)); err != nil {
		return ""
	}
	var b strings.Builder
	buf := make([]byte, 4096)
	for b.Len() < 64<<10 {
		n, err := c.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			break
		}
	}
	return b.String()
}

// header makes headers of names and values in turn.
func header(pairs ...string) []wire.Header {
	var list []wire.Header
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, wire.Header{Name: pairs[i], Value: pairs[i+1]})
	}
	return list
}

// xmlns declares the prefixes of the bodies in this package.
const xmlns = ` xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav" xmlns:CS="http://calendarserver.org/ns/" xmlns:X="http://example.com/ns/"`

// event is a calendar object with lines of the caller's in its VEVENT.
func event(uid string, lines ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//hostile//EN\r\nBEGIN:VEVENT\r\nUID:" + uid +
		"\r\nDTSTAMP:20250101T000000Z\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

// card is a vCard with lines of the caller's.
func card(uid string, lines ...string) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + uid + "\r\nFN:Somebody\r\nN:Somebody;;;;\r\n" +
		strings.Join(lines, "\r\n") + "\r\nEND:VCARD\r\n"
}

// listOf joins n texts.
func listOf(n int, sep string, of func(i int) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(of(i))
	}
	return b.String()
}

// counted joins n times a format that has one number in it.
func counted(n int, format string) string {
	return listOf(n, "", func(i int) string { return fmt.Sprintf(format, i) })
}
