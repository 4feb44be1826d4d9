package davxml

import (
	"bytes"
	"unicode/utf8"
)

// appendLines appends the text of a CDATA section: line ends become LF (XML 1.0 §2.11).
func appendLines(dst, src []byte) []byte {
	for {
		i := bytes.IndexByte(src, '\r')
		if i < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:i]...)
		dst = append(dst, '\n')
		src = src[i+1:]
		if len(src) > 0 && src[0] == '\n' {
			src = src[1:]
		}
	}
}

// appendText appends character data with its references resolved. The message tells what is wrong.
func appendText(dst, src []byte) ([]byte, string) {
	if bytes.Contains(src, []byte("]]>")) {
		return dst, "]]> in text"
	}
	for {
		i := bytes.IndexByte(src, '&')
		if i < 0 {
			return appendLines(dst, src), ""
		}
		dst = appendLines(dst, src[:i])
		var msg string
		dst, src, msg = appendReference(dst, src[i+1:])
		if msg != "" {
			return dst, msg
		}
	}
}

// appendValue appends an attribute's value: references resolved, and literal white space made a
// space each (XML 1.0 §3.3.3).
func appendValue(dst, src []byte) ([]byte, string) {
	for i := 0; i < len(src); i++ {
		switch c := src[i]; c {
		case '<':
			return dst, "< in an attribute value"
		case '&':
			rest := src[i+1:]
			var msg string
			dst, rest, msg = appendReference(dst, rest)
			if msg != "" {
				return dst, msg
			}
			i = len(src) - len(rest) - 1
		case '\r':
			if i+1 < len(src) && src[i+1] == '\n' {
				i++
			}
			dst = append(dst, ' ')
		case '\t', '\n':
			dst = append(dst, ' ')
		default:
			dst = append(dst, c)
		}
	}
	return dst, ""
}

// predefined are the only entities that exist without a document type (XML 1.0 §4.6).
var predefined = []struct {
	name string
	char byte
}{{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}

// appendReference resolves the reference whose & stands before src, and returns what follows it.
func appendReference(dst, src []byte) (out, rest []byte, msg string) {
	if len(src) > 0 && src[0] == '#' {
		return appendCharRef(dst, src[1:])
	}
	for _, p := range predefined {
		if n := len(p.name); len(src) > n && string(src[:n]) == p.name && src[n] == ';' {
			return append(dst, p.char), src[n+1:], ""
		}
	}
	return dst, src, "unknown entity"
}

func appendCharRef(dst, src []byte) (out, rest []byte, msg string) {
	const bad = "character reference is not valid"
	base := rune(10)
	i := 0
	if len(src) > 0 && src[0] == 'x' {
		base, i = 16, 1
	}
	first := i
	var r rune
	for ; i < len(src) && src[i] != ';'; i++ {
		d := digit(src[i])
		if d >= base {
			return dst, src, bad
		}
		r = r*base + d
		if r > utf8.MaxRune {
			return dst, src, bad
		}
	}
	if i == len(src) || i == first || !isChar(r) {
		return dst, src, bad
	}
	return utf8.AppendRune(dst, r), src[i+1:], ""
}

func digit(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return 99
}

// isChar is the production Char of XML 1.0 §2.2.
func isChar(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return true
	case r < ' ' || r == 0xFFFE || r == 0xFFFF:
		return false
	}
	return utf8.ValidRune(r)
}
