package wire

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

// Prefixes are the namespace prefixes that transcripts and tests use; answers may use any others.
var Prefixes = map[string]string{
	"D":    "DAV:",
	"C":    "urn:ietf:params:xml:ns:caldav",
	"CR":   "urn:ietf:params:xml:ns:carddav",
	"CS":   "http://calendarserver.org/ns/",
	"ICAL": "http://apple.com/ns/ical/",
	"ME":   "http://me.com/_namespace/",
	"P":    "https://bitfire.at/webdav-push",
	"X":    "http://example.com/ns/",
}

// Name reads "D:getetag" into a namespace and a local name. An unknown prefix is an error.
func Name(s string) (xml.Name, error) {
	prefix, local, ok := strings.Cut(s, ":")
	space, known := Prefixes[prefix]
	if !ok || !known || local == "" {
		return xml.Name{}, fmt.Errorf("%q is not a known prefix and a name", s)
	}
	return xml.Name{Space: space, Local: local}, nil
}

// MustName is Name for constants of tests.
func MustName(s string) xml.Name {
	n, err := Name(s)
	if err != nil {
		panic(err)
	}
	return n
}

// Short prints a name with its usual prefix, for messages.
func Short(n xml.Name) string {
	for p, space := range Prefixes {
		if space == n.Space {
			return p + ":" + n.Local
		}
	}
	return "{" + n.Space + "}" + n.Local
}

// Declarations is the run of xmlns attributes that declares every prefix of ours.
func Declarations() string {
	var b strings.Builder
	for _, p := range sortedPrefixes() {
		fmt.Fprintf(&b, ` xmlns:%s="%s"`, p, Prefixes[p])
	}
	return b.String()
}

func sortedPrefixes() []string {
	keys := make([]string, 0, len(Prefixes))
	for p := range Prefixes {
		keys = append(keys, p)
	}
	slices.Sort(keys)
	return keys
}
