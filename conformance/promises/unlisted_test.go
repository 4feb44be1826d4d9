package promises

import (
	"net/http"
	"strings"
	"testing"
)

// canary is in everything of another user: name, address, titles, items, properties.
const canary = "canary7qx"

// TestOthersAreUnlisted asks wherever users could be listed or searched. Nobody sees another, and a search for one that
// is there is answered like a search for one that is not.
func TestOthersAreUnlisted(t *testing.T) {
	s := mustServe(t)
	p, other := mustPerson(t, s, "ada", 1), mustPerson(t, s, canary, 1)
	furnishCanary(t, other)
	for _, at := range []string{"/", "/dav/", "/dav", "/principals/", "/dav/principals/", "/dav/calendars/", "/dav/addressbooks/", p.Principal, p.CalHome, p.CardHome, p.Calendar} {
		for _, q := range listings {
			for _, depth := range []string{"0", "1", "infinity"} {
				ask := func(name string) (int, string) {
					body := strings.NewReplacer("NAME", name, "PRINCIPAL", p.Principal, "OTHER", "/dav/principals/"+name+"/").Replace(q.body)
					a, err := p.do(q.method, at, []byte(body), "Depth", depth, "Content-Type", xmlType)
					if err != nil {
						t.Fatal(err)
					}
					return a.Status, string(a.Body)
				}
				status, body := ask(canary)
				if strings.Contains(strings.ReplaceAll(body, "/dav/principals/"+canary+"/", ""), canary) {
					t.Errorf("%s %s, Depth %s shows another user:\n%s", q.name, at, depth, body)
				}
				nobody, empty := ask("nobody7qx")
				if status != nobody || strings.ReplaceAll(body, canary, "nobody7qx") != empty {
					t.Errorf("%s %s, Depth %s tells who is there: %d %s\nand who is not: %d %s", q.name, at, depth, status, body, nobody, empty)
				}
				if status >= http.StatusInternalServerError && status != http.StatusNotImplemented {
					t.Errorf("%s %s, Depth %s: %d", q.name, at, depth, status)
				}
			}
		}
	}
	checkLog(t, s)
}

// listings are the questions that could name users. OTHER may come back as an href that was asked for, and so is no
// secret.
var listings = []struct{ name, method, body string }{
	{"PROPFIND allprop", "PROPFIND", dav("D:propfind", "<D:allprop/>")},
	{"PROPFIND of principals", "PROPFIND", dav("D:propfind", "<D:prop><D:displayname/><D:owner/><D:principal-URL/><D:group-membership/>"+
		"<D:acl/><D:current-user-privilege-set/><D:principal-collection-set/><C:calendar-user-address-set/></D:prop>")},
	{"search by displayname", "REPORT", search("<D:displayname/>", "NAME")},
	{"search by a part of it", "REPORT", search("<D:displayname/>", "7qx")},
	{"search by address", "REPORT", search("<C:calendar-user-address-set/>", "NAME")},
	{"search for everybody", "REPORT", dav("D:principal-property-search", "<D:apply-to-principal-collection-set/><D:property-search>"+
		"<D:prop><D:displayname/></D:prop><D:match></D:match></D:property-search><D:prop><D:displayname/></D:prop>")},
	{"what can be searched", "REPORT", dav("D:principal-search-property-set", "")},
	{"match self", "REPORT", dav("D:principal-match", "<D:self/><D:prop><D:displayname/></D:prop>")},
	{"match owner", "REPORT", dav("D:principal-match", "<D:principal-property><D:owner/></D:principal-property><D:prop><D:displayname/></D:prop>")},
	{"principals of the ACL", "REPORT", dav("D:acl-principal-prop-set", "<D:prop><D:displayname/></D:prop>")},
	{"expand", "REPORT", dav("D:expand-property", `<D:property name="owner"><D:property name="displayname"/></D:property>`+
		`<D:property name="principal-collection-set"><D:property name="displayname"/></D:property>`+
		`<D:property name="calendar-home-set" namespace="urn:ietf:params:xml:ns:caldav"><D:property name="displayname"/></D:property>`+
		`<D:property name="points-there" namespace="http://example.com/ns/"><D:property name="displayname"/></D:property>`)},
	{"plant a pointer", "PROPPATCH", dav("D:propertyupdate", "<D:set><D:prop><X:points-there><D:href>OTHER</D:href></X:points-there></D:prop></D:set>")},
	{"follow the pointer", "REPORT", dav("D:expand-property", `<D:property name="points-there" namespace="http://example.com/ns/">`+
		`<D:property name="displayname"/><D:property name="calendar-home-set" namespace="urn:ietf:params:xml:ns:caldav"/></D:property>`)},
	{"free time", "REPORT", dav("C:free-busy-query", `<C:time-range start="20260101T000000Z" end="20260201T000000Z"/>`)},
	{"home of another by multiget", "REPORT", dav("C:calendar-multiget", "<D:prop><D:displayname/><C:calendar-data/></D:prop><D:href>OTHER</D:href>")},
}

func search(prop, text string) string {
	return dav("D:principal-property-search", "<D:apply-to-principal-collection-set/><D:property-search><D:prop>"+prop+
		"</D:prop><D:match>"+text+"</D:match></D:property-search><D:prop><D:displayname/><C:calendar-home-set/></D:prop>")
}

// furnishCanary gives somebody things that nobody else may see.
func furnishCanary(t *testing.T, p *person) {
	t.Helper()
	p.mustDo(t, 201, "PUT", p.Calendar+canary+".ics", event(canary, canary))
	p.mustDo(t, 201, "PUT", p.Book+canary+".vcf", card(canary, canary), "Content-Type", books.mediaType)
	calendars.mustMake(t, p, p.CalHome+canary+"/", canary)
	for _, at := range []string{p.Principal, p.CalHome, p.Calendar, p.Book, p.Calendar + canary + ".ics"} {
		if _, err := p.multi("PROPPATCH", at, "0", dav("D:propertyupdate", "<D:set><D:prop><D:displayname>"+canary+
			"</D:displayname><X:note>"+canary+"</X:note></D:prop></D:set>")); err != nil {
			t.Fatal(err)
		}
	}
}
