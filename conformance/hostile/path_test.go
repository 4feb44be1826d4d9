package hostile

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"daycairn/conformance/wire"
)

// tricks turn the canary's paths and others into what a careless server might resolve. %s is what stands under /dav/.
var tricks = []string{
	"/dav/%s", "/dav//%s", "//dav/%s", "/dav/./%s", "/dav/x/../%s", "/dav/%%2e/%s", "/dav/%%2e%%2e/dav/%s", "/dav/calendars/%%2E%%2e/%s",
	"/dav/calendars/mallory/../../%s", "/dav/calendars/mallory/%%2e%%2e/%%2e%%2e/%s", "/dav/calendars/mallory%%2f..%%2f..%%2f%s",
	"/dav/calendars/mallory/..%%5c..%%5c%s", "/dav/calendars/mallory/calendar/..;/..;/..;/%s", "/dav/calendars/mallory/%%252e%%252e/%%252e%%252e/%s",
	"/dav/calendars/mallory/%%c0%%ae%%c0%%ae/%%c0%%ae%%c0%%ae/%s", "/dav/calendars/mallory/%%e0%%80%%ae%%e0%%80%%ae/%s", "/dav%%2f%s", "/%%64av/%s", "/DAV/%s",
	"/dav/%s%%00", "/dav/%s%%00.ics", "/dav/%s%%0d%%0aX:%%20y", "/dav/%s?", "/dav/%s?a=/../", "/dav/%s;x=y", "/dav/%s%%20", "/dav/%s.", "/dav/%s/.", "/dav/%s/..",
	"/dav/%s#f", "/dav/%s%%ff", "/dav/%s%%ed%%a0%%80", "/dav/%s%%e2%%80%%8b", "/dav/%s%%c2%%85", "http://127.0.0.1/dav/%s", "https://example.com/dav/%s",
	"file:///dav/%s", "dav/%s", "\\dav\\%s", "/dav/%s/", "/dav/%s//", "/dav/calendars/mallory/calendar/" + strings.Repeat("a/../", 200) + "%s",
}

// places are what the tricks aim at.
func (l *lab) places() []string {
	c := l.canary.user
	under := func(s string) string { return strings.TrimPrefix(s, "/dav/") }
	return []string{
		under(c.Principal), under(c.CalHome), under(c.Calendar), under(c.Book),
		under(c.Calendar) + l.canary.secret + "-0.ics", under(c.Book) + l.canary.secret + "-0.vcf",
		"../../../../etc/passwd", "%2e%2e/%2e%2e/daycairn.db", "admin.sock", "",
	}
}

// pathMethods ask each path by each method.
var pathMethods = []struct {
	method, body string
	header       []wire.Header
}{
	{"GET", "", nil},
	{"HEAD", "", nil},
	{"OPTIONS", "", nil},
	{"PUT", event("path", since2025), header("Content-Type", "text/calendar")},
	{"DELETE", "", nil},
	{"POST", event("path", since2025), header("Content-Type", "text/calendar")},
	{"PROPFIND", "", header("Depth", "1")},
	{"PROPPATCH", "<D:propertyupdate" + xmlns + "><D:set><D:prop><X:a>stolen</X:a></D:prop></D:set></D:propertyupdate>", nil},
	{"MKCOL", "", nil},
	{"MKCALENDAR", "", nil},
	{"REPORT", "<D:sync-collection" + xmlns + "><D:sync-token/><D:prop><D:getetag/></D:prop></D:sync-collection>", nil},
	{"REPORT", "<D:expand-property" + xmlns + `><D:property name="owner"><D:property name="displayname"/></D:property></D:expand-property>`, nil},
}

// TestPaths asks for the canary's things in every way that a path can be written, by every method, as request target,
// Destination, tag of an If header, and href of a multiget. What comes back never shows the canary.
func TestPaths(t *testing.T) {
	l := newLab(t)
	item := l.mallory.Calendar + "item.ics"
	l.mustPut(t, item, "text/calendar", event("item", since2025))
	for _, place := range l.places() {
		for _, trick := range tricks {
			path := fmt.Sprintf(trick, place)
			for _, m := range pathMethods {
				l.mustNotShow(t, wire.Request{Method: m.method, Target: path, Header: m.header, Body: []byte(m.body)})
			}
			for _, m := range []string{"COPY", "MOVE"} {
				l.mustNotShow(t, wire.Request{Method: m, Target: path, Header: header("Destination", l.mallory.Calendar+"stolen.ics")})
				l.mustNotShow(t, wire.Request{Method: m, Target: item, Header: header("Destination", path, "Overwrite", "F")})
				l.mustPut(t, item, "text/calendar", event("item", since2025))
			}
		}
	}
	if a := l.do(t, wire.Request{Method: "GET", Target: l.mallory.Calendar + "stolen.ics"}); a.Status != http.StatusNotFound {
		t.Errorf("something was stolen: status %d: %.200s", a.Status, a.Body)
	}
	l.check(t)
}

// mustNotShow wants an answer without a word of the canary's, and no failure of the server's. What net/http's client
// itself refuses to send is passed over.
func (l *lab) mustNotShow(t *testing.T, r wire.Request) {
	t.Helper()
	a, err := l.http.Do(t.Context(), r)
	if err != nil {
		return
	}
	if a.Status >= http.StatusInternalServerError {
		t.Errorf("%s %.200s: status %d", r.Method, r.Target, a.Status)
	}
	if strings.Contains(string(a.Body), l.canary.secret) || strings.Contains(string(a.Body), "root:") {
		t.Errorf("%s %.200s (%v) shows what is not mallory's: %.300s", r.Method, r.Target, r.Header, a.Body)
	}
	for name, values := range a.Header {
		if name == "X" || slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, l.canary.secret) }) {
			t.Errorf("%s %.200s: header %s: %q", r.Method, r.Target, name, values)
		}
	}
}

// TestPathsInside puts the same paths into bodies and If headers.
func TestPathsInside(t *testing.T) {
	l := newLab(t)
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;")
	var hrefs strings.Builder
	item := l.mallory.Calendar + "item.ics"
	l.mustPut(t, item, "text/calendar", event("item", since2025))
	for _, place := range l.places() {
		for _, trick := range tricks {
			path := fmt.Sprintf(trick, place)
			fmt.Fprintf(&hrefs, "<D:href>%s</D:href>", escape.Replace(path))
			for _, condition := range []string{`["x"]`, `(["*"])`, `(Not ["x"])`, "(<DAV:no-lock>)", `(["` + strings.Repeat("a", 24) + `"])`} {
				there := l.ifStatus(t, item, path, condition)
				missing := l.ifStatus(t, item, l.mallory.Calendar+"nothing-here.ics", condition)
				if strings.Contains(place, "canary") && there != missing && there != http.StatusBadRequest {
					t.Errorf("If: <%s> %s: status %d, of a missing item %d", path, condition, there, missing)
				}
			}
		}
	}
	for _, at := range []string{l.mallory.Calendar, l.mallory.CalHome} {
		a := l.do(t, wire.Request{Method: "REPORT", Target: at, Header: header("Depth", "1"), Body: []byte("<C:calendar-multiget" + xmlns +
			"><D:prop><D:getetag/><C:calendar-data/><D:resource-id/></D:prop>" + hrefs.String() + "</C:calendar-multiget>")})
		if a.Status != http.StatusMultiStatus {
			t.Errorf("multiget of %s: status %d: %.300s", at, a.Status, a.Body)
		}
		if strings.Contains(string(a.Body), "BEGIN:VCALENDAR") {
			t.Errorf("multiget of %s gives bodies of others: %.500s", at, a.Body)
		}
	}
	l.check(t)
}

// ifStatus asks for mallory's own item under a condition on another place.
func (l *lab) ifStatus(t *testing.T, item, tag, condition string) int {
	t.Helper()
	a, err := l.http.Do(t.Context(), wire.Request{Method: "GET", Target: item, Header: header("If", "<"+tag+"> "+condition)})
	if err != nil {
		return http.StatusBadRequest
	}
	return a.Status
}
