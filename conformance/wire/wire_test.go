package wire

import (
	"strings"
	"testing"
)

func TestCanonIgnoresPrefixesAndOrder(t *testing.T) {
	a, err := ParseXML([]byte(`<a:x xmlns:a="DAV:" b="1" a="2"> <a:y/><a:z>t</a:z></a:x>`))
	if err != nil {
		t.Fatal(err)
	}
	b, err := ParseXML([]byte("<x xmlns='DAV:' a='2' b='1'><z>t</z>\n<y></y></x>"))
	if err != nil {
		t.Fatal(err)
	}
	if a.Canon() != b.Canon() {
		t.Errorf("%s differs from %s", a.Canon(), b.Canon())
	}
}

func TestParseXMLRefuses(t *testing.T) {
	for _, doc := range []string{"", "text", "<a>", "<a/><b/>", "<a/>x", "<p:a/>", "<a>\x01</a>", "<a>\xff</a>", "<!DOCTYPE a><a/>", strings.Repeat("<a>", maxDepth+1)} {
		if el, err := ParseXML([]byte(doc)); err == nil {
			t.Errorf("%.40q read as %s", doc, el.Canon())
		}
	}
}

func TestReadMultistatusRefuses(t *testing.T) {
	wrap := func(s string) []byte { return []byte(`<multistatus xmlns="DAV:">` + s + `</multistatus>`) }
	stat := `<propstat><prop><a/></prop><status>HTTP/1.1 200 OK</status></propstat>`
	if _, err := ReadMultistatus(wrap(`<response><href>/a</href>` + stat + `</response>`)); err != nil {
		t.Fatalf("a sound one: %v", err)
	}
	for _, inner := range []string{
		`<response>` + stat + `</response>`,
		`<response><href>a</href>` + stat + `</response>`,
		`<response><href>//h/a</href>` + stat + `</response>`,
		`<response><href>/a b</href>` + stat + `</response>`,
		`<response><href>/a</href></response>`,
		`<response><href>/a</href>` + stat + `<status>HTTP/1.1 200 OK</status></response>`,
		`<response><href>/a</href>` + stat + stat + `</response>`,
		`<response><href>/a</href><status>HTTP/1.1 200</status></response>`,
		`<response><href>/a</href><status>200 OK</status></response>`,
		`<response><href>/a</href><status>HTTP/1.1 200 Fine</status></response>`,
		`<response><href>/a</href>` + stat + `</response><response><href>/%61</href>` + stat + `</response>`,
		`<response><href>/a</href><href>/b</href>` + stat + `</response>`,
		`<prop/>`,
		`<sync-token>a</sync-token><sync-token>b</sync-token>`,
	} {
		if _, err := ReadMultistatus(wrap(inner)); err == nil {
			t.Errorf("accepted: %s", inner)
		}
	}
}
