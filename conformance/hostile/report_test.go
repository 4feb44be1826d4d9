package hostile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// queryOf is a calendar-query with a filter inside VCALENDAR.
func queryOf(inside string) func() string {
	return func() string {
		return "<C:calendar-query" + xmlns + `><D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR">` + inside + "</C:comp-filter></C:filter></C:calendar-query>"
	}
}

// filters are those of calendars.
var filters = []attack{
	{name: "100,000 property filters", body: queryOf(`<C:comp-filter name="VEVENT">` + strings.Repeat(`<C:prop-filter name="X"/>`, 100_000) + "</C:comp-filter>"), status: []int{400, 403, 413}},
	{name: "10,000 property filters", body: queryOf(`<C:comp-filter name="VEVENT">` + strings.Repeat(`<C:prop-filter name="SUMMARY"><C:text-match>a</C:text-match></C:prop-filter>`, 9000) + "</C:comp-filter>"), status: []int{403}, condition: "valid-filter"},
	{name: "nested 60 deep", body: queryOf(strings.Repeat(`<C:comp-filter name="X-A">`, 60) + strings.Repeat("</C:comp-filter>", 60)), status: []int{400, 403}},
	{name: "a text of 3 MiB", body: queryOf(`<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match>` + strings.Repeat("ab", 3<<19) + "</C:text-match></C:prop-filter></C:comp-filter>"), status: []int{207, 403}},
	{name: "a text that expands", body: queryOf(`<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match collation="i;unicode-casemap">` + strings.Repeat("\ufdfa", 30_000) + "</C:text-match></C:prop-filter></C:comp-filter>"), status: []int{207, 403}},
	{name: "an unknown collation", body: queryOf(`<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match collation="i;evil">a</C:text-match></C:prop-filter></C:comp-filter>`), status: []int{403}, condition: "supported-collation"},
	{name: "a range that ends before it begins", body: queryOf(`<C:comp-filter name="VEVENT"><C:time-range start="20250102T000000Z" end="20250101T000000Z"/></C:comp-filter>`), status: []int{403}, condition: "valid-filter"},
	{name: "a range in local time", body: queryOf(`<C:comp-filter name="VEVENT"><C:time-range start="20250102T000000"/></C:comp-filter>`), status: []int{403}, condition: "valid-filter"},
	{name: "a range of a property that has none", body: queryOf(`<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:time-range start="20250102T000000Z"/></C:prop-filter></C:comp-filter>`), status: []int{403}},
	{name: "is-not-defined beside others", body: queryOf(`<C:comp-filter name="VEVENT"><C:is-not-defined/><C:prop-filter name="X"/></C:comp-filter>`), status: []int{403}, condition: "valid-filter"},
	{name: "1,000 names", body: text("<C:calendar-query" + xmlns + "><D:prop><C:calendar-data><C:comp name=\"VCALENDAR\">" + counted(2000, `<C:prop name="P%d"/>`) + "</C:comp></C:calendar-data></D:prop></C:calendar-query>"), status: []int{400}},
	{name: "two expansions", body: text("<C:calendar-query" + xmlns + `><D:prop><C:calendar-data><C:expand start="20250101T000000Z" end="20250102T000000Z"/><C:limit-recurrence-set start="20250101T000000Z" end="20250102T000000Z"/></C:calendar-data></D:prop></C:calendar-query>`), status: []int{400}},
	{name: "data in vCard", body: text("<C:calendar-query" + xmlns + `><D:prop><C:calendar-data content-type="text/vcard"/></D:prop></C:calendar-query>`), status: []int{403}, condition: "supported-calendar-data"},
	{name: "a limit of zero", body: text("<D:sync-collection" + xmlns + "><D:sync-token/><D:limit><D:nresults>0</D:nresults></D:limit><D:prop/></D:sync-collection>"), status: []int{400}},
	{name: "a limit of 2^64", body: text("<D:sync-collection" + xmlns + "><D:sync-token/><D:limit><D:nresults>18446744073709551616</D:nresults></D:limit><D:prop/></D:sync-collection>"), status: []int{400}},
	{name: "a negative limit", body: text("<D:sync-collection" + xmlns + "><D:sync-token/><D:limit><D:nresults>-1</D:nresults></D:limit><D:prop/></D:sync-collection>"), status: []int{400}},
	{name: "no token at all", body: text("<D:sync-collection" + xmlns + "><D:prop/></D:sync-collection>"), status: []int{400}},
	{name: "100 roots' worth of children", body: text("<D:sync-collection" + xmlns + "><D:sync-token/>" + strings.Repeat("<X:a/>", 100) + "</D:sync-collection>"), status: []int{400}},
	{name: "a report that is none", body: text("<X:format-disk" + xmlns + "/>"), status: []int{403}, condition: "supported-report"},
	{name: "a report of books", body: text("<CR:addressbook-query" + xmlns + "><D:prop/></CR:addressbook-query>"), status: []int{403}, condition: "supported-report"},
	{name: "free-busy of all time", body: text("<C:free-busy-query" + xmlns + `><C:time-range start="10000101T000000Z" end="99991231T000000Z"/></C:free-busy-query>`), status: []int{403}},
	{name: "principal-match with both", body: text("<D:principal-match" + xmlns + "><D:self/><D:principal-property><D:owner/></D:principal-property></D:principal-match>"), header: header("Depth", "0"), status: []int{400}},
	{name: "19,000 names of properties", method: "PROPFIND", body: text("<D:propfind" + xmlns + "><D:prop>" + counted(19_000, "<X:p%d/>") + "</D:prop></D:propfind>"), status: []int{207, 413}, cpu: 3 * time.Second},
}

// TestReports sends questions that are too large or contradict themselves, about a calendar with 300 events.
func TestReports(t *testing.T) {
	l := newLab(t)
	for i := range 300 {
		l.mustPut(t, fmt.Sprintf("%s%d.ics", l.mallory.Calendar, i), "text/calendar", event(fmt.Sprint(i), since2025, "SUMMARY:"+strings.Repeat("ab", 200)))
	}
	attacks := slices.Clone(filters)
	for i := range attacks {
		a := &attacks[i]
		if a.method == "" {
			a.method = "REPORT"
		}
		if depth := "1"; a.header == nil {
			if strings.Contains(a.body(), "sync-collection") {
				depth = "0"
			}
			a.header = header("Depth", depth)
		}
	}
	l.runAll(t, attacks)
}

// TestMultiget asks for far more than there is.
func TestMultiget(t *testing.T) {
	l := newLab(t)
	item := l.mallory.Calendar + "item.ics"
	l.mustPut(t, item, "text/calendar", event("item", since2025, "DESCRIPTION:"+strings.Repeat("d", 1<<20)))
	get := func(n int, href func(int) string) func() string {
		return func() string {
			return "<C:calendar-multiget" + xmlns + "><D:prop><D:getetag/><C:calendar-data/></D:prop>" +
				listOf(n, "", func(i int) string { return "<D:href>" + href(i) + "</D:href>" }) + "</C:calendar-multiget>"
		}
	}
	missing := func(i int) string { return fmt.Sprintf("%sx%d.ics", l.mallory.Calendar, i) }
	same := func(int) string { return item }
	spelled := func(i int) string {
		return strings.Replace(item, "item", []string{"item", "%69tem", "i%74em", "it%65m", "ite%6d", "ite%6D"}[i%6], 1)
	}
	many := func(a attack) attack {
		a.method, a.header, a.cpu, a.memory = "REPORT", header("Depth", "1"), 5*time.Second, 320
		return a
	}
	l.runAll(t, []attack{
		many(attack{name: "100,000 missing", body: get(100_000, missing), status: []int{207}}),
		many(attack{name: "more than a collection can hold", body: get(250_000, missing), status: []int{403}, condition: "number-of-matches-within-limits"}),
		many(attack{name: "one 100,000 times", body: get(100_000, same), status: []int{207}}),
		many(attack{name: "one, spelled in six ways", body: get(60_000, spelled), status: []int{207}}),
		many(attack{name: "hrefs of 64 KiB", body: get(500, func(int) string { return l.mallory.Calendar + strings.Repeat("h", 64<<10) }), status: []int{207}}),
		many(attack{name: "an href of 9 MiB", body: get(1, func(int) string { return strings.Repeat("h", 9<<20) }), status: []int{413}}),
		many(attack{name: "hrefs that are none", body: get(1000, func(i int) string { return strings.Repeat("&lt;&amp;%", i%50) }), status: []int{207}}),
		many(attack{name: "100,000 others", body: text("<C:calendar-multiget" + xmlns + ">" + strings.Repeat("<D:prop/>", 100_000) + "</C:calendar-multiget>"), status: []int{400}}),
		many(attack{name: "nothing", body: get(0, nil), status: []int{207, 400}}),
	})
}

// TestPrincipalReports searches for the canary, and expands properties without end.
func TestPrincipalReports(t *testing.T) {
	l := newLab(t)
	search := func(part string) func() string {
		return func() string {
			return "<D:principal-property-search" + xmlns + ` test="anyof"><D:apply-to-principal-collection-set/><D:property-search><D:prop><D:displayname/><C:calendar-user-address-set/><CS:email-address-set/></D:prop><D:match>` +
				part + "</D:match></D:property-search><D:prop><D:displayname/><C:calendar-home-set/></D:prop></D:principal-property-search>"
		}
	}
	nested := func(depth, width int) func() string {
		return func() string {
			inner := ""
			for range depth {
				inner = strings.Repeat(`<D:property name="owner">`+inner+"</D:property>", width)
				if len(inner) > 2<<20 {
					break
				}
			}
			return "<D:expand-property" + xmlns + ">" + inner + "</D:expand-property>"
		}
	}
	at, depth0 := "/dav/principals/", header("Depth", "0")
	refused := []int{400, 403, 413}
	attacks := []attack{
		{name: "expand 60 deep", body: nested(60, 1), status: refused},
		{name: "expand 10 wide and 4 deep", body: nested(4, 10), status: refused},
		{name: "expand 1,000 wide", body: nested(1, 1000), status: []int{207, 400}},
		{name: "expand 31 wide and 2 deep", body: nested(2, 31), status: []int{207, 400, 403}},
		{name: "expand at Depth infinity", body: nested(1, 1), header: header("Depth", "infinity"), status: refused},
		{name: "match of 3 MiB", body: search(strings.Repeat("c", 3<<20)), status: []int{207}},
		{name: "10,000 searches", body: text("<D:principal-property-search" + xmlns + ">" + strings.Repeat("<D:property-search><D:prop><D:displayname/></D:prop><D:match>c</D:match></D:property-search>", 5000) + "</D:principal-property-search>"), status: refused},
		{name: "a search for nothing", body: text("<D:principal-property-search" + xmlns + "/>"), status: refused},
	}
	for _, part := range []string{"", "canary", "c", "CANARY", "*", "%", "_", "' OR 1=1 --", l.canary.secret} {
		attacks = append(attacks, attack{name: "search for " + part, body: search(part), status: []int{207}},
			attack{name: "tokens of " + part, status: []int{207}, body: text("<CS:calendarserver-principal-search" + xmlns + "><CS:search-token>" + part + "</CS:search-token><D:prop><D:displayname/></D:prop></CS:calendarserver-principal-search>")})
	}
	for _, a := range attacks {
		a.method, a.target = "REPORT", at
		if a.header == nil {
			a.header = depth0
		}
		t.Run(a.name, func(t *testing.T) {
			if answer := l.run(t, a); strings.Contains(string(answer.Body), "/canary/") {
				t.Errorf("the canary was found: %.500s", answer.Body)
			}
		})
	}
	l.check(t)
}
