package server

import (
	"strings"
	"testing"
)

const reportSpaces = ` xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"`

func TestPrincipalReportsFindOneselfOnly(t *testing.T) {
	w := newWorld(t)
	w.mustFill(1)
	search := func(inner string) string {
		return `<D:principal-property-search` + reportSpaces + `>` + inner + `<D:prop><D:displayname/></D:prop></D:principal-property-search>`
	}
	by := func(prop, match string) string {
		return `<D:property-search><D:prop>` + prop + `</D:prop><D:match>` + match + `</D:match></D:property-search>`
	}
	for _, c := range []struct {
		name, path, body, want string
	}{
		{"name", "/dav/principals/", search(by(`<D:displayname/>`, "lic")), selfPath},
		{"other", "/dav/principals/", search(by(`<D:displayname/>`, "bob")), ""},
		{"address", "/dav/principals/", search(by(`<C:calendar-user-address-set/>`, "alice@example")), selfPath},
		{"mail", "/principals/", search(by(`<CS:email-address-set/>`, "ALICE@")), selfPath},
		{"both", "/dav/principals/", search(by(`<D:displayname/>`, "alice") + by(`<CS:email-address-set/>`, "bob")), ""},
		{"any", "/dav/principals/", strings.Replace(search(by(`<D:displayname/>`, "alice")+by(`<CS:email-address-set/>`, "bob")), "search xmlns", `search test="anyof" xmlns`, 1), selfPath},
		{"unsearchable", "/dav/principals/", search(by(`<D:owner/>`, "alice")), ""},
		{"elsewhere", "/dav/calendars/", search(by(`<D:displayname/>`, "alice")), ""},
		{"applied", "/dav/calendars/", search(by(`<D:displayname/>`, "alice") + `<D:apply-to-principal-collection-set/>`), selfPath},
		{"match self", "/dav/principals/", `<D:principal-match` + reportSpaces + `><D:self/></D:principal-match>`, selfPath},
		{"match property", "/dav/principals/", `<D:principal-match` + reportSpaces + `><D:principal-property><D:principal-URL/></D:principal-property></D:principal-match>`, selfPath},
		{"match nothing", "/dav/principals/", `<D:principal-match` + reportSpaces + `><D:principal-property><D:group/></D:principal-property></D:principal-match>`, ""},
		{"match owner", "/dav/calendars/", `<D:principal-match` + reportSpaces + `><D:principal-property><D:owner/></D:principal-property></D:principal-match>`, homePath + " " + calendarPath + " " + homePath + "tasks/ " + calendarPath + "uid-000000.ics"},
		{"match owner of items", calendarPath, `<D:principal-match` + reportSpaces + `><D:principal-property><D:owner/></D:principal-property><D:prop><D:getetag/></D:prop></D:principal-match>`, calendarPath + "uid-000000.ics"},
		{"match self in a home", homePath, `<D:principal-match` + reportSpaces + `><D:self/></D:principal-match>`, ""},
		{"acl", calendarPath, `<D:acl-principal-prop-set` + reportSpaces + `><D:prop><D:displayname/></D:prop></D:acl-principal-prop-set>`, selfPath},
		{"acl of folder", "/dav/", `<D:acl-principal-prop-set` + reportSpaces + `><D:prop><D:displayname/></D:prop></D:acl-principal-prop-set>`, ""},
		{"tokens", "/dav/principals/", `<CS:calendarserver-principal-search context="attendee"` + reportSpaces + `><CS:search-token>ali</CS:search-token><CS:search-token>example.org</CS:search-token><D:prop><D:displayname/></D:prop></CS:calendarserver-principal-search>`, selfPath},
		{"tokens of others", "/dav/principals/", `<CS:calendarserver-principal-search context="attendee"` + reportSpaces + `><CS:search-token>bob</CS:search-token></CS:calendarserver-principal-search>`, ""},
	} {
		body := w.mustDo(207, "REPORT", c.path, c.body, "Depth: 0")
		if got := strings.Join(hrefs(t, body), " "); got != c.want {
			t.Errorf("%s: got %q, want %q: %s", c.name, got, c.want, body)
		}
	}
}

func TestSearchPropertySet(t *testing.T) {
	w := newWorld(t)
	rec := w.do("REPORT", "/dav/principals/", `<D:principal-search-property-set xmlns:D="DAV:"/>`, "Depth: 0")
	for _, want := range []string{
		`<D:principal-search-property><D:prop><D:displayname/></D:prop><D:description xml:lang="en">Name</D:description>`,
		"<C:calendar-user-address-set/>",
	} {
		if rec.Code != 200 || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("got %d %s, want %s in it", rec.Code, rec.Body, want)
		}
	}
}

func TestPrincipalReportsRefuse(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		path, body, depth string
		status            int
	}{
		{"/dav/principals/", `<D:principal-match xmlns:D="DAV:"/>`, "0", 400},
		{"/dav/principals/", `<D:principal-property-search xmlns:D="DAV:"/>`, "0", 400},
		{"/dav/principals/", `<D:principal-property-search xmlns:D="DAV:"><D:property-search/></D:principal-property-search>`, "0", 400},
		{"/dav/principals/", `<D:principal-search-property-set xmlns:D="DAV:"/>`, "1", 400},
		{calendarPath + "no.ics", `<D:acl-principal-prop-set xmlns:D="DAV:"/>`, "0", 404},
		{calendarPath + "no.ics", `<D:principal-match xmlns:D="DAV:"><D:self/></D:principal-match>`, "0", 403},
		{homePath + "no/", `<D:principal-match xmlns:D="DAV:"><D:principal-property><D:owner/></D:principal-property></D:principal-match>`, "0", 404},
	} {
		if rec := w.do("REPORT", c.path, c.body, "Depth: "+c.depth); rec.Code != c.status {
			t.Errorf("%s on %s: got %d, want %d", c.body, c.path, rec.Code, c.status)
		}
	}
}

func TestExpandProperty(t *testing.T) {
	w := newWorld(t)
	body := w.mustDo(207, "REPORT", calendarPath, `<D:expand-property xmlns:D="DAV:">
		<D:property name="displayname"/>
		<D:property name="invite" namespace="http://calendarserver.org/ns/"/>
		<D:property name="current-user-principal"><D:property name="displayname"/>
			<D:property name="calendar-home-set" namespace="urn:ietf:params:xml:ns:caldav"><D:property name="resourcetype"/></D:property>
		</D:property>
	</D:expand-property>`, "Depth: 0")
	want := `<D:current-user-principal><D:response><D:href>/dav/principals/alice/</D:href><D:propstat><D:prop><D:displayname>ALICE</D:displayname>` +
		`<C:calendar-home-set><D:response><D:href>/dav/calendars/alice/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop>`
	if !strings.Contains(body, want) || !strings.Contains(body, `<D:prop><CS:invite/></D:prop><D:status>HTTP/1.1 404 Not Found`) {
		t.Errorf("got %s\nwant %s in it", body, want)
	}
	if got := hrefs(t, body); len(got) != 1 || got[0] != calendarPath {
		t.Errorf("responses %q", got)
	}
}

func TestExpandPropertyLeavesOtherURIs(t *testing.T) {
	w := newWorld(t)
	body := w.mustDo(207, "REPORT", selfPath, `<D:expand-property xmlns:D="DAV:"><D:property name="calendar-user-address-set" namespace="urn:ietf:params:xml:ns:caldav"><D:property name="displayname"/></D:property></D:expand-property>`)
	if !strings.Contains(body, `<D:href>mailto:alice@example.org</D:href><D:response><D:href>`+selfPath) {
		t.Errorf("got %s", body)
	}
}

func TestExpandPropertyIsBounded(t *testing.T) {
	w := newWorld(t)
	deep := strings.Repeat(`<D:property name="owner">`, 20) + strings.Repeat(`</D:property>`, 20)
	if rec := w.do("REPORT", calendarPath, `<D:expand-property xmlns:D="DAV:">`+deep+`</D:expand-property>`); rec.Code != 400 {
		t.Errorf("twenty levels: got %d, want 400", rec.Code)
	}
	level := ""
	for range 4 {
		level = strings.Repeat(`<D:property name="owner">`+level+`</D:property>`, 8)
	}
	if rec := w.do("REPORT", calendarPath, `<D:expand-property xmlns:D="DAV:">`+level+`</D:expand-property>`); rec.Code < 400 || rec.Code >= 500 {
		t.Errorf("thousands of them: got %d, want a refusal", rec.Code)
	}
}
