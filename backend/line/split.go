package line

import (
	"bytes"
	"strings"
)

// What a line may have. Read leaves more than that unsplit, Parse refuses it.
const (
	MaxParams = 256  // parameters of a line
	MaxValues = 8192 // values of a line's parameters together
)

// split fills in what content, an unfolded line, says.
func (l *Line) split(content []byte) {
	l.Value = content
	at := bytes.IndexAny(content, ":;")
	if at < 0 {
		return
	}
	group, name, ok := splitName(bytes.Trim(content[:at], " \t"))
	if !ok {
		return
	}
	colon := at
	if content[at] == ';' {
		s := scanParams(content, at, len(content))
		if s.open >= 0 {
			// The quote at open is never closed, so it is a character like others.
			s = scanParams(content, at, s.open)
		}
		if s.colon < 0 {
			return
		}
		colon = s.colon
		l.Params = splitParams(string(content[at+1:colon]), s)
	}
	l.Group, l.Name = group, name
	l.Value = content[colon+1 : len(content) : len(content)]
}

// splitName parts "item1.tel" into "item1" and "TEL". A name is letters, digits, "-" and, since it occurs, "_".
func splitName(b []byte) (group, name string, ok bool) {
	dot := bytes.LastIndexByte(b, '.')
	if dot == 0 || dot == len(b)-1 || len(b) == 0 {
		return "", "", false
	}
	for _, c := range b {
		if !isName(c) && c != '.' {
			return "", "", false
		}
	}
	if dot > 0 {
		group = string(b[:dot])
	}
	return group, upper(b[dot+1:]), true
}

// isName says which bytes names of properties and parameters consist of.
func isName(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// upper returns b in upper case, without allocating for the names that every body has.
func upper(b []byte) string {
	if s, ok := known[string(b)]; ok {
		return s
	}
	return upperASCII(string(b))
}

// upperASCII changes nothing but ASCII letters, so that a name never changes its length.
func upperASCII(s string) string {
	lower := func(r rune) bool { return 'a' <= r && r <= 'z' }
	if strings.IndexFunc(s, lower) < 0 {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// A paramScan is what one pass over the parameters of a line finds.
type paramScan struct {
	colon          int // the colon that ends them; -1 without
	params, values int // at most so many
	open           int // a quote that is not closed; -1 without
	literal        int // from here on quotes mean nothing
}

// scanParams looks from the first semicolon for the colon that is not quoted.
func scanParams(b []byte, from, literal int) paramScan {
	s := paramScan{colon: -1, open: -1, literal: literal - from - 1}
	assigned := false // within a parameter, behind its equals sign
	for i := from; i < len(b); i++ {
		c := b[i]
		switch {
		case c == '"' && i < literal:
			if s.open >= 0 {
				s.open = -1
			} else {
				s.open = i
			}
		case s.open >= 0:
		case c == ';' && i+1 < len(b) && (b[i+1] == ';' || b[i+1] == ':'):
		case c == ';':
			s.params++
			assigned = false
		case c == '=' && !assigned:
			s.values++
			assigned = true
		case c == ',' && assigned:
			s.values++
		case c == ':':
			s.colon = i
			return s
		}
	}
	return s
}

// splitParams parts "A=1,2;B=3". The strings that it returns share the memory of text.
func splitParams(text string, s paramScan) []Param {
	params := make([]Param, 0, min(s.params, MaxParams+1))
	values := make([]string, 0, min(s.values, MaxValues+1))
	for from := 0; from <= len(text) && len(params) <= MaxParams; {
		end := unquoted(text, from, s.literal, ';')
		name, _, assigned := strings.Cut(text[from:end], "=")
		at := from + len(name) + 1
		from = end + 1
		if name = strings.Trim(name, " \t"); name == "" {
			continue
		}
		p := Param{Name: upperParam(name)}
		if assigned {
			first := len(values)
			values = appendValues(values, text[:end], at, s.literal)
			p.Values = values[first:len(values):len(values)]
		}
		params = append(params, p)
	}
	return params
}

// appendValues appends the values that text holds from at on. Past MaxValues the rest stays one value.
func appendValues(values []string, text string, at, literal int) []string {
	for at <= len(text) && len(values) <= MaxValues {
		end := unquoted(text, at, literal, ',')
		if len(values) == MaxValues {
			end = len(text)
		}
		values = append(values, decodeParam(text[at:end]))
		at = end + 1
	}
	return values
}

// unquoted returns where sep is next outside quotes, or the end.
func unquoted(text string, from, literal int, sep byte) int {
	quoted := false
	for i := from; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' && i < literal:
			quoted = !quoted
		case c == sep && !quoted:
			return i
		}
	}
	return len(text)
}

func upperParam(name string) string {
	if s, ok := known[name]; ok {
		return s
	}
	return upperASCII(name)
}

// decodeParam takes the quotes off and undoes RFC 6868 §3.1.
func decodeParam(v string) string {
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		v = v[1 : len(v)-1]
	}
	if strings.IndexByte(v, '^') < 0 {
		return v
	}
	return caretDecoder.Replace(v)
}

var (
	caretDecoder = strings.NewReplacer("^^", "^", "^n", "\n", "^'", `"`)
	caretEncoder = strings.NewReplacer("^", "^^", "\n", "^n", `"`, "^'")
)
