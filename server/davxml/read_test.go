package davxml

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var sameElement = cmp.Options{cmpopts.IgnoreUnexported(Element{}), cmpopts.EquateEmpty()}

func mustParse(t *testing.T, body string) *Element {
	t.Helper()
	e, err := Parse(strings.NewReader(body), Limits{})
	if err != nil {
		t.Fatalf("parse %q: %v", body, err)
	}
	return e
}

func TestParse(t *testing.T) {
	got := mustParse(t, "\ufeff<?xml version='1.0' encoding=\"UTF-8\" standalone='yes'?>\r\n<!-- a > b --><?pi ?>"+
		`<D:propfind xmlns:D="DAV:" xmlns="urn:x"><D:prop a="1" D:a='2' b="&lt;&#10;`+"\r\n\t"+`>">`+
		"x\r\ny\rz&#13;&amp;<![CDATA[<&\r\n]]><q xmlns=''/><q/>tail</D:prop >\n</D:propfind>\n<!--end-->")
	want := &Element{
		Name: Name{DAV, "propfind"}, Text: "\n",
		Children: []*Element{{
			Name: Name{DAV, "prop"},
			Attrs: []Attr{
				{Name{"", "a"}, "1"}, {Name{DAV, "a"}, "2"}, {Name{"", "b"}, "<\n  >"},
			},
			Text:     "x\ny\nz\r&<&\ntail",
			Children: []*Element{{Name: Name{"", "q"}}, {Name: Name{"urn:x", "q"}}},
		}},
	}
	if diff := cmp.Diff(want, got, sameElement); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
	if got.Child(Name{DAV, "prop"}).Child(Name{"urn:x", "q"}) != got.Children[0].Children[1] {
		t.Error("Child does not find the element")
	}
	if v, ok := got.Children[0].Attr("a"); v != "1" || !ok {
		t.Errorf("Attr(a) = %q, %v", v, ok)
	}
	if _, ok := got.Child(Name{"", "none"}).Attr("a"); ok {
		t.Error("Attr of a missing element is there")
	}
}

func TestRefused(t *testing.T) {
	for _, body := range []string{
		"<a>", "<a></b>", "</a>", "<a></a", "<a></a><b/>", "<a/>x", "x<a/>", "<a/><![CDATA[]]>", "<a/>&#32;",
		"<a b/>", "<a b=c/>", "<a b='c/>", "<a b='<'/>", "<a b='1' b='2'/>", "<a b='1'c='2'/>", "<a/ >", "< a/>", "<a / >", "</a/>",
		"<D:a/>", "<a D:b=''/>", "<a xmlns:b=''/>", "<a xmlns:x='u' xmlns:y='u' x:q='' y:q=''/>", "<a xmlns:x='u' xmlns:x='v'/>",
		"<a xmlns:xmlns='u'/>", "<a xmlns:xml='u'/>", "<a xmlns:b='" + XML + "'/>", "<xmlns:a/>", "<a xmlns='" + xmlnsSpace + "'/>",
		"<:a/>", "<a:/>", "<a:b:c xmlns:a='u'/>", "<a:-b xmlns:a='u'/>", "<a xmlns:='u'/>", "<a xmlns:b:c='u'/>", "<1/>", "<a 1=''/>",
		"<a>&foo;</a>", "<a>&</a>", "<a>&amp</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>", "<a>&#99999999999;</a>", "<a>&#;</a>", "<a>&#x;</a>", "<a>&#X41;</a>", "<a>&#-1;</a>",
		"<a b='&foo;'/>", "<a>]]></a>", "<a><!-- -- --></a>", "<a><!-- --->", "<a><!--", "<a><![CDATA[", "<a><?", "<a><? x?></a>",
		"<a>\x01</a>", "<a>\xff</a>", "<a>\xc0\x80</a>", "<a>\xed\xa0\x80</a>", "<a>\xef\xbf\xbe</a>", "<a\x00/>", "<a>\xe2\x82",
		" <?xml version='1.0'?><a/>", "<?xml version='1.0'?>", "<?xml?><a/>", "<?xml version='2.0'?><a/>", "<?xml encoding='utf-8'?><a/>",
		"<?xml version='1.0' encoding='utf-8' x='y'?><a/>", "<?xml version='1.0' standalone='maybe'?><a/>", "<?xml version='1.0'<a/>",
		"<?xml version='1.0' encoding='koi8-r'?><a/>", "<?xml version='1.0' encoding='utf-16'?><a/>", "<a><?xml version='1.0'?></a>",
		"<?xml version='1.0' encoding='us-ascii'?><a>\xc3\xa9</a>",
		"<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a><!ENTITY b 'c'></a>", "<a><!x></a>", "<!doctype a><a/>",
		"<!-- only -->", "\xff\xfe\x00\x00<\x00\x00\x00", "\xfe\xff\x00<\x00a\x00/\x00>\xd8\x00", "\xfe\xff\x00<\x00a\x00/\x00>\x00",
	} {
		_, err := Parse(strings.NewReader(body), Limits{})
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("parse %q: %v, want a syntax error", body, err)
		}
		d := NewDecoder(iotest.OneByteReader(strings.NewReader(body)), Limits{})
		for err = nil; err == nil; {
			_, err = d.Next()
		}
		if !errors.As(err, &syntax) {
			t.Errorf("stream %q: %v, want a syntax error", body, err)
		}
		if _, again := d.Next(); again != err {
			t.Errorf("stream %q: error %v became %v", body, err, again)
		}
	}
}

func TestEmpty(t *testing.T) {
	for _, body := range []string{"", " \r\n\t", "\ufeff", "\ufeff\n"} {
		if _, err := Parse(strings.NewReader(body), Limits{}); err != ErrEmpty {
			t.Errorf("parse %q: %v, want ErrEmpty", body, err)
		}
	}
}

func TestCharsets(t *testing.T) {
	const doc = `<?xml version="1.0" encoding="NAME"?><a b="é">ÿ`
	named := func(name string) string { return strings.Replace(doc, "NAME", name, 1) }
	latin := func(s string) []byte {
		var out []byte
		for _, r := range s {
			out = append(out, byte(r))
		}
		return out
	}
	wide := func(s string, hi int) []byte {
		var out []byte
		for _, u := range utf16.Encode([]rune(s)) {
			pair := [2]byte{}
			pair[hi], pair[1-hi] = byte(u>>8), byte(u)
			out = append(out, pair[:]...)
		}
		return out
	}
	const astral = "𝄞</a>"
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"utf-8":            {[]byte(named("utf-8") + astral), "ÿ𝄞"},
		"utf-8 with mark":  {[]byte("\ufeff" + named("UTF-8") + astral), "ÿ𝄞"},
		"latin1":           {latin(named("ISO-8859-1") + "\u0085</a>"), "ÿ\u0085"},
		"utf-16be mark":    {wide("\ufeff"+named("utf-16")+astral, 0), "ÿ𝄞"},
		"utf-16le mark":    {wide("\ufeff"+named("utf-16")+astral, 1), "ÿ𝄞"},
		"utf-16le no mark": {wide(named("utf-16le")+astral, 1), "ÿ𝄞"},
		"utf-16be no decl": {wide("<a b='é'>ÿ"+astral, 0), "ÿ𝄞"},
	} {
		for _, r := range []io.Reader{bytes.NewReader(c.body), iotest.OneByteReader(bytes.NewReader(c.body))} {
			e, err := Parse(r, Limits{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if b, _ := e.Attr("b"); b != "é" || e.Text != c.want {
				t.Errorf("%s: got %q %q, want é %q", name, b, e.Text, c.want)
			}
		}
	}
}

func TestStream(t *testing.T) {
	var body strings.Builder
	body.WriteString(`<C:calendar-multiget xmlns:D="DAV:" xmlns:C="` + CalDAV + `" x="y"><D:prop><D:getetag/></D:prop>`)
	const hrefs = 50000
	for range hrefs {
		body.WriteString("\n <D:href>/dav/calendars/a/b/c.ics</D:href>")
	}
	body.WriteString("</C:calendar-multiget>\n")
	d := NewDecoder(iotest.HalfReader(strings.NewReader(body.String())), Limits{Child: 16 << 10, Elements: 10})
	root, err := d.Root()
	if err != nil {
		t.Fatal(err)
	}
	if x, _ := root.Attr("x"); root.Name != (Name{CalDAV, "calendar-multiget"}) || x != "y" || root.XML() != nil {
		t.Errorf("root is %v %v", root.Name, root.Attrs)
	}
	n := 0
	for ; ; n++ {
		e, err := d.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 && (e.Name != Name{DAV, "href"} || e.Text != "/dav/calendars/a/b/c.ics") {
			t.Fatalf("child %d is %v %q", n, e.Name, e.Text)
		}
	}
	if n != hrefs+1 {
		t.Errorf("got %d children, want %d", n, hrefs+1)
	}
	if c := cap(d.s.buf); c > 64<<10 {
		t.Errorf("stream held %d bytes", c)
	}
}

// endless gives a piece over and over.
type endless struct {
	head, piece string
	given       int64
}

func (e *endless) Read(p []byte) (int, error) {
	from := e.head
	if from == "" {
		from = strings.Repeat(e.piece, 1+len(p)/len(e.piece))
	}
	n := copy(p, from)
	if e.head != "" {
		e.head = e.head[n:]
	} else {
		e.piece = e.piece[n%len(e.piece):] + e.piece[:n%len(e.piece)]
	}
	e.given += int64(n)
	return n, nil
}

func TestLimits(t *testing.T) {
	for _, c := range []struct{ what, head, piece string }{
		{"Depth", "", "<a>"},
		{"TagLen", "<a", " b='c'"},
		{"TagLen", "<a b='", "x"},
		{"TagLen", "<", "a"},
		{"Elements", "<a><b>", "<b/>"},
		{"Child", "<a><b>", "text"},
		{"Child", "<a><b>", "<!-- c -->"},
		{"Child", "<a><!--", "c"},
		{"Child", "<a>", " "},
		{"Child", "<a></a", " "},
		{"Child", "<a><b><![CDATA[", "]]"},
		{"Bytes", "<a>", "<b/>"},
		{"Bytes", "", "<!---->"},
		{"Bytes", "<a/>", "<?p?>"},
	} {
		src := &endless{head: c.head, piece: c.piece}
		d := NewDecoder(src, Limits{Bytes: 1 << 20, Child: 64 << 10})
		var err error
		for err == nil {
			_, err = d.Next()
		}
		var limit *LimitError
		if !errors.As(err, &limit) || limit.What != c.what {
			t.Errorf("%s%s…: %v after %d bytes, want limit %s", c.head, c.piece, err, src.given, c.what)
		}
	}
	for what, body := range map[string]string{
		"Attrs":   "<a" + manyAttrs(" a%=''", 65) + "/>",
		"NameLen": "<" + strings.Repeat("n", 257) + "/>",
	} {
		_, err := Parse(strings.NewReader(body), Limits{})
		var limit *LimitError
		if !errors.As(err, &limit) || limit.What != what {
			t.Errorf("%s: %v", what, err)
		}
	}
	nested := "<a" + manyAttrs(" xmlns:a%='u'", 60) + "><b" + manyAttrs(" xmlns:b%='u'", 5) + "/></a>"
	var limit *LimitError
	if _, err := Parse(strings.NewReader(nested), Limits{}); !errors.As(err, &limit) {
		t.Errorf("declarations in scope: %v", err)
	}
}

func manyAttrs(pattern string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Replace(pattern, "%", string(rune('a'+i%26))+string(rune('a'+i/26)), 1))
	}
	return b.String()
}

// TestHostileShapes holds the figures of our threat list: such bodies are refused early.
func TestHostileShapes(t *testing.T) {
	for name, src := range map[string]*endless{
		"nested elements": {piece: "<a>"},
		"attributes":      {head: "<a", piece: " b='c'"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := Parse(src, Limits{})
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 || src.given > 1<<20 {
			t.Errorf("%s: %d bytes allocated, %d read", name, got, src.given)
		}
		if took > 100*time.Millisecond {
			t.Errorf("%s: refused after %v", name, took)
		}
	}
}

func TestReaderError(t *testing.T) {
	cause := errors.New("connection lost")
	for _, body := range []string{"", "<a>", "<a b='", "<a><!--", "<?xml version='1.0'"} {
		r := io.MultiReader(strings.NewReader(body), iotest.ErrReader(cause))
		if _, err := Parse(r, Limits{}); !errors.Is(err, cause) {
			t.Errorf("after %q: %v, want the reader's error", body, err)
		}
	}
}
