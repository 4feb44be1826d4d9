package server

import (
	"strings"
	"unicode/utf8"

	"daycairn/backend"
)

// A collation is a row: its identifier (RFC 4790 §3.1) and what it makes of a text before octets are
// compared. All of ours know equality and substrings.
type collation struct {
	name    string
	prepare func(string) string
}

// knownCollations is also what the supported-collation-set properties list.
var knownCollations = []collation{
	{"i;ascii-casemap", upperASCII},
	{"i;octet", func(s string) string { return s }},
	{"i;unicode-casemap", backend.Casemap},
}

// collationOf finds a collation by its identifier; nil when we do not have it. Wildcards match
// nothing (RFC 4791 §7.5).
func collationOf(name string) *collation {
	for i := range knownCollations {
		if knownCollations[i].name == name {
			return &knownCollations[i]
		}
	}
	return nil
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

// A comparison is a wanted text that is compared with many.
type comparison struct {
	collation *collation
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

func newComparison(c *collation, match func(text, want string) bool, want string) comparison {
	return comparison{c, match, want, c.prepare(want)}
}

// matches compares a text. RFC 5051 §2 (1)(b): what is not UTF-8 is compared as octets.
func (c *comparison) matches(text string) bool {
	if !utf8.ValidString(text) && c.collation.name == "i;unicode-casemap" {
		return c.match(text, c.raw)
	}
	return c.match(c.collation.prepare(text), c.prepared)
}
