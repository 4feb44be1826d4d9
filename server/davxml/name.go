// Package davxml reads and writes the XML of WebDAV bodies. It knows the wire (namespaces, limits,
// escapes) and no semantics: what an element means is said where it is used.
package davxml

import (
	"strings"
	"unicode/utf8"
)

// A Name is an XML name with its namespace resolved; prefixes mean nothing (RFC 4918 §14).
type Name struct{ Space, Local string }

// The namespaces that our answers declare once, on the root.
const (
	DAV            = "DAV:"
	CalDAV         = "urn:ietf:params:xml:ns:caldav"
	CardDAV        = "urn:ietf:params:xml:ns:carddav"
	CalendarServer = "http://calendarserver.org/ns/"
	AppleICal      = "http://apple.com/ns/ical/"
	Me             = "http://me.com/_namespace/"

	CS = CalendarServer

	// XML is the namespace of xml:lang; it is bound to the prefix xml everywhere and never declared.
	XML = "http://www.w3.org/XML/1998/namespace"

	xmlnsSpace = "http://www.w3.org/2000/xmlns/"
)

// prefixes is what the root declares; prefixOf must agree with it (a test holds them together).
var prefixes = []struct{ prefix, space string }{
	{"D", DAV},
	{"C", CalDAV},
	{"CR", CardDAV},
	{"CS", CalendarServer},
	{"A", AppleICal},
	{"ME", Me},
}

// declarations is the rendered namespace part of every root element.
var declarations = func() string {
	var b []byte
	for _, p := range prefixes {
		b = append(b, ` xmlns:`...)
		b = append(b, p.prefix...)
		b = append(b, `="`...)
		b = append(b, p.space...)
		b = append(b, '"')
	}
	return string(b)
}()

// prefixOf gives the prefix and colon of a namespace that the root declares, "" for any other.
// It is a switch and not a map because it runs twice for each element that we write.
func prefixOf(space string) string {
	switch space {
	case DAV:
		return "D:"
	case CalDAV:
		return "C:"
	case CardDAV:
		return "CR:"
	case CalendarServer:
		return "CS:"
	case AppleICal:
		return "A:"
	case Me:
		return "ME:"
	case XML:
		return "xml:"
	}
	return ""
}

// String gives the name in Clark's notation, {space}local, for logs and tests.
func (n Name) String() string {
	if n.Space == "" {
		return n.Local
	}
	return "{" + n.Space + "}" + n.Local
}

// Valid tells whether the name can be written as an element's: what comes as text, and not through the reader, must be
// asked. Local is an NCName and Space can be declared (Namespaces in XML 1.0 §3, §4).
func (n Name) Valid() bool {
	if len(n.Local) > DefaultLimits.NameLen || len(n.Space) > DefaultLimits.NameLen || n.Local == "" ||
		!utf8.ValidString(n.Local) || !utf8.ValidString(n.Space) || strings.Contains(n.Local, ":") || nameEnd([]byte(n.Local)) != len(n.Local) {
		return false
	}
	for _, r := range n.Space {
		if r < ' ' || r == '\ufffe' || r == '\uffff' {
			return false
		}
	}
	return n.Space != XML && n.Space != xmlnsSpace
}
