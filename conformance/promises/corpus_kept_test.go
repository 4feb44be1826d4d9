package promises

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"daycairn/conformance/wire"
)

// checkKept reads an accepted file back in all three ways.
func checkKept(p *person, f *family, coll, item string, sm sample, etag string) error {
	if etag == "" || strings.HasPrefix(etag, "W/") {
		return fmt.Errorf("PUT gave ETag %q, want a strong one", etag)
	}
	a, err := p.do("GET", item, nil)
	if err != nil {
		return err
	}
	if a.Status != http.StatusOK || !bytes.Equal(a.Body, sm.body) {
		return fmt.Errorf("GET: %d, %s", a.Status, difference(a.Body, sm.body))
	}
	if got := a.Header.Get("ETag"); got != etag {
		return fmt.Errorf("GET gave ETag %s, PUT %s", got, etag)
	}
	props := "<D:getetag/>" + wholeBody(f, sm.body)
	for _, report := range []struct{ name, depth, body string }{
		{"multiget", "1", dav(f.multiget, "<D:prop>"+props+"</D:prop><D:href>"+escaped(item)+"</D:href>")},
		{"sync-collection", "0", syncBody("", 0, props)},
	} {
		m, err := p.multi("REPORT", coll, report.depth, report.body)
		if err != nil {
			return fmt.Errorf("%s: %w", report.name, err)
		}
		if err := checkReported(m, f, item, sm, etag); err != nil {
			return fmt.Errorf("%s: %w", report.name, err)
		}
	}
	return nil
}

// checkReported wants the same bytes where XML can carry them, and else a text in their place.
func checkReported(m *wire.Multistatus, f *family, item string, sm sample, etag string) error {
	r := m.At(item)
	if r == nil || len(m.Responses) != 1 {
		return fmt.Errorf("%d responses, and %s is not the only one", len(m.Responses), item)
	}
	if got := r.Value(propETag); got != etag {
		return fmt.Errorf("ETag %s, want %s", got, etag)
	}
	data := r.Prop(f.data)
	if data == nil || data.Status != http.StatusOK {
		return fmt.Errorf("no data: %+v", r.Props)
	}
	got, want := data.El.Text, string(sm.body)
	if !carries(sm.body) {
		got, want = replaced(got), replaced(want)
	}
	if got != want {
		return fmt.Errorf("data: %s", difference([]byte(got), []byte(want)))
	}
	return nil
}

// checkAbsent wants no trace of what was refused.
func checkAbsent(p *person, f *family, coll, item string) error {
	a, err := p.do("GET", item, nil)
	if err != nil {
		return err
	}
	if a.Status != http.StatusNotFound {
		return fmt.Errorf("GET of what was refused: %d", a.Status)
	}
	m, err := p.multi("REPORT", coll, "0", syncBody("", 0, "<D:getetag/>"))
	if err != nil {
		return err
	}
	if len(m.Responses) != 0 {
		return fmt.Errorf("%s of what was refused is listed", m.Responses[0].Href)
	}
	return nil
}

var cardVersion = regexp.MustCompile(`(?im)^VERSION:\s*([0-9.]+)\s*$`)

// wholeBody asks for a body as it is: a card in its own version (RFC 6352 §10.4), else 3.0 is made of 4.0.
func wholeBody(f *family, body []byte) string {
	if m := cardVersion.FindSubmatch(body); f == books && m != nil && string(m[1]) == "4.0" {
		return `<CR:address-data content-type="text/vcard" version="4.0"/>`
	}
	return f.dataProp
}

// carries tells whether XML 1.0 can hold every character (§2.2).
func carries(body []byte) bool {
	for b := body; len(b) > 0; {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 || !inXML(r) {
			return false
		}
		b = b[n:]
	}
	return true
}

func inXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
}

// replaced drops what XML cannot carry, and whatever may stand for it.
func replaced(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r == '?' || !inXML(r) {
			return -1
		}
		return r
	}, s)
}

// difference shows the first place where two texts part.
func difference(got, want []byte) string {
	if bytes.Equal(got, want) {
		return "no difference"
	}
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	from := max(0, i-20)
	return fmt.Sprintf("%d bytes, want %d; at %d got %.60q, want %.60q", len(got), len(want), i, got[min(from, len(got)):], want[min(from, len(want)):])
}
