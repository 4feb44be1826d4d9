package hostile

import (
	"net/http"
	"strings"
	"testing"

	"daycairn/conformance/wire"
)

// TestReadOnly tries every method and report with a credential that may only read: reading goes on, and nothing changes.
func TestReadOnly(t *testing.T) {
	l := newLab(t)
	item := l.mallory.Calendar + "item.ics"
	l.mustPut(t, item, "text/calendar", event("item", since2025))
	l.mustPut(t, l.mallory.Book+"item.vcf", "text/vcard", card("item"))
	out, err := l.srv.Command("", "device", "add", "mallory", "reader", "--read-only", "-q")
	if err != nil {
		t.Fatal(err)
	}
	full := *l.http
	l.http.Password = strings.TrimSpace(out)
	patch := "<D:propertyupdate" + xmlns + "><D:set><D:prop><D:displayname>stolen</D:displayname></D:prop></D:set></D:propertyupdate>"
	tokens := func() string {
		return tokenOf(t, &full, l.mallory.CalHome) + tokenOf(t, &full, l.mallory.Calendar) + tokenOf(t, &full, l.mallory.CardHome) + tokenOf(t, &full, l.mallory.Book)
	}
	before := tokens()
	for _, at := range []string{l.mallory.Principal, l.mallory.CalHome, l.mallory.CardHome, l.mallory.Calendar, l.mallory.Book, item, l.mallory.Calendar + "new.ics", l.mallory.CalHome + "new/"} {
		for _, w := range []struct{ method, body string }{
			{"PUT", event("item", since2025, "SUMMARY:stolen")}, {"POST", event("new", since2025)}, {"DELETE", ""}, {"PROPPATCH", patch}, {"MKCOL", ""},
			{"MKCALENDAR", ""}, {"COPY", ""}, {"MOVE", ""}, {"LOCK", ""}, {"ACL", ""}, {"PATCH", ""},
		} {
			a := l.do(t, wire.Request{Method: w.method, Target: at, Body: []byte(w.body), Header: header(
				"Content-Type", "text/calendar", "Destination", l.mallory.Calendar+"there.ics", "X-HTTP-Method-Override", "GET")})
			if a.Status < 400 || a.Status > 499 && a.Status != http.StatusNotImplemented {
				t.Errorf("%s %s: status %d, want a refusal", w.method, at, a.Status)
			}
			if a.Status == http.StatusForbidden && w.method != "MKCALENDAR" { // which has a condition of its own for places
				wantCondition(t, a, "need-privileges")
			}
		}
	}
	for _, r := range []wire.Request{
		{Method: "GET", Target: item},
		{Method: "PROPFIND", Target: l.mallory.CalHome, Header: header("Depth", "1")},
		{Method: "REPORT", Target: l.mallory.Calendar, Body: []byte(syncBody(""))},
		{Method: "OPTIONS", Target: l.mallory.Calendar},
	} {
		if a := l.do(t, r); a.Status >= 400 {
			t.Errorf("%s %s: status %d, want reading to go on", r.Method, r.Target, a.Status)
		}
	}
	if after := tokens(); after != before {
		t.Errorf("tokens were %s, are %s: something was written", before, after)
	}
	if out, err := l.srv.Command("", "device", "revoke", "mallory", "reader"); err != nil {
		t.Fatalf("revoke: %v: %s", err, out)
	}
	if a := l.do(t, wire.Request{Method: "GET", Target: item}); a.Status != http.StatusUnauthorized {
		t.Errorf("a revoked password: status %d, want 401", a.Status)
	}
	l.check(t)
}
