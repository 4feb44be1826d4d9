package backend

import (
	"strings"
	"testing"

	"daycairn/backend/line"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"Doe, JOHN", "doe, john"},
		{"MÜLLER", "mu\u0308ller"},
		{"müller", "mu\u0308ller"},
		{"ﬁsch", "fisch"},
		{"\u212a\uff21\u0131\u017f", "kais"},
		{"Ü\xff ABC", "Ü\xff abc"},
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestCasemap(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"\u01c4", "Dz\u030c"}, // RFC 5051 §2 (2), its example
		{"aß", "Aß"},
		{"é", "E\u0301"},
		{"a\xff", "a\xff"},
	} {
		if got := Casemap(c.in); got != c.want {
			t.Errorf("Casemap(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestNeedle(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Doe": "doe", "Müller": "ller", "éé": "", "éA": "a", "Aé": "a", "äBCöde": "bc",
	} {
		if got := Needle(in); got != want {
			t.Errorf("Needle(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzFold: what one of the three collations finds, the index finds.
func FuzzFold(f *testing.F) {
	f.Add("Herr Müller", "müller")
	f.Add("ﬁsch\u0301\u0323", "FISCH\u0301")
	f.Add("\u212a\xff", "K")
	f.Fuzz(func(t *testing.T, value, want string) {
		found := strings.Contains(value, want) ||
			strings.Contains(lowerASCII(value), lowerASCII(want)) ||
			strings.Contains(Casemap(value), Casemap(want))
		if found && !strings.Contains(Fold(value), Needle(want)) {
			t.Errorf("%q is in %q, but %q is not in %q", want, value, Needle(want), Fold(value))
		}
	})
}

func TestSearchText(t *testing.T) {
	doc, err := line.Parse([]byte("BEGIN:VCALENDAR\r\nPRODID:NO\r\nBEGIN:VTODO\r\nSUMMARY:Eins\\, Zwei\r\nX-A:no\r\n" +
		"BEGIN:VALARM\r\nDESCRIPTION:Dr\r\n ei\r\nEND:VALARM\r\nEND:VTODO\r\nBEGIN:VTODO\r\nLOCATION:Vier\r\nEND:VTODO\r\n" +
		"END:VCALENDAR\r\nBEGIN:VCARD\r\nitem1.TEL:5\r\nEND:VCARD\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := SearchText(doc), "eins, zwei\ndrei\nvier\n5\n"; got != want {
		t.Errorf("SearchText = %q, want %q", got, want)
	}
}
