package hostile

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

// xmlSenders are requests whose body is XML: each must refuse a bad one in the same way.
var xmlSenders = []struct {
	name, method, at, open, close string
}{
	{"PROPFIND", "PROPFIND", "", "<D:propfind" + xmlns + "><D:prop>", "</D:prop></D:propfind>"},
	{"PROPPATCH", "PROPPATCH", "", "<D:propertyupdate" + xmlns + "><D:set><D:prop>", "</D:prop></D:set></D:propertyupdate>"},
	{"MKCALENDAR", "MKCALENDAR", "new/", "<C:mkcalendar" + xmlns + "><D:set><D:prop>", "</D:prop></D:set></C:mkcalendar>"},
	{"MKCOL", "MKCOL", "new/", "<D:mkcol" + xmlns + "><D:set><D:prop>", "</D:prop></D:set></D:mkcol>"},
	{"query", "REPORT", "", "<C:calendar-query" + xmlns + "><D:prop>", "</D:prop></C:calendar-query>"},
	{"multiget", "REPORT", "", "<C:calendar-multiget" + xmlns + "><D:prop>", "</D:prop></C:calendar-multiget>"},
	{"sync", "REPORT", "", "<D:sync-collection" + xmlns + "><D:sync-token/><D:prop>", "</D:prop></D:sync-collection>"},
}

// badXML is what stands in the body, and before it.
var badXML = []struct {
	name, prolog string
	inside       func() string
	status       []int
}{
	{"billion laughs", laughs(), text("<X:a>&l9;</X:a>"), []int{400}},
	{"quadratic blowup", `<!DOCTYPE a [<!ENTITY l "` + strings.Repeat("x", 50_000) + `">]>`, text("<X:a>" + strings.Repeat("&l;", 10_000) + "</X:a>"), []int{400}},
	{"empty DTD", "<!DOCTYPE a>", text("<X:a/>"), []int{400}},
	{"entity without DTD", "", text("<X:a>&xxe;</X:a>"), []int{400}},
	{"nested 300,000 deep", "", func() string { return strings.Repeat("<X:a>", 300_000) }, []int{400, 413}},
	{"nested and closed", "", func() string { return strings.Repeat("<X:a>", 100_000) + strings.Repeat("</X:a>", 100_000) }, []int{400}},
	{"100,000 attributes", "", func() string { return "<X:a " + counted(100_000, `a%d="" `) + "/>" }, []int{400}},
	{"100,000 namespaces", "", func() string { return "<X:a " + counted(100_000, `xmlns:n%d="urn:x" `) + "/>" }, []int{400}},
	{"declarations on each level", "", func() string {
		return counted(60, `<X:a xmlns:a%d="urn:a" xmlns:b="urn:b">`) + strings.Repeat("</X:a>", 60)
	}, []int{400}},
	{"one attribute of 1 MiB", "", func() string { return `<X:a a="` + strings.Repeat("x", 1<<20) + `"/>` }, []int{400, 413}},
	{"a name of 1 MiB", "", func() string { return "<X:" + strings.Repeat("a", 1<<20) + "/>" }, []int{400, 413}},
	{"200,000 elements", "", func() string { return strings.Repeat("<X:a/>", 200_000) }, []int{400, 413}},
	{"a text of 8 MiB", "", func() string { return "<X:a>" + strings.Repeat("x", 8<<20) + "</X:a>" }, []int{413}},
	{"a comment of 8 MiB", "", func() string { return "<!--" + strings.Repeat("x", 8<<20) + "-->" }, []int{413}},
	{"control character", "", text("<X:a>\x01</X:a>"), []int{400}},
	{"reference to NUL", "", text("<X:a>&#0;</X:a>"), []int{400}},
	{"surrogate", "", text("<X:a>&#xD800;</X:a>"), []int{400}},
	{"not UTF-8", "", text("<X:a>\xff\xfe</X:a>"), []int{400}},
	{"overlong UTF-8", "", text("<X:a>\xc0\xbc</X:a>"), []int{400}},
	{"undeclared prefix", "", text("<nobody:a/>"), []int{400}},
	{"crossed tags", "", text("<X:a><X:b></X:a></X:b>"), []int{400}},
	{"duplicate attribute by namespace", "", text(`<X:a xmlns:y="http://example.com/ns/" X:q="1" y:q="2"/>`), []int{400}},
	{"UTF-32", "\x00\x00\xfe\xff", text(""), []int{400}},
	{"unknown encoding", `<?xml version="1.0" encoding="EBCDIC-CP-US"?>`, text(""), []int{400}},
	{"UTF-16 that is not", `<?xml version="1.0" encoding="UTF-16"?>`, text(""), []int{400}},
	{"second root", "<a/>", text(""), []int{400, 403, 415}},
}

// laughs nests ten entities, each ten of the one before.
func laughs() string {
	b := `<!DOCTYPE l [<!ENTITY l0 "lol">`
	for i := 1; i < 10; i++ {
		b += `<!ENTITY l` + string(rune('0'+i)) + ` "` + strings.Repeat("&l"+string(rune('0'+i-1))+";", 10) + `">`
	}
	return b + "]>"
}

// TestXML holds every method with an XML body to reliability's first two threats: declarations and size.
func TestXML(t *testing.T) {
	l := newLab(t)
	for _, s := range xmlSenders {
		t.Run(s.name, func(t *testing.T) {
			at := l.mallory.Calendar
			if s.at != "" {
				at = l.mallory.CalHome + s.at
			}
			for _, bad := range badXML {
				t.Run(bad.name, func(t *testing.T) {
					l.run(t, attack{
						method: s.method, target: at, status: bad.status,
						header: header("Content-Type", "application/xml", "Depth", "1"),
						body:   func() string { return bad.prolog + s.open + bad.inside() + s.close },
					})
				})
			}
		})
	}
	l.check(t)
}

// TestExternalEntity listens where an entity points to: nobody may come.
func TestExternalEntity(t *testing.T) {
	l := newLab(t)
	trap, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var came atomic.Int32
	go func() {
		for {
			c, err := trap.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			c.Close()
		}
	}()
	url := "http://" + trap.Addr().String() + "/"
	for _, prolog := range []string{
		`<!DOCTYPE a SYSTEM "` + url + `">`,
		`<!DOCTYPE a [<!ENTITY xxe SYSTEM "` + url + `">]>`,
		`<!DOCTYPE a [<!ENTITY % p SYSTEM "` + url + `"> %p;]>`,
		`<?xml-stylesheet href="` + url + `"?>`,
	} {
		l.run(t, attack{
			method: "PROPFIND", header: header("Depth", "0"), status: []int{207, 400},
			body: text(prolog + `<D:propfind` + xmlns + `><D:prop><X:a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="` + url + `"/></X:a></D:prop></D:propfind>`),
		})
	}
	trap.Close()
	if n := came.Load(); n > 0 {
		t.Errorf("the server came %d times to where an entity pointed", n)
	}
	l.check(t)
}
