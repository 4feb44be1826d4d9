package backend

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"daycairn/backend/line"
)

// Fold maps a text to the form in which Facts.Text is kept and searched. Whatever collation finds an
// ASCII text in a value (octets, without regard to ASCII case, RFC 5051 casemap), the fold of the
// text is in the fold of the value; Fold may let more be found, never less. Needle gives what of a
// wanted text that holds for.
func Fold(s string) string {
	if isASCII(s) || !utf8.ValidString(s) {
		return lowerASCII(s)
	}
	return lowerASCII(Casemap(s))
}

// Casemap prepares a text as RFC 5051 says: each character titlecased, then decomposed (NFKD). Texts
// are equal under i;unicode-casemap when their casemaps are. What is not UTF-8 stays as it is.
func Casemap(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	return norm.NFKD.String(strings.Map(unicode.ToTitle, s))
}

// Needle is the longest part of a wanted text that Facts.Text surely contains where any collation
// finds the text in one of TextProperties: its longest run of ASCII, folded. It may be empty.
func Needle(s string) string {
	var best string
	start := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] < utf8.RuneSelf {
			continue
		}
		if i-start > len(best) {
			best = s[start:i]
		}
		start = i + 1
	}
	return lowerASCII(best)
}

// TextProperties are the properties whose values Facts.Text holds, of calendars and of cards.
var TextProperties = map[string]bool{
	"SUMMARY": true, "DESCRIPTION": true, "LOCATION": true, "COMMENT": true, "CONTACT": true,
	"ATTENDEE": true, "ORGANIZER": true, "RESOURCES": true,
	"FN": true, "N": true, "NICKNAME": true, "ORG": true, "TITLE": true, "ROLE": true,
	"EMAIL": true, "TEL": true, "ADR": true, "IMPP": true, "NOTE": true,
	"CATEGORIES": true, "UID": true, "URL": true,
}

// SearchText is the Facts.Text of a document: the folded values of TextProperties in all its
// components, one after the other with a line end between them, or AnyText where that is too much.
func SearchText(doc *line.Document) string {
	var b strings.Builder
	left := maxText
	var open [][]*line.Component
	for level := doc.Components; ; {
		for len(level) == 0 {
			if len(open) == 0 {
				return b.String()
			}
			level, open = open[len(open)-1], open[:len(open)-1]
		}
		c := level[0]
		level = level[1:]
		for i := range c.Lines {
			l := &c.Lines[i]
			if !TextProperties[l.Name] || len(l.Value) == 0 {
				continue
			}
			// Folding may make it eleven times as long, or shorter: neither may be too much.
			if left -= len(l.Value); left < 0 {
				return AnyText
			}
			b.WriteString(Fold(line.Text(l.Value)))
			b.WriteByte('\n')
			if b.Len() > maxText {
				return AnyText
			}
		}
		if len(open) < line.MaxDepth { // which line.Parse never exceeds
			open = append(open, level)
			level = c.Children
		}
	}
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func lowerASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
