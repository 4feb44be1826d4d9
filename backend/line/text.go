package line

import (
	"bytes"
	"strings"
)

// maxList bounds what List returns: past so many items the rest stays one item.
const maxList = 100_000

// Text undoes the escapes of a TEXT value (RFC 5545 §3.3.11, RFC 6350 §3.4). A backslash before anything else
// stays, since real clients write paths. The result is never longer than value.
func Text(value []byte) string {
	at := bytes.IndexByte(value, '\\')
	if at < 0 {
		return string(value)
	}
	var b strings.Builder
	b.Grow(len(value))
	for {
		b.Write(value[:at])
		value = value[at:]
		n := 1
		if c, ok := unescape(value); ok {
			b.WriteByte(c)
			n = 2
		} else {
			b.WriteByte('\\')
		}
		value = value[n:]
		if at = bytes.IndexByte(value, '\\'); at < 0 {
			b.Write(value)
			return b.String()
		}
	}
}

// unescape reads the escape that b begins with.
func unescape(b []byte) (byte, bool) {
	if len(b) < 2 {
		return 0, false
	}
	switch b[1] {
	case 'n', 'N':
		return '\n', true
	case ',', ';', '\\':
		return b[1], true
	}
	return 0, false
}

// List splits value at each sep that no backslash precedes. The items alias value and keep their escapes;
// an empty value has one empty item.
func List(value []byte, sep byte) [][]byte {
	items := make([][]byte, 0, min(bytes.Count(value, []byte{sep})+1, maxList))
	from := 0
	for i := 0; i < len(value) && len(items) < maxList-1; i++ {
		switch value[i] {
		case '\\':
			i++
		case sep:
			items = append(items, value[from:i:i])
			from = i + 1
		}
	}
	return append(items, value[from:len(value):len(value)])
}

// Escape writes s as a TEXT value: what Text reads as s again. Line ends of all kinds become \n; other control
// characters, which no content line may hold (RFC 5545 §3.1), are left out.
func Escape(s string) string {
	if strings.IndexFunc(s, mustEscape) < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' || c == ';' || c == ',':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\r' && i+1 < len(s) && s[i+1] == '\n':
		case c == '\n' || c == '\r':
			b.WriteString(`\n`)
		case isControl(c):
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func mustEscape(r rune) bool {
	return r == '\\' || r == ';' || r == ',' || r < 0x80 && isControl(byte(r))
}

// isControl names the bytes that a content line cannot hold: all controls but the tab (RFC 5545 §3.1).
func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7F }
