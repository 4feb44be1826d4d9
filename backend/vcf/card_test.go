package vcf

import (
	"errors"
	"strings"
	"testing"

	"daycairn/backend/line"
)

func mustParse(t testing.TB, body string) *Card {
	t.Helper()
	c, err := Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheck(t *testing.T) {
	good := card(V3, "UID:1\nFN:x")
	for _, tt := range []struct{ name, body, want string }{
		{"3.0", good, ""},
		{"4.0", card(V4, "UID:1\nFN:x"), ""},
		{"version with blanks", card(" 4.0 ", "UID:1"), ""},
		{"no version", "BEGIN:VCARD\nUID:1\nEND:VCARD", ""},
		{"no FN, no N", card(V3, "UID:1"), ""},
		{"byte order mark, lower case, LF, no last newline", "\xEF\xBB\xBFbegin:vcard\nversion:3.0\nuid:1\nend:vcard", ""},
		{"lines that are none", card(V3, "UID:1\nhello\n\n\n"), ""},
		{"lines around the card", "X:1\r\n\r\n" + good + "\r\nbye", ""},
		{"not UTF-8", card(V3, "UID:1\nNOTE:\xE4"), ""},
		{"control characters", card(V3, "UID:1\nNOTE:\x00\x1b"), ""},
		{"card in a card", card(V3, "UID:1\nAGENT:\nBEGIN:VCARD\nEND:VCARD"), ""},
		{"second UID counts if the first is empty", card(V3, "UID:\nUID:1"), ""},
		{"UID in a group", card(V3, "item1.UID:1"), ""},
		{"nothing", "", ValidAddressData},
		{"no UID", card(V3, "FN:x"), ValidAddressData},
		{"empty UID", card(V3, "UID: \nFN:x"), ValidAddressData},
		{"several", good + good, ValidAddressData},
		{"calendar", "BEGIN:VCALENDAR\nEND:VCALENDAR", ValidAddressData},
		{"card and calendar", good + "BEGIN:VCALENDAR\nEND:VCALENDAR", ValidAddressData},
		{"text", "hello", ValidAddressData},
		{"not ended", "BEGIN:VCARD\nUID:1\n", ValidAddressData},
		{"2.1", card("2.1", "UID:1"), SupportedAddressData},
		{"5.0", card("5.0", "UID:1"), SupportedAddressData},
		{"several of 2.1", card("2.1", "UID:1") + card("2.1", "UID:1"), ValidAddressData},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Parse([]byte(tt.body))
			if err == nil {
				err = c.Check()
			}
			got := ""
			if invalid := new(Invalid); errors.As(err, &invalid) {
				got = invalid.Condition
			}
			if got != tt.want {
				t.Errorf("%v; want %q", err, tt.want)
			}
		})
	}
}

func TestInvalidTellsTheCause(t *testing.T) {
	_, err := Parse([]byte("BEGIN:VCARD\n"))
	if !errors.Is(err, line.ErrUnbalanced) {
		t.Errorf("%v does not wrap %v", err, line.ErrUnbalanced)
	}
}

func TestDetailsAreShort(t *testing.T) {
	err := mustParse(t, card(strings.Repeat("9", 1<<20), "UID:1")).Check()
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("the error is %.300v", err)
	}
}

func TestCard(t *testing.T) {
	for _, tt := range []struct{ body, uid, version, kind string }{
		{card(V3, "UID:1\nFN:x"), "1", V3, "individual"},
		{card(V4, "UID: urn:uuid:1 \nKIND:Group"), "urn:uuid:1", V4, "group"},
		{card(V3, "UID:a\\,b\nX-ADDRESSBOOKSERVER-KIND:group"), "a,b", V3, "group"},
		{card(V4, "uid:1\r\n 2\nUID:3"), "12", V4, "individual"},
		{"BEGIN:VCARD\nEND:VCARD", "", V3, "individual"},
		{"", "", V3, "individual"},
	} {
		c := mustParse(t, tt.body)
		if c.UID() != tt.uid || c.Version() != tt.version || c.Kind() != tt.kind {
			t.Errorf("%q: %q, %q, %q; want %q, %q, %q", tt.body, c.UID(), c.Version(), c.Kind(), tt.uid, tt.version, tt.kind)
		}
	}
}
