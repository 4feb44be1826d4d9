package server

import (
	"strings"
	"testing"

	"daycairn/server/davxml"
)

func TestCollations(t *testing.T) {
	for _, c := range []struct {
		collation, match, text, want string
		found                        bool
	}{
		{"i;ascii-casemap", "contains", "Herr MÜLLER", "herr", true},
		{"i;ascii-casemap", "contains", "Herr MÜLLER", "müller", false},
		{"i;ascii-casemap", "contains", "a\xfeb", "A\xffB", false},
		{"i;octet", "contains", "Herr", "err", true},
		{"i;octet", "contains", "Herr", "herr", false},
		{"i;octet", "equals", "a", "a", true},
		{"i;unicode-casemap", "contains", "Herr MÜLLER", "müller", true},
		{"i;unicode-casemap", "contains", "Herr MU\u0308LLER", "müller", true},
		{"i;unicode-casemap", "contains", "ﬁsch", "FISCH", false}, // the ligature has no titlecase; RFC 5051 leaves it lower
		{"i;unicode-casemap", "contains", "straße", "STRASSE", false},
		{"i;unicode-casemap", "equals", "ΣΊΣΥΦΟΣ", "σίσυφος", true},
		{"i;unicode-casemap", "contains", "M\xfcller", "ller", true},
		{"i;unicode-casemap", "contains", "M\xfcller", "LLER", false},
		{"i;unicode-casemap", "starts-with", "Élan", "él", true},
		{"i;unicode-casemap", "starts-with", "Élan", "lan", false},
		{"i;unicode-casemap", "ends-with", "Élan", "LAN", true},
		{"i;unicode-casemap", "ends-with", "Élan", "él", false},
		{"i;unicode-casemap", "equals", "Élan", "éla", false},
		{"i;unicode-casemap", "contains", "anything", "", true},
	} {
		collation, ok := collationOf(c.collation)
		if !ok {
			t.Fatalf("no collation %s", c.collation)
		}
		compared := newComparison(collation, matchTypes[c.match], c.want)
		if got, known := compared.matches(&value{text: c.text}); got != c.found || !known {
			t.Errorf("%s: %q %s %q is %v, want %v", c.collation, c.text, c.match, c.want, got, c.found)
		}
	}
	for _, name := range []string{"", "default", "i;*", "I;OCTET", "i;ascii-numeric"} {
		if _, ok := collationOf(name); ok {
			t.Errorf("collation %q is there", name)
		}
	}
}

// TestCollationsClaimed: both families' supported-collation-set names what filters know.
func TestCollationsClaimed(t *testing.T) {
	for _, n := range []davxml.Name{caldav("supported-collation-set"), carddav("supported-collation-set")} {
		got := string(rendered(func(w *davxml.Writer) { properties[n].get(w, nil, nil) }))
		for _, c := range knownCollations {
			if !strings.Contains(got, ">"+c.name+"<") {
				t.Errorf("%v lacks %s: %s", n, c.name, got)
			}
		}
	}
}
