package davxml

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// prologLen bounds the XML declaration; the longest sensible one has less than 80 characters.
const prologLen = 512

// A charset is one of the encodings that we read.
type charset int

const (
	utf8Charset charset = iota
	asciiCharset
	latin1Charset
	utf16beCharset
	utf16leCharset
)

var charsetNames = map[string]charset{
	"utf-8":      utf8Charset,
	"utf8":       utf8Charset,
	"us-ascii":   asciiCharset,
	"ascii":      asciiCharset,
	"iso-8859-1": latin1Charset,
	"iso_8859-1": latin1Charset,
	"latin1":     latin1Charset,
	"utf-16":     utf16beCharset,
	"utf-16be":   utf16beCharset,
	"utf-16le":   utf16leCharset,
}

// signatures tell the width of a body's characters by its first bytes (XML 1.0 appendix F).
// The UTF-32 ones come first, since the UTF-16 mark is a prefix of theirs.
var signatures = []struct {
	first   string
	skip    int
	charset charset
	refused bool
}{
	{"\x00\x00\xfe\xff", 0, 0, true},
	{"\xff\xfe\x00\x00", 0, 0, true},
	{"\x00\x00\x00<", 0, 0, true},
	{"<\x00\x00\x00", 0, 0, true},
	{"\xef\xbb\xbf", 3, utf8Charset, false},
	{"\xfe\xff", 2, utf16beCharset, false},
	{"\xff\xfe", 2, utf16leCharset, false},
	{"\x00<", 0, utf16beCharset, false},
	{"<\x00", 0, utf16leCharset, false},
}

// prolog takes the byte order mark and the XML declaration off r and returns the rest of it as UTF-8,
// not yet validated. It tells whether there was a declaration.
func prolog(r io.Reader) (rest io.Reader, declared bool, err error) {
	br := bufio.NewReaderSize(r, 4096)
	head, err := br.Peek(prologLen)
	if err != nil && err != io.EOF {
		return nil, false, err
	}
	cs := utf8Charset
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.first)) {
			if s.refused {
				return nil, false, &SyntaxError{0, "encoding is not supported"}
			}
			cs = s.charset
			head = head[s.skip:]
			br.Discard(s.skip)
			break
		}
	}
	width := 1
	if cs == utf16beCharset || cs == utf16leCharset {
		width = 2
	}
	decl, encoding, err := declaration(narrow(head, cs))
	if err != nil {
		return nil, false, err
	}
	br.Discard(len(decl) * width)
	if encoding != "" {
		named, ok := charsetNames[strings.ToLower(encoding)]
		if !ok {
			return nil, false, &SyntaxError{0, "encoding is not supported"}
		}
		wide := named == utf16beCharset || named == utf16leCharset
		if wide != (width == 2) {
			return nil, false, &SyntaxError{0, "declared encoding is not the one used"}
		}
		if !wide {
			cs = named
		}
	}
	if cs == utf8Charset {
		return br, decl != "", nil
	}
	return &transcoder{r: br, charset: cs}, decl != "", nil
}

// narrow gives the leading ASCII of a body's head, one byte a character; it stops where that ends.
func narrow(head []byte, cs charset) string {
	if cs != utf16beCharset && cs != utf16leCharset {
		return string(head)
	}
	out := make([]byte, 0, len(head)/2)
	for ; len(head) >= 2; head = head[2:] {
		u := unit(head, cs)
		if u >= utf8.RuneSelf {
			break
		}
		out = append(out, byte(u))
	}
	return string(out)
}

func unit(b []byte, cs charset) uint16 {
	if cs == utf16leCharset {
		return binary.LittleEndian.Uint16(b)
	}
	return binary.BigEndian.Uint16(b)
}

// A transcoder turns one of the other charsets into UTF-8. What a charset cannot mean becomes an
// invalid byte, which the scanner refuses with its place.
type transcoder struct {
	r       *bufio.Reader
	charset charset
	out     []byte // made and not yet given
	err     error
}

const invalidByte = 0xff

func (t *transcoder) Read(p []byte) (int, error) {
	if len(t.out) == 0 && t.err == nil {
		t.more()
	}
	n := copy(p, t.out)
	t.out = t.out[n:]
	if n == 0 {
		return 0, t.err
	}
	return n, nil
}

func (t *transcoder) more() {
	need := 1
	if t.charset == utf16beCharset || t.charset == utf16leCharset {
		need = 4
	}
	in, err := t.r.Peek(need)
	if len(in) == 0 {
		t.err = err
		return
	}
	in, _ = t.r.Peek(t.r.Buffered())
	t.out = t.out[:0]
	used := 0
	if need == 1 {
		for _, c := range in {
			switch {
			case c < utf8.RuneSelf:
				t.out = append(t.out, c)
			case t.charset == asciiCharset:
				t.out = append(t.out, invalidByte)
			default:
				t.out = utf8.AppendRune(t.out, rune(c))
			}
		}
		used = len(in)
	}
	for need == 4 && used < len(in) {
		n, ok := t.wide(in[used:], len(in)-used < 4 && err != nil)
		if !ok {
			break
		}
		used += n
	}
	t.r.Discard(used)
}

// wide appends one UTF-16 character of in; it is false when the rest of it is still to come.
func (t *transcoder) wide(in []byte, last bool) (int, bool) {
	if len(in) < 2 {
		if last {
			t.out = append(t.out, invalidByte)
		}
		return 1, last
	}
	u := rune(unit(in, t.charset))
	if !utf16.IsSurrogate(u) {
		t.out = utf8.AppendRune(t.out, u)
		return 2, true
	}
	if len(in) < 4 && !last {
		return 0, false
	}
	if len(in) >= 4 {
		if r := utf16.DecodeRune(u, rune(unit(in[2:], t.charset))); r != utf8.RuneError {
			t.out = utf8.AppendRune(t.out, r)
			return 4, true
		}
	}
	t.out = append(t.out, invalidByte)
	return 2, true
}

// declaration gives the XML declaration at the start of head, "" when there is none, and the
// encoding that it names. XML 1.0 §2.8: version, then encoding, then standalone.
func declaration(head string) (decl, encoding string, err error) {
	const open = "<?xml"
	if !strings.HasPrefix(head, open) || len(head) == len(open) || !isSpace(head[len(open)]) {
		return "", "", nil
	}
	end := strings.Index(head, "?>")
	if end < 0 {
		return "", "", &SyntaxError{0, "xml declaration does not end"}
	}
	decl = head[:end+2]
	t := tag{}
	if msg := t.attributes([]byte(head[len(open):end]), 4); msg != "" {
		return "", "", &SyntaxError{0, "xml declaration: " + msg}
	}
	order := 0
	for _, a := range t.attrs {
		value := string(a.value)
		switch {
		case order == 0 && string(a.name) == "version" && strings.HasPrefix(value, "1.") && isDigits(value[2:]):
			order = 1
		case order == 1 && string(a.name) == "encoding" && value != "":
			order, encoding = 2, value
		case (order == 1 || order == 2) && string(a.name) == "standalone" && (value == "yes" || value == "no"):
			order = 3
		default:
			return "", "", &SyntaxError{0, "xml declaration is not valid"}
		}
	}
	if order == 0 {
		return "", "", &SyntaxError{0, "xml declaration lacks a version"}
	}
	return decl, encoding, nil
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
