package davxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWriter(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	w.Start(Name{DAV, "multistatus"})
	w.Open(Name{DAV, "response"})
	w.Element(Name{DAV, "href"}, "/a&b/")
	w.Empty(Name{CalDAV, "comp"}, Attr{Name{"", "name"}, "V\"\r\n\t<EVENT>"}, Attr{Name{"urn:x", "name"}, "left out"})
	w.Empty(Name{"urn:x&", "mine"}, Attr{Name{XML, "lang"}, "de"})
	w.Open(Name{"urn:x", "mine"})
	w.Raw([]byte("<p xmlns='urn:p'/>"))
	w.RawString("<D:q/>")
	w.TextBytes([]byte("]]>"))
	w.Close(Name{"urn:x", "mine"})
	w.Empty(Name{"", "bare"})
	w.Close(Name{DAV, "response"})
	w.Close(Name{DAV, "multistatus"})
	if out.Len() != 0 {
		t.Error("written before it was flushed")
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	const want = `<?xml version="1.0" encoding="utf-8"?>
<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav"` +
		` xmlns:CS="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/" xmlns:ME="http://me.com/_namespace/">` +
		`<D:response><D:href>/a&amp;b/</D:href><C:comp name="V&quot;&#13;&#10;&#9;&lt;EVENT&gt;"/>` +
		`<X:mine xmlns:X="urn:x&amp;" xml:lang="de"/><X:mine xmlns:X="urn:x"><p xmlns='urn:p'/><D:q/>]]&gt;</X:mine>` +
		`<bare/></D:response></D:multistatus>`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	mustParse(t, out.String())
}

func TestPrefixesAgree(t *testing.T) {
	for _, p := range prefixes {
		if got := prefixOf(p.space); got != p.prefix+":" {
			t.Errorf("prefixOf(%s) = %q, declared %q", p.space, got, p.prefix)
		}
	}
}

func TestWriterError(t *testing.T) {
	w := NewWriter(failing{})
	w.Start(Name{DAV, "multistatus"})
	for range 10 {
		w.Text(strings.Repeat("x", flushAt))
	}
	if cap(w.buf) > 4*flushAt {
		t.Errorf("buffer grew to %d after the error", cap(w.buf))
	}
	if err := w.Flush(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("flush: %v", err)
	}
	w.Reset(io.Discard)
	w.Text("x")
	if err := w.Flush(); err != nil {
		t.Errorf("after reset: %v", err)
	}
}

func TestWriterGathers(t *testing.T) {
	w := NewWriter(nil)
	text := strings.Repeat("x", 3*flushAt)
	w.Text(text)
	w.Text(text)
	if got := string(w.Bytes()); got != text+text {
		t.Errorf("gathered %d bytes, want %d", len(got), 2*len(text))
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// carried is what the text s is after XML: each byte that cannot stand is U+FFFD.
func carried(s string) string {
	var b strings.Builder
	for _, r := range s { // an invalid byte ranges as U+FFFD, one by one
		if !isChar(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}

// FuzzWrite: any text and any attribute value come back, by our reader and by encoding/xml.
func FuzzWrite(f *testing.F) {
	for _, s := range append(seeds, "BEGIN:VCARD\r\nN:\\;x\r\n", "\x00\x1f\x7f\u0085\ufffe\xed\xa0\x80\xff\xf4\x90\x80\x80", "]]>\t\n") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var out bytes.Buffer
		w := NewWriter(&out)
		w.Start(Name{DAV, "a"})
		w.Element(Name{"urn:x", "t"}, s)
		w.Open(Name{CalDAV, "b"}, Attr{Name{"", "v"}, s})
		w.TextBytes([]byte(s))
		w.Close(Name{CalDAV, "b"})
		w.Close(Name{DAV, "a"})
		w.Flush()
		want := carried(s)
		e, err := Parse(bytes.NewReader(out.Bytes()), Limits{TagLen: 1 << 24, Child: 1 << 24})
		if err != nil {
			t.Fatalf("%q: %v", out.Bytes(), err)
		}
		v, _ := e.Children[1].Attr("v")
		for _, got := range []string{e.Children[0].Text, v, e.Children[1].Text} {
			if got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
		var second struct {
			T string `xml:"t"`
			B struct {
				V string `xml:"v,attr"`
			} `xml:"b"`
		}
		if err := xml.Unmarshal(out.Bytes(), &second); err != nil {
			t.Fatalf("%q: %v", out.Bytes(), err)
		}
		if second.T != want || second.B.V != want {
			t.Fatalf("encoding/xml got %q and %q, want %q", second.T, second.B.V, want)
		}
	})
}

func writeListing(w *Writer, responses int) {
	w.Start(Name{DAV, "multistatus"})
	for range responses {
		w.Open(Name{DAV, "response"})
		w.Element(Name{DAV, "href"}, "/dav/calendars/alice/work/7f2d1c9e-0b1a-4c55-9a41.ics")
		w.Open(Name{DAV, "propstat"})
		w.Open(Name{DAV, "prop"})
		w.Element(Name{DAV, "getetag"}, `"3f2a9b0c4d5e6f70"`)
		w.Close(Name{DAV, "prop"})
		w.Element(Name{DAV, "status"}, "HTTP/1.1 200 OK")
		w.Close(Name{DAV, "propstat"})
		w.Close(Name{DAV, "response"})
	}
	w.Close(Name{DAV, "multistatus"})
	w.Flush()
}

func BenchmarkWriteListing(b *testing.B) {
	w := NewWriter(io.Discard)
	b.ReportAllocs()
	for b.Loop() {
		writeListing(w, 1000)
	}
}

func TestWriterAllocatesNothing(t *testing.T) {
	w := NewWriter(io.Discard)
	body := []byte(strings.Repeat("SUMMARY:Über \"alles\" & <mehr>\r\n", 100))
	if n := testing.AllocsPerRun(10, func() {
		writeListing(w, 100)
		w.TextBytes(body)
		w.Empty(Name{CalDAV, "comp"}, Attr{Name{"", "name"}, "VEVENT"})
		w.Empty(Name{"urn:x", "y"})
		w.Flush()
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkEscapeBody(b *testing.B) {
	body := []byte(strings.Repeat("DESCRIPTION:Some line of an ordinary calendar body of usual length\r\n", 40))
	var dst []byte
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		dst = appendEscapedText(dst[:0], body)
	}
}

func BenchmarkReadPropfind(b *testing.B) {
	body := `<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:c="` + CalDAV + `"><d:prop>` +
		strings.Repeat("<d:getetag/><c:calendar-data/>", 10) + `</d:prop></d:propfind>`
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(strings.NewReader(body), Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadMultiget(b *testing.B) {
	body := `<c:calendar-multiget xmlns:d="DAV:" xmlns:c="` + CalDAV + `"><d:prop><d:getetag/></d:prop>` +
		strings.Repeat("<d:href>/dav/calendars/alice/work/7f2d1c9e-0b1a-4c55-9a41.ics</d:href>\n", 10000) + `</c:calendar-multiget>`
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		d := NewDecoder(strings.NewReader(body), Limits{})
		var err error
		for err == nil {
			_, err = d.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}
