package hostile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"daycairn/conformance/wire"
)

// The flags make the search longer, and begin it elsewhere.
var (
	flagMutations = flag.Duration("mutations", 4*time.Second, "how long TestMutations tries")
	flagSeed      = flag.Uint64("seed", 1, "where it begins")
)

// seeds are requests that are taken, to be spoilt.
func (l *lab) seeds() []wire.Request {
	c, b := l.mallory.Calendar, l.mallory.Book
	ical, vcard, depth := header("Content-Type", "text/calendar"), header("Content-Type", "text/vcard"), header("Depth", "1")
	list := []wire.Request{
		{Method: "PUT", Target: c + "a.ics", Header: ical, Body: []byte(event("a", "DTSTART;TZID=Europe/Berlin:20250101T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU;COUNT=10;WKST=SU", "EXDATE:20250108T090000Z", "SUMMARY;LANGUAGE=de:a\\, b\\n c", "BEGIN:VALARM\r\nTRIGGER;RELATED=END:-PT15M\r\nREPEAT:2\r\nDURATION:PT5M\r\nEND:VALARM"))},
		{Method: "PUT", Target: c + "z.ics", Header: ical, Body: []byte(strings.Replace(event("z", "DTSTART;TZID=Evil:20250101T100000", "RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1", "RDATE;VALUE=PERIOD:20250201T100000Z/PT1H"), "BEGIN:VEVENT", zoneBomb(2, "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=3\r\n")+"BEGIN:VEVENT", 1))},
		{Method: "PUT", Target: c + "o.ics", Header: ical, Body: []byte(overrides(3))},
		{Method: "PUT", Target: b + "a.vcf", Header: vcard, Body: []byte(card("a", "item1.TEL;TYPE=cell,pref:1", "item1.X-ABLabel:_$!<Home>!$_", "ADR;TYPE=home:;;S;C;R;P;Land", "PHOTO;ENCODING=b;TYPE=JPEG:QUJD", "BDAY;VALUE=date:1970-01-01", "CATEGORIES:a,b"))},
		{Method: "PUT", Target: b + "b.vcf", Header: vcard, Body: []byte(strings.Replace(card("b", "TEL;VALUE=uri;PREF=1:tel:1", "PHOTO:data:image/png;base64,QUJD", "KIND:group", "MEMBER:urn:uuid:a", "N;SORT-AS=\"a,b\":x;y"), "3.0", "4.0", 1))},
		{Method: "REPORT", Target: c, Header: header("Depth", "0"), Body: []byte(syncBody(""))},
		{Method: "REPORT", Target: l.mallory.CalHome, Header: header("Depth", "0"), Body: []byte(syncBody(""))},
		{Method: "REPORT", Target: c, Header: depth, Body: []byte("<C:calendar-multiget" + xmlns + "><D:prop><D:getetag/><C:calendar-data><C:comp name=\"VCALENDAR\"><C:comp name=\"VEVENT\"><C:prop name=\"SUMMARY\" novalue=\"yes\"/></C:comp></C:comp></C:calendar-data></D:prop><D:href>" + c + "a.ics</D:href></C:calendar-multiget>")},
		{Method: "REPORT", Target: b, Header: depth, Body: []byte("<CR:addressbook-query" + xmlns + `><D:prop><CR:address-data content-type="text/vcard" version="4.0"><CR:prop name="FN"/></CR:address-data></D:prop><CR:filter test="allof"><CR:prop-filter name="item1.TEL"><CR:text-match collation="i;unicode-casemap" match-type="ends-with">1</CR:text-match><CR:param-filter name="TYPE"><CR:is-not-defined/></CR:param-filter></CR:prop-filter></CR:filter><CR:limit><CR:nresults>5</CR:nresults></CR:limit></CR:addressbook-query>`)},
		{Method: "REPORT", Target: "/dav/", Header: header("Depth", "0"), Body: []byte("<D:expand-property" + xmlns + `><D:property name="current-user-principal"><D:property name="calendar-home-set" namespace="urn:ietf:params:xml:ns:caldav"><D:property name="displayname"/></D:property></D:property></D:expand-property>`)},
		{Method: "PROPFIND", Target: l.mallory.CalHome, Header: depth, Body: []byte("<D:propfind" + xmlns + "><D:prop><D:resourcetype/><D:sync-token/><C:calendar-timezone-id/><X:a/></D:prop></D:propfind>")},
		{Method: "PROPPATCH", Target: c, Body: []byte(update("<D:displayname>a</D:displayname><C:calendar-timezone>" + calendarOf(zoneBomb(1, "")) + "</C:calendar-timezone><X:a b=\"c\">d</X:a>")())},
		{Method: "MKCALENDAR", Target: l.mallory.CalHome + "new/", Body: []byte("<C:mkcalendar" + xmlns + "><D:set><D:prop><C:supported-calendar-component-set><C:comp name=\"VEVENT\"/></C:supported-calendar-component-set></D:prop></D:set></C:mkcalendar>")},
		{Method: "MOVE", Target: c + "a.ics", Header: header("Destination", c+"moved.ics", "If-Match", `"a"`, "If", "<"+c+"> ([\"a\"] Not <DAV:no-lock>)")},
		{Method: "COPY", Target: c + "a.ics", Header: header("Destination", l.mallory.Tasks+"copy.ics", "Overwrite", "T")},
		{Method: "DELETE", Target: c + "moved.ics", Header: header("If-Match", "*")},
	}
	for _, q := range timeQuestions {
		list = append(list, wire.Request{Method: "REPORT", Target: c, Header: depth, Body: []byte(strings.ReplaceAll(q.body, "RANGE", timeRanges[1].attributes))})
	}
	return list
}

// pieces are what is put where it does not belong.
var pieces = []string{
	"\x00", "\xff", "\r", "\n ", "\u0301", "\u00df", "<", ">", "&", "]]>", "<![CDATA[", "-->", "%", "%00", "%2f", "/", "..", "\"", "'", ";", ",", ":", "=", "\\",
	"-1", "0", "99999999999999999999", "2147483648", "00000101T000000Z", "99991231T235960Z", "infinity", "*", "W/", "Not ", "(", ")", "BEGIN:VEVENT\r\n", "END:VCALENDAR\r\n",
	"RECURRENCE-ID:", "RANGE=THISANDFUTURE", "FREQ=SECONDLY;", "UNTIL=00010101;", "BYSETPOS=-366;", "TZID=", "VALUE=PERIOD", "P1W", "PT0S", "xmlns=\"\"", "<D:prop>", "</D:prop>",
}

// spoil changes a text in a few places.
func spoil(r *rand.Rand, s, other string) string {
	for range 1 + r.IntN(4) {
		if s == "" {
			return s
		}
		from := r.IntN(len(s))
		to := min(len(s), from+1+r.IntN(20))
		switch r.IntN(7) {
		case 0:
			s = s[:from] + s[to:]
		case 1:
			s = s[:to] + s[from:]
		case 2:
			s = s[:from] + pieces[r.IntN(len(pieces))] + s[from:]
		case 3:
			s = s[:from] + pieces[r.IntN(len(pieces))] + s[to:]
		case 4:
			s = s[:from] + string(s[from]^byte(1<<r.IntN(8))) + s[from+1:]
		case 5:
			s = s[:from]
		case 6:
			if at := r.IntN(len(other) + 1); at < len(other) {
				s = s[:from] + other[at:min(len(other), at+40)] + s[to:]
			}
		}
	}
	return s
}

// TestMutations spoils requests at random: no answer is a failure of the server's, and no connection is cut.
func TestMutations(t *testing.T) {
	l := newLab(t)
	seeds := l.seeds()
	r := rand.New(rand.NewPCG(*flagSeed, 0))
	count := 0
	for end := time.Now().Add(*flagMutations); time.Now().Before(end) && !t.Failed(); count++ {
		q, other := seeds[r.IntN(len(seeds))], seeds[r.IntN(len(seeds))]
		q.Body = []byte(spoil(r, string(q.Body), string(other.Body)))
		if r.IntN(8) == 0 {
			q.Method = other.Method
		}
		if r.IntN(8) == 0 {
			q.Target = spoil(r, q.Target, other.Target)
		}
		var headers []wire.Header
		for _, h := range q.Header {
			if r.IntN(3) == 0 {
				h.Value = spoil(r, h.Value, other.Target)
			}
			headers = append(headers, h)
		}
		q.Header = headers
		a, err := l.http.Do(t.Context(), q)
		if err != nil {
			if strings.Contains(err.Error(), "EOF") || strings.Contains(err.Error(), "reset") {
				t.Errorf("request %d was cut: %v\n%s", count, err, shown(q))
			}
			continue // net/http's client does not send it
		}
		if a.Status >= 500 && a.Status != http.StatusNotImplemented {
			t.Errorf("request %d: status %d\n%s", count, a.Status, shown(q))
		}
		if a.Status == http.StatusMultiStatus {
			if err := wellFormed(a.Body); err != nil {
				t.Errorf("request %d: %v\n%s\n%.2000s", count, err, shown(q), a.Body)
			}
		}
	}
	t.Logf("%d requests", count)
	l.check(t)
}

// wellFormed reads to the end. What names mean does not matter: the client may have asked for senseless ones.
func wellFormed(body []byte) error {
	for d := xml.NewDecoder(bytes.NewReader(body)); ; {
		if _, err := d.Token(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// shown writes a request as it can be repeated.
func shown(r wire.Request) string {
	return fmt.Sprintf("%s %q\n%q\n%q", r.Method, r.Target, r.Header, r.Body)
}
