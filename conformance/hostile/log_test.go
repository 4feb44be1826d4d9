package hostile

import (
	"encoding/json"
	"strings"
	"testing"

	"daycairn/conformance/wire"
)

// forged is what a client would like to see in the log.
const forged = `{"time":"2026-01-01T00:00:00Z","level":"ERROR","msg":"forged"}`

// TestLog puts line ends, quotes and records of its own into whatever the server might write down. Each line of the log
// stays one JSON record of the server's, and (but for what somebody who looks for an error asks for) says nothing of
// names, passwords or contents.
func TestLog(t *testing.T) {
	for _, level := range []string{"info", "debug"} {
		t.Run(level, func(t *testing.T) { wantCleanLog(t, level) })
	}
}

func wantCleanLog(t *testing.T, level string) {
	l := newLab(t, "DAYCAIRN_LOG_LEVEL="+level, "DAYCAIRN_LOG_FORMAT=json")
	const secret = "what-nobody-may-log"
	item := l.mallory.Calendar + "%22%7D%20" + secret + ".ics"
	requests := []wire.Request{
		{Method: "PUT", Target: item, Header: header("Content-Type", "text/calendar"), Body: []byte(event(secret+"\\n"+forged, since2025, "SUMMARY:"+secret))},
		{Method: "PUT", Target: item, Header: header("Content-Type", "text/calendar"), Body: []byte("BEGIN:" + secret + "\r\n" + forged)},
		{Method: "PUT", Target: l.mallory.Book + secret, Header: header("Content-Type", "text/vcard"), Body: []byte(card(secret+"\n"+forged, "VERSION:"+secret))},
		{Method: "PUT", Target: l.mallory.Calendar + "%0a" + secret, Body: []byte("x")},
		{Method: "GET", Target: "/" + secret + "%0d%0a" + forged},
		{Method: "GET", Target: item, Header: header("User-Agent", "Thunderbird\t"+secret+forged, "If-Match", `"`+secret, "Depth", secret)},
		{Method: "PROPFIND", Target: l.mallory.Calendar, Header: header("Depth", secret+forged)},
		{Method: "PROPFIND", Target: l.mallory.Calendar, Body: []byte("<" + secret + "&#10;" + forged + ">")},
		{Method: "PROPPATCH", Target: l.mallory.Calendar, Body: []byte("<D:propertyupdate" + xmlns + "><D:set><D:prop><X:" + secret + ">\n" + forged + "</X:" + secret + "></D:prop></D:set></D:propertyupdate>")},
		{Method: "REPORT", Target: l.mallory.Calendar, Body: []byte("<X:" + secret + " xmlns:X=\"" + secret + "\n\"/>")},
		{Method: "REPORT", Target: l.mallory.Calendar, Body: []byte(syncBody(secret + "\n" + forged))},
		{Method: "MKCALENDAR", Target: l.mallory.CalHome + secret + "/"},
		{Method: "MOVE", Target: item, Header: header("Destination", "http://"+secret+"/"+secret+forged)},
		{Method: "WHAT-NOBODY-MAY-LOG", Target: l.mallory.Calendar},
		{Method: "GET", Target: "/dav/", Header: header("Authorization", "Basic "+secret, "X-Forwarded-For", secret)},
		{Method: "GET", Target: "/dav/?" + secret, Header: header("Referer", secret)},
	}
	for _, r := range requests {
		l.do(t, r)
	}
	l.raw(t, "GET /"+secret+"\x00\x1b[31m\r\n"+forged+"\r\n\r\n", 1e9)
	l.raw(t, secret+"\r\n\r\n", 1e9)
	log := l.srv.Log()
	for line := range strings.Lines(log) {
		var record struct{ Level, Msg string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Errorf("not a record: %q", line)
		}
		if record.Msg == "forged" {
			t.Errorf("a client wrote this: %q", line)
		}
	}
	never := []string{l.mallory.Password, l.canary.secret}
	if level == "info" {
		never = append(never, secret, strings.ToUpper(secret), "mallory")
	}
	for _, word := range never {
		if i := strings.Index(log, word); i >= 0 {
			t.Errorf("the log has %q: %q", word, log[max(0, i-200):min(len(log), i+200)])
		}
	}
	l.check(t)
}
