package hostile

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"daycairn/conformance/wire"
)

// insides are contents of a property that try to leave it.
var insides = []string{
	`]]&gt;&lt;/X:p&gt;`, `<![CDATA[</X:p></D:prop></D:propstat></D:response>]]>`, `<!-- </X:p> --><X:q/>`, `<?pi </X:p> ?>`,
	`<D:status>HTTP/1.1 404 Not Found</D:status>`, `<D:response><D:href>/dav/x</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>`,
	`<D:href xmlns:D="urn:other">x</D:href>`, `<p xmlns="">none</p>`, `<D:p xmlns:D="urn:x"><D:q xmlns:D="DAV:"/></D:p>`,
	`<q a="&lt;/X:p&gt;" b='"' xmlns="urn:y"/>`, "\r\n\t &#13;&#10; ", `&#x10FFFF;&#x85;&#x2028;`, `<X:p xml:lang="de" xml:space="preserve"> <X:p/> </X:p>`,
	strings.Repeat("<X:d>", 50) + strings.Repeat("</X:d>", 50),
}

// TestInsideProperties stores such contents and wants every listing to stay one response for each thing, with the property
// as it was.
func TestInsideProperties(t *testing.T) {
	l := newLab(t)
	item := l.mallory.Calendar + "item.ics"
	l.mustPut(t, item, "text/calendar", event("item", since2025))
	for _, at := range []string{item, l.mallory.Calendar, l.mallory.CalHome} {
		for i, inside := range insides {
			set := l.do(t, wire.Request{Method: "PROPPATCH", Target: at, Body: []byte(update("<X:p>" + inside + "</X:p>")())})
			if set.Status != http.StatusMultiStatus || !strings.Contains(string(set.Body), "200 OK") {
				t.Errorf("content %d on %s: status %d: %.300s", i, at, set.Status, set.Body)
				continue
			}
			want, err := wire.ParseXML([]byte("<X:p" + xmlns + ">" + inside + "</X:p>"))
			if err != nil {
				t.Fatal(err)
			}
			for _, question := range []string{"<D:prop><X:p/></D:prop>", "<D:allprop/>", "<D:propname/>"} {
				a := l.do(t, wire.Request{Method: "PROPFIND", Target: at, Header: header("Depth", "0"), Body: []byte("<D:propfind" + xmlns + ">" + question + "</D:propfind>")})
				m, err := a.Multistatus()
				if err != nil || len(m.Responses) != 1 {
					t.Errorf("content %d on %s: %v: %.500s", i, at, err, a.Body)
					continue
				}
				if got := m.Responses[0].Prop(wire.MustName("X:p")); got == nil || question != "<D:propname/>" && got.El.Canon() != want.Canon() {
					t.Errorf("content %d on %s: %s gives %s", i, at, question, a.Body)
				}
			}
		}
	}
	l.check(t)
}

// TestInsideExports gives a calendar names that would be lines of the file it is saved as, and items that would be others.
func TestInsideExports(t *testing.T) {
	l := newLab(t)
	for _, name := range []string{"x\nBEGIN:VEVENT\nUID:forged\nEND:VEVENT", "x&#13;&#10;END:VCALENDAR", "x\\nBEGIN:VEVENT", strings.Repeat("ü", 500), "x&#x2028;BEGIN:VEVENT"} {
		l.do(t, wire.Request{Method: "PROPPATCH", Target: l.mallory.Calendar, Body: []byte(update("<D:displayname>" + name + "</D:displayname>")())})
		a := l.do(t, wire.Request{Method: "GET", Target: l.mallory.Calendar})
		ends := 0
		for line := range strings.Lines(string(a.Body)) {
			if line == "END:VCALENDAR\r\n" {
				ends++
			}
			if strings.HasPrefix(line, "UID:forged") || strings.HasPrefix(line, "BEGIN:VEVENT") || len(line) > 77 {
				t.Errorf("name %.20q: the file has the line %q", name, line)
			}
		}
		if ends != 1 {
			t.Errorf("name %.20q: %d ends", name, ends)
		}
	}
	for i, slug := range []string{"quote%22", "semi%3b", "newline-%e2%80%a8", "percent%25", "angle%3c%3e"} {
		at := l.mallory.CalHome + slug + "/"
		if a := l.do(t, wire.Request{Method: "MKCALENDAR", Target: at}); a.Status != http.StatusCreated {
			t.Fatalf("MKCALENDAR %s: status %d", at, a.Status)
		}
		item := at + fmt.Sprintf("%%22;filename=x%d.exe%%0d.ics", i)
		if a := l.put(t, item, event("item", since2025)); a.Status != http.StatusBadRequest {
			t.Errorf("a name with a control character: status %d, want 400", a.Status)
		}
		item = strings.Replace(item, "%0d", "", 1)
		l.mustPut(t, item, "text/calendar", event("item", since2025))
		for _, get := range []string{at, item} {
			a := l.do(t, wire.Request{Method: "GET", Target: get})
			if d := a.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment; filename*=UTF-8''") || strings.ContainsAny(d[29:], "\"; <>") {
				t.Errorf("GET %s: Content-Disposition: %s", get, d)
			}
			if a.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("GET %s may be sniffed", get)
			}
		}
	}
	l.check(t)
}
