package davxml

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// A tag is a start tag taken apart; its slices point into the scanner's text.
type tag struct {
	name  []byte
	attrs []rawAttr
	empty bool // <name/>
}

type rawAttr struct{ name, value []byte }

// parse reads the text between < and >. The message tells what is wrong, "" that nothing is.
func (t *tag) parse(text []byte, maxAttrs int) string {
	t.empty = false
	if n := len(text); n > 0 && text[n-1] == '/' {
		t.empty = true
		text = text[:n-1]
	}
	n := nameEnd(text)
	if n == 0 {
		return "tag without a name"
	}
	t.name = text[:n]
	return t.attributes(text[n:], maxAttrs)
}

// tooManyAttrs is the one message that means a limit and not an error of syntax.
const tooManyAttrs = "too many attributes"

// attributes reads white space and attributes, which alternate (XML 1.0 §3.1).
func (t *tag) attributes(text []byte, maxAttrs int) string {
	t.attrs = t.attrs[:0]
	for {
		rest := trimSpace(text)
		if len(rest) == 0 {
			return ""
		}
		if len(rest) == len(text) {
			return "no space before an attribute"
		}
		n := nameEnd(rest)
		if n == 0 {
			return "attribute without a name"
		}
		a := rawAttr{name: rest[:n]}
		rest = trimSpace(rest[n:])
		if len(rest) == 0 || rest[0] != '=' {
			return "attribute without a value"
		}
		rest = trimSpace(rest[1:])
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return "attribute value without quotes"
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return "attribute value does not end"
		}
		a.value = rest[1 : 1+end]
		text = rest[end+2:]
		if len(t.attrs) == maxAttrs {
			return tooManyAttrs
		}
		t.attrs = append(t.attrs, a)
	}
}

// split cuts a qualified name into prefix and local part (Namespaces in XML §3); it is false when
// either would not be a name.
func split(name []byte) (prefix, local []byte, ok bool) {
	i := bytes.IndexByte(name, ':')
	if i < 0 {
		return nil, name, true
	}
	prefix, local = name[:i], name[i+1:]
	if i == 0 || bytes.IndexByte(local, ':') >= 0 {
		return nil, nil, false
	}
	r, _ := utf8.DecodeRune(local)
	return prefix, local, len(local) > 0 && unicode.Is(nameStart, r)
}

// nameEnd is the length of the name that b begins with, 0 for none.
func nameEnd(b []byte) int {
	i := 0
	for i < len(b) {
		r, n := rune(b[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(b[i:])
		}
		if !unicode.Is(nameStart, r) && (i == 0 || !unicode.Is(nameMore, r)) {
			return i
		}
		i += n
	}
	return i
}

// nameStart and nameMore are the productions NameStartChar and NameChar of XML 1.0 §2.3, fifth edition.
var (
	nameStart = &unicode.RangeTable{
		R16: []unicode.Range16{
			{':', ':', 1}, {'A', 'Z', 1}, {'_', '_', 1}, {'a', 'z', 1},
			{0xC0, 0xD6, 1}, {0xD8, 0xF6, 1}, {0xF8, 0x2FF, 1}, {0x370, 0x37D, 1},
			{0x37F, 0x1FFF, 1}, {0x200C, 0x200D, 1}, {0x2070, 0x218F, 1}, {0x2C00, 0x2FEF, 1},
			{0x3001, 0xD7FF, 1}, {0xF900, 0xFDCF, 1}, {0xFDF0, 0xFFFD, 1},
		},
		R32:         []unicode.Range32{{0x10000, 0xEFFFF, 1}},
		LatinOffset: 6,
	}
	nameMore = &unicode.RangeTable{
		R16: []unicode.Range16{
			{'-', '.', 1}, {'0', '9', 1}, {0xB7, 0xB7, 1}, {0x300, 0x36F, 1}, {0x203F, 0x2040, 1},
		},
		LatinOffset: 3,
	}
)

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func trimSpace(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	return b
}
