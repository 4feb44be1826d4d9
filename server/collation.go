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
	prepared [len(knownCollations)]string
	made     [len(knownCollations)]bool
}

// as gives the text as a collation compares it. RFC 5051 §2 (1)(b): what is not UTF-8 is compared as octets.
func (v *value) as(c collation) (text string, octets bool) {
	if v.raw != nil {
		v.text, v.raw = line.Text(v.raw), nil
	}
	if c == unicodeCasemap && !utf8.ValidString(v.text) {
		return v.text, true
	}
	if !v.made[c] {
		v.prepared[c], v.made[c] = knownCollations[c].prepare(v.text), true
	}
	return v.prepared[c], false
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

func (c *comparison) matches(v *value) bool {
	text, octets := v.as(c.collation)
	if octets {
		return c.match(text, c.raw)
	}
	return c.match(text, c.prepared)
}
