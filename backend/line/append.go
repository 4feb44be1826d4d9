package line

import (
	"strings"
	"unicode/utf8"
)

// foldAt is how many octets of content a physical line has at most (RFC 5545 §3.1, RFC 6350 §3.2).
const foldAt = 75

// Append appends one content line to dst, folded at 75 octets between characters and ended with CRLF. The name
// may carry a group; the value is written as it is, so the caller has escaped it. Parameters are quoted and
// RFC 6868-encoded where they need it; one without values is written bare.
//
// A name that is none, or a control character in a value or parameter, would let one line say another: then
// nothing is appended.
func Append(dst []byte, name string, params []Param, value []byte) []byte {
	if !fits(name, params, value) {
		return dst
	}
	f := folder{dst: dst}
	f.text(name)
	for _, p := range params {
		f.text(";")
		f.text(p.Name)
		for i, v := range p.Values {
			if i == 0 {
				f.text("=")
			} else {
				f.text(",")
			}
			f.text(encodeParam(v))
		}
	}
	f.text(":")
	f.bytes(value)
	return append(f.dst, "\r\n"...)
}

// fits reports whether the line can be written so that it is read as the same.
func fits(name string, params []Param, value []byte) bool {
	group, rest, dotted := strings.Cut(name, ".")
	if !dotted {
		group, rest = "X", name
	}
	if !isNames(group) || !isNames(rest) || hasControl(value) {
		return false
	}
	for _, p := range params {
		if !isNames(p.Name) {
			return false
		}
		for _, v := range p.Values {
			if hasControl(strings.ReplaceAll(v, "\n", "")) {
				return false
			}
		}
	}
	return true
}

func isNames(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isName(s[i]) {
			return false
		}
	}
	return s != ""
}

func hasControl[T string | []byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if isControl(s[i]) {
			return true
		}
	}
	return false
}

// encodeParam writes a parameter's value: RFC 6868 §3.1, then quotes if it holds a delimiter.
func encodeParam(v string) string {
	v = caretEncoder.Replace(v)
	if strings.ContainsAny(v, ":;,") {
		return `"` + v + `"`
	}
	return v
}

// A folder appends to dst and breaks the line before it gets too long; width is that of the last physical line.
type folder struct {
	dst   []byte
	width int
}

func (f *folder) text(s string) { f.bytes([]byte(s)) }

func (f *folder) bytes(b []byte) {
	for len(b) > 0 {
		n := min(len(b), foldAt-f.width)
		if n < len(b) {
			n = boundary(b, n)
		}
		if n == 0 {
			f.dst = append(f.dst, "\r\n "...)
			f.width = 1
			continue
		}
		f.dst = append(f.dst, b[:n]...)
		f.width += n
		b = b[n:]
	}
}

// boundary returns the last place at or before n where a character begins; n itself where none is near.
func boundary(b []byte, n int) int {
	for i := n; i > n-utf8.UTFMax && i >= 0; i-- {
		if utf8.RuneStart(b[i]) {
			return i
		}
	}
	return n
}
