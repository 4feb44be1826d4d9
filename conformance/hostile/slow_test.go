package hostile

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"daycairn/conformance/wire"
)

// slowly are beginnings of requests that go on a byte at a time, or not at all.
func (l *lab) slowly() []string {
	head := func(method, at string) string {
		return method + " " + at + " HTTP/1.1\r\nHost: x\r\n" + l.authorization()
	}
	return []string{
		"", "G", "GET /dav/ HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		head("PUT", l.mallory.Calendar+"slow.ics") + "Content-Type: text/calendar\r\nContent-Length: 1000000\r\n\r\nBEGIN:VCALENDAR\r\n",
		head("PUT", l.mallory.Calendar+"slow.ics") + "Content-Type: text/calendar\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nBEGIN\r\n",
		head("PROPFIND", l.mallory.Calendar) + "Depth: 1\r\nContent-Length: 100000\r\n\r\n<D:propfind",
		head("REPORT", l.mallory.Calendar) + "Transfer-Encoding: chunked\r\n\r\n",
		head("PUT", l.mallory.Calendar+"slow.ics") + "Content-Type: text/calendar\r\nContent-Length: 9000000\r\n\r\n" + strings.Repeat("x", 20_000),
		"PUT " + l.mallory.Calendar + "slow.ics HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n",
		"POST " + l.mallory.Calendar + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
		"PROPFIND /.well-known/caldav HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n",
		"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n",
		head("GET", "/dav/nowhere/at/all/in/it") + "Content-Length: 9000\r\n\r\n",
		head("PUT", l.mallory.Calendar+"slow.ics") + "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
	}
}

// TestSlowClients opens 400 connections that never finish a request. Another account is served as if they were not there,
// and each of them ends.
func TestSlowClients(t *testing.T) {
	l := newLab(t, "DAYCAIRN_LIMITS_BODY_TIMEOUT=2s")
	kinds := l.slowly()
	conns := make([]net.Conn, 400)
	for i := range conns {
		c, err := net.Dial("tcp", l.srv.Addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write([]byte(kinds[i%len(kinds)])); err != nil {
			t.Fatal(err)
		}
		conns[i] = c
	}
	var took []time.Duration
	for i := range 50 {
		begun := time.Now()
		l.canary.mustDo(t, "PUT", fmt.Sprintf("%s%d.ics", l.canary.user.Tasks, i), strings.ReplaceAll(event(fmt.Sprint(i)), "VEVENT", "VTODO"), "text/calendar")
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	if p95 := took[47]; p95 > time.Second {
		t.Errorf("a PUT takes %v beside slow clients (95 %%)", p95)
	}
	l.canary.before = l.canary.look(t)
	deadline := time.Now().Add(15 * time.Second) // the header's ten seconds, and some
	open := map[string]int{}
	for i, c := range conns {
		if !ended(c, deadline) {
			open[kinds[i%len(kinds)]]++
		}
	}
	for kind, n := range open {
		t.Errorf("%d are still open: %.60q", n, kind)
	}
	if a := l.do(t, wire.Request{Method: "GET", Target: l.mallory.Calendar + "slow.ics"}); a.Status != http.StatusNotFound {
		t.Errorf("half a body was stored: status %d", a.Status)
	}
	l.check(t)
}

// ended reads until the server closes the connection.
func ended(c net.Conn, deadline time.Time) bool {
	c.SetReadDeadline(deadline)
	buf := make([]byte, 4096)
	for {
		_, err := c.Read(buf)
		if err == nil {
			continue
		}
		late, ok := errors.AsType[net.Error](err)
		return !ok || !late.Timeout()
	}
}

// TestConnections takes more connections than one address may have: those above are closed, and once the others are
// given back there is room again.
func TestConnections(t *testing.T) {
	l := newLab(t, "DAYCAIRN_LIMITS_CONNECTIONS_PER_ADDRESS=40", "DAYCAIRN_LIMITS_CONNECTIONS=60")
	l.http.HTTP.CloseIdleConnections()
	l.canary.http.HTTP.CloseIdleConnections()
	var open []net.Conn
	for range 200 {
		c, err := net.Dial("tcp", l.srv.Addr)
		if err != nil {
			break
		}
		open = append(open, c)
	}
	turnedAway := 0
	for _, c := range open {
		if ended(c, time.Now().Add(20*time.Millisecond)) {
			turnedAway++
		}
	}
	if turnedAway < 150 {
		t.Errorf("%d of %d connections were turned away, want at least 150", turnedAway, len(open))
	}
	for _, c := range open {
		c.Close()
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		a, err := l.http.Do(t.Context(), wire.Request{Method: "OPTIONS", Target: "/dav/"})
		if err == nil && a.Status == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no room after the others went: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	l.check(t)
}

// TestPipelines sends many requests at once on one connection, and ends it before the answers come.
func TestPipelines(t *testing.T) {
	l := newLab(t)
	one := "PROPFIND " + l.mallory.CalHome + " HTTP/1.1\r\nHost: x\r\nDepth: 1\r\n" + l.authorization() + "\r\n"
	for range 50 {
		c, err := net.Dial("tcp", l.srv.Addr)
		if err != nil {
			t.Fatal(err)
		}
		c.Write([]byte(strings.Repeat(one, 50)))
		c.Close()
	}
	body := event("cut", since2025)
	put := fmt.Sprintf("PUT %scut.ics HTTP/1.1\r\nHost: x\r\nContent-Type: text/calendar\r\n%sContent-Length: %d\r\n\r\n%s", l.mallory.Calendar, l.authorization(), len(body), body)
	for range 50 {
		c, err := net.Dial("tcp", l.srv.Addr)
		if err != nil {
			t.Fatal(err)
		}
		c.Write([]byte(put))
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
	if a := l.do(t, wire.Request{Method: "GET", Target: l.mallory.Calendar + "cut.ics"}); a.Status == http.StatusOK && string(a.Body) != body {
		t.Errorf("a client that went away left %q", a.Body)
	}
	l.check(t)
}
