package server

import (
	"strings"
	"unicode/utf8"

	"daycairn/backend"
	"daycairn/backend/line"
)

// A collation is a row of knownCollations, by its index.
type collation int

const (
	asciiCasemap collation = iota
	octet
	unicodeCasemap
)

// knownCollations are also what the supported-collation-set properties list: the identifier (RFC 4790 §3.1), and what
// the collation makes of a text before octets are compared. All of ours know equality and substrings.
var knownCollations = [...]struct {
	name    string
	prepare func(string) string
}{
	asciiCasemap:   {"i;ascii-casemap", upperASCII},
	octet:          {"i;octet", func(s string) string { return s }},
	unicodeCasemap: {"i;unicode-casemap", backend.Casemap},
}

// collationOf finds a collation by its identifier. Wildcards match nothing (RFC 4791 §7.5).
func collationOf(name string) (collation, bool) {
	for i := range knownCollations {
		if knownCollations[i].name == name {
			return collation(i), true
		}
	}
	return 0, false
}

// upperASCII is the preparation of i;ascii-casemap (RFC 4790 §9.2.1); other octets stay.
func upperASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// A value is a text that any number of conditions look at: what a collation makes of it is made once.
type value struct {
	raw      []byte // of a line, still escaped; nil where text is there from the start
	text     string
	long     bool // it, or its line with it, is longer than maxCasemapped
	letters  letters
	prepared [len(knownCollations)]string
	made     [len(knownCollations)]bool
}

// maxCasemapped bounds what i;unicode-casemap prepares of one line, since RFC 5051 may make eleven times as much of it.
const maxCasemapped = 512 << 10

// letters are what a text is made of.
type letters uint8

const (
	unread letters = iota
	asciiLetters
	unicodeLetters
	notUTF8
)

func lettersOf(s string) letters {
	switch {
	case !utf8.ValidString(s):
		return notUTF8
	case strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0:
		return unicodeLetters
	}
	return asciiLetters
}

// A form is how as gives a text.
type form int

const (
	formPrepared form = iota
	formOctets        // RFC 5051 §2 (1)(b): what is not UTF-8 is compared as octets
	formUnknown       // it is too long to be prepared
)

// as gives the text as a collation compares it.
func (v *value) as(c collation) (text string, f form) {
	if v.raw != nil {
		v.text, v.raw = line.Text(v.raw), nil
	}
	if c == unicodeCasemap {
		if v.letters == unread {
			v.letters = lettersOf(v.text)
		}
		switch {
		case v.letters == notUTF8:
			return v.text, formOctets
		case v.letters == asciiLetters:
			c = asciiCasemap // they are the same for it
		case v.long:
			return "", formUnknown
		}
	}
	if !v.made[c] {
		v.prepared[c], v.made[c] = knownCollations[c].prepare(v.text), true
	}
	return v.prepared[c], formPrepared
}

// A comparison is a wanted text that is compared with many.
type comparison struct {
	collation collation
	match     func(text, want string) bool
	raw       string
	prepared  string
}

// matchTypes are the values of match-type (RFC 6352 §10.5.4). CalDAV knows contains only.
var matchTypes = map[string]func(text, want string) bool{
	"equals":      func(text, want string) bool { return text == want },
	"contains":    strings.Contains,
	"starts-with": strings.HasPrefix,
	"ends-with":   strings.HasSuffix,
}

func newComparison(c collation, match func(text, want string) bool, want string) comparison {
	return comparison{c, match, want, knownCollations[c].prepare(want)}
}

// matches tells whether the value is what is wanted; where it is too long to tell, known is false.
func (c *comparison) matches(v *value) (found, known bool) {
	text, f := v.as(c.collation)
	switch f {
	case formUnknown:
		return false, false
	case formOctets:
		return c.match(text, c.raw), true
	}
	return c.match(text, c.prepared), true
}
