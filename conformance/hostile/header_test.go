package hostile

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"daycairn/conformance/wire"
)

// TestHeaders sends headers that are far too long, or say what cannot be.
func TestHeaders(t *testing.T) {
	l := newLab(t)
	item := l.mallory.Calendar + "item.ics"
	l.mustPut(t, item, "text/calendar", event("item", since2025))
	tags := func(n int) string { return listOf(n, ", ", func(int) string { return `"0123456789abcdef"` }) }
	lists := func(n int, at string) string { return strings.Repeat("<"+at+"> (Not [\"x\"] <DAV:no-lock>) ", n) }
	put := func(name, value string, status ...int) attack {
		return attack{
			name: name + ": " + value[:min(len(value), 24)], method: "PUT", target: item, status: status,
			header: header("Content-Type", "text/calendar", name, value), body: text(event("item", since2025)),
		}
	}
	propfind := func(name, value string, status ...int) attack {
		return attack{name: name + ": " + value[:min(len(value), 24)], method: "PROPFIND", status: status, header: header("Depth", "0", name, value)}
	}
	l.runAll(t, []attack{
		put("If-Match", tags(1000), 412),
		put("If-Match", tags(3000), 400),
		put("If-Match", `"unclosed`, 400),
		put("If-Match", ",,,,", 400),
		put("If-Match", strings.Repeat("W/", 1000), 400, 412),
		put("If-None-Match", tags(2000), 400),
		put("If-None-Match", `*, "x"`, 400),
		put("If", lists(900, l.mallory.Calendar), 204, 400, 412),
		put("If", lists(700, l.canary.user.Calendar), 204, 400, 412),
		put("If", strings.Repeat("(<DAV:no-lock>)", 3000), 400),
		put("If", strings.Repeat("(", 10_000), 400),
		put("If", strings.Repeat("<http://x/", 4000), 400),
		put("If", "("+strings.Repeat("Not ", 5000)+"[\"x\"])", 400),
		put("If", "<"+l.canary.user.Calendar+l.canary.secret+"-0.ics> ([\"*\"])", 400, 412),
		put("If", "([*])", 400, 412),
		put("If-Schedule-Tag-Match", `"x"`, 412),
		put("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT", 412),
		put("If-Unmodified-Since", "never", 204),
		put("Prefer", strings.Repeat("return=representation, ", 2000), 200, 204),
		put("Prefer", strings.Repeat(`x="`, 10_000), 204),
		put("Content-Type", "text/calendar;"+strings.Repeat(" a=b;", 5000), 204, 400, 403, 415),
		put("Expect", "the unexpected", 204, 417),
		{name: "Depth: " + "-1"[:2], method: "PROPFIND", header: header("Depth", "-1"), status: []int{400}},
		{name: "Depth: " + "1, infinity"[:2], method: "PROPFIND", header: header("Depth", "1, infinity"), status: []int{400}},
		{name: "Depth: " + strings.Repeat("9", 10_000)[:2], method: "PROPFIND", header: header("Depth", strings.Repeat("9", 10_000)), status: []int{400}},
		propfind("Accept-Encoding", strings.Repeat("gzip;q=0.0001, ", 3000), 207),
		propfind("Accept-Encoding", strings.Repeat(";", 50_000), 207),
		propfind("Brief", strings.Repeat("t", 50_000), 207),
		propfind("Timeout", "Infinite, Second-4100000000", 207),
		propfind("User-Agent", strings.Repeat("Thunderbird ", 4000), 207),
		propfind("X-Forwarded-For", strings.Repeat("127.0.0.1, ", 4000), 207),
		propfind("X-Remote-User", "canary", 207),
		propfind("X-HTTP-Method-Override", "DELETE", 207),
		{name: "two Depths", method: "PROPFIND", header: header("Depth", "0", "Depth", "1"), status: []int{400}},
	})
}

// moves are headers of COPY and MOVE.
func (l *lab) moves(item string) []attack {
	var list []attack
	add := func(name string, status []int, headers ...string) {
		for _, method := range []string{"COPY", "MOVE"} {
			list = append(list, attack{name: method + " " + name, method: method, target: item, header: header(headers...), status: status})
		}
	}
	to := l.mallory.Calendar + "there.ics"
	add("without Destination", []int{400})
	add("to itself", []int{403}, "Destination", item)
	add("to itself, written otherwise", []int{403}, "Destination", strings.Replace(item, "item", "%69tem", 1))
	add("with Overwrite: Maybe", []int{400}, "Destination", to, "Overwrite", "Maybe")
	add("with two Destinations", []int{400}, "Destination", to, "Destination", l.mallory.Calendar+"elsewhere.ics")
	add("with two Overwrites", []int{400}, "Destination", to, "Overwrite", "F", "Overwrite", "T")
	add("to the canary's calendar", []int{404, 409}, "Destination", l.canary.user.Calendar+"stolen.ics")
	add("over the canary's item", []int{404, 409}, "Destination", l.canary.user.Calendar+l.canary.secret+"-0.ics")
	add("to a calendar", []int{403, 409}, "Destination", l.mallory.Calendar)
	add("to the home", []int{403, 409}, "Destination", l.mallory.CalHome)
	add("into a book", []int{403}, "Destination", l.mallory.Book+"item.ics")
	add("under an item", []int{400, 403, 409}, "Destination", item+"/deeper.ics")
	add("to another place altogether", []int{403, 404, 409, 502}, "Destination", "http://example.com/elsewhere/x.ics")
	add("to a file", []int{400, 403, 404, 409, 502}, "Destination", "file:///etc/passwd")
	add("to an unmade name", []int{400}, "Destination", l.mallory.Calendar+"%00.ics")
	add("to dots", []int{400}, "Destination", l.mallory.Calendar+"%2e%2e/%2e%2e/canary/calendar/x.ics")
	add("to a name of 4 KiB", []int{400, 414}, "Destination", l.mallory.Calendar+strings.Repeat("n", 4<<10))
	return list
}

// TestMoves wants an item to stay where it is.
func TestMoves(t *testing.T) {
	l := newLab(t)
	item := l.mallory.Calendar + "item.ics"
	body := event("item", since2025)
	l.mustPut(t, item, "text/calendar", body)
	l.runAll(t, l.moves(item))
	if a := l.do(t, wire.Request{Method: "GET", Target: item}); string(a.Body) != body {
		t.Errorf("the item is gone: status %d: %.200s", a.Status, a.Body)
	}
}

// TestMethods asks for methods that are none, and for those of others, of every kind of resource.
func TestMethods(t *testing.T) {
	l := newLab(t)
	item := l.mallory.Calendar + "item.ics"
	l.mustPut(t, item, "text/calendar", event("item", since2025))
	methods := []string{
		"BREW", "CONNECT", "TRACE", "TRACK", "LOCK", "UNLOCK", "ACL", "PATCH", "SEARCH", "BIND", "REBIND", "UNBIND", "CHECKOUT",
		"VERSION-CONTROL", "MKWORKSPACE", "ORDERPATCH", "LINK", "PURGE", "SUBSCRIBE", "put", "Get", "DELETE%20", strings.Repeat("A", 8000), "M-SEARCH", "PRI",
	}
	for _, at := range []string{"/", "/dav/", "/dav/principals/", l.mallory.Principal, "/dav/calendars/", l.mallory.CalHome, l.mallory.Calendar, item, "/elsewhere"} {
		for _, m := range methods {
			a, err := l.http.Do(t.Context(), wire.Request{Method: m, Target: at})
			if err != nil {
				continue // net/http knows better than to send it
			}
			if a.Status != http.StatusNotImplemented && (a.Status < 400 || a.Status > 499) {
				t.Errorf("%.20s %s: status %d, want 4xx or 501", m, at, a.Status)
			}
		}
	}
	l.check(t)
}

// TestRequestLines sends what net/http's client would not.
func TestRequestLines(t *testing.T) {
	l := newLab(t)
	end := " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + l.authorization() + "\r\n"
	for _, line := range []string{
		"GET /dav/\x00" + end, "GET /dav/\x01" + end, "GET /dav/ x" + end, "GET " + end, "GET" + end, "GET /dav/%" + end, "GET /dav/%zz" + end,
		"GET http://[::1/dav/" + end, "GET *" + end, "OPTIONS *" + end, "GET //dav/" + end, "GET /dav/" + strings.Repeat("a/", 20_000) + end,
		"CONNECT /dav/:443" + end, "GET\t/dav/" + end, "\r\n\r\n\r\nGET /dav/" + end, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /dav/ HTTP/9.9\r\n\r\n",
		"GET /dav/ HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 200<<10) + "\r\n\r\n", "GET /dav/ HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-Many: x\r\n", 20_000) + "\r\n",
		"GET /dav/ HTTP/1.0\r\n\r\n", "GET /dav/ HTTP/1.1\r\n\r\n", "GET /dav/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET /dav/ HTTP/1.1\r\nHost : x\r\n\r\n",
		"GET /dav/ HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
	} {
		answer := l.raw(t, line, time.Second)
		if strings.HasPrefix(answer, "HTTP/1.1 5") && !strings.HasPrefix(answer, "HTTP/1.1 501") && !strings.HasPrefix(answer, "HTTP/1.1 505") {
			t.Errorf("%.60q: %.120q", line, answer)
		}
	}
	l.check(t)
}
