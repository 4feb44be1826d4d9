package server

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"daycairn/backend"
	"daycairn/backend/line"
	"daycairn/backend/vcf"
	"daycairn/server/davxml"
)

func mustCardFilter(t *testing.T, filter string) *cardFilter {
	t.Helper()
	f, err := parseCardFilter(mustXML(t, davxml.CardDAV, filter))
	if err != nil {
		t.Fatalf("%v in %s", err, filter)
	}
	return f
}

func mustCard(t *testing.T, body string) *vcf.Card {
	t.Helper()
	card, err := vcf.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// cards has those of RFC 6352 §8.6.3 and §8.6.4, and two more.
var cards = map[string]string{
	"v102": "BEGIN:VCARD\r\nVERSION:3.0\r\nNICKNAME:me\r\nUID:34222-232@example.com\r\nN:Boo;David;;;\r\nFN:David Boo\r\nEMAIL:daboo@example.com\r\nEND:VCARD\r\n",
	"v104": "BEGIN:VCARD\r\nVERSION:3.0\r\nNICKNAME:oliver\r\nUID:34222-23222@example.com\r\nN:Daboo;Oliver;;;\r\nFN:Oliver Daboo\r\nEMAIL:oliver@example.com\r\nEND:VCARD\r\n",
	"v201": "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:1\r\nN:Müller\\;Meier;Jörg;A,B;;\r\nFN:Jörg Müller\\, M\r\n .A.\r\nNICKNAME:J,me too\r\n" +
		"item1.TEL;TYPE=home,voice:+1 555\r\nitem1.X-ABLABEL:Ferien\r\nX-ABC-1.TEL;TYPE=\"work\":+2\r\nEMAIL;TYPE=WORK;PREF=1:j@a.example\r\nEMAIL:j@b.example\r\nEND:VCARD\r\n",
	"v202": "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:2\r\nFN:\r\nN:;;;;\r\nEND:VCARD\r\n",
}

// TestCardFilters holds the examples of RFC 6352 §8.6.3 and §8.6.4, and some more.
func TestCardFilters(t *testing.T) {
	prop := func(name, inner string) string {
		return `<C:prop-filter name="` + name + `">` + inner + `</C:prop-filter>`
	}
	text := func(attrs, want string) string { return `<C:text-match ` + attrs + `>` + want + `</C:text-match>` }
	param := func(name, inner string) string {
		return `<C:param-filter name="` + name + `">` + inner + `</C:param-filter>`
	}
	allOf := func(prop string) string {
		return strings.Replace(prop, "<C:prop-filter", `<C:prop-filter test="allof"`, 1)
	}
	any := func(inner string) string { return `<C:filter>` + inner + `</C:filter>` }
	all := func(inner string) string { return `<C:filter test="allof">` + inner + `</C:filter>` }
	const absent = "<C:is-not-defined/>"
	for _, c := range []struct{ filter, want string }{
		{any(prop("NICKNAME", text(`collation="i;unicode-casemap" match-type="equals"`, "me"))), "v102"},
		{`<C:filter test="anyof">` + prop("FN", text(`collation="i;unicode-casemap" match-type="contains"`, "daboo")) +
			prop("EMAIL", text(`collation="i;unicode-casemap" match-type="contains"`, "daboo")) + `</C:filter>`, "v102 v104"},
		{"", "v102 v104 v201 v202"},
		{any(""), "v102 v104 v201 v202"},
		{any(prop("TEL", "")), "v201"},
		{any(prop("tel", "")), "v201"},
		{any(prop("item1.TEL", "")), "v201"},
		{any(prop("ITEM2.tel", "")), ""},
		{any(prop("item1.TEL", absent)), "v102 v104 v202"},
		{any(prop("X-ABC-1.TEL", text("", "555"))), ""},
		{any(prop("X-ABLabel", text("", "ferien"))), "v201"},
		{any(prop("TEL", absent)), "v102 v104 v202"},
		{all(prop("TEL", absent) + prop("EMAIL", "")), "v102 v104"},
		{all(prop("FN", text("", "daboo")) + prop("EMAIL", text("", "daboo"))), ""},
		{all(prop("FN", text("", "oliver")) + prop("EMAIL", text("", "oliver"))), "v104"},
		{any(prop("FN", text(`match-type="starts-with"`, "JÖRG"))), "v201"},
		{any(prop("FN", text(`match-type="ends-with"`, ", m.a."))), "v201"},
		{any(prop("FN", text(`match-type="ends-with"`, "boo"))), "v102 v104"},
		{any(prop("FN", text(`collation="i;octet"`, "jörg"))), ""},
		{any(prop("FN", text(`negate-condition="yes"`, "boo"))), "v201 v202"},
		{any(prop("FN", text("", ""))), "v102 v104 v201 v202"},
		{any(prop("N", text(`match-type="equals"`, "müller;meier"))), "v201"},
		{any(prop("N", text(`match-type="equals"`, "B"))), "v201"},
		{any(prop("N", text("", "boo;david"))), "v102"},
		{any(prop("N", text(`match-type="equals" negate-condition="yes"`, "boo"))), "v104 v201 v202"},
		{any(prop("NICKNAME", text(`match-type="equals"`, "Me Too"))), "v201"},
		{any(prop("TEL", param("TYPE", text(`match-type="equals"`, "voice")))), "v201"},
		{any(prop("TEL", param("TYPE", text(`match-type="equals"`, "fax")))), ""},
		{any(prop("EMAIL", param("TYPE", absent))), "v102 v104 v201"},
		{any(prop("EMAIL", param("PREF", ""))), "v201"},
		{any(allOf(prop("EMAIL", text("", "b.example")+param("PREF", "")))), ""},
		{any(allOf(prop("EMAIL", text("", "a.example")+param("PREF", "")))), "v201"},
		{any(prop("EMAIL", text("", "daboo")+param("PREF", ""))), "v102 v201"},
		{any(allOf(prop("EMAIL", text("", "daboo")+text("", "example")))), "v102"},
		{any(prop("EMAIL", text("", "daboo")+text("", "oliver"))), "v102 v104"},
	} {
		f := mustCardFilter(t, c.filter)
		var got []string
		for name, body := range cards {
			if f.Match(mustCard(t, body)) {
				got = append(got, name)
				if !keepsCard(t, f.Query(), body) {
					t.Errorf("%s: %s matches and the query does not keep it", c.filter, name)
				}
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", c.filter, got, c.want)
		}
	}
}

func keepsCard(t *testing.T, q backend.Query, body string) bool {
	t.Helper()
	doc, err := line.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return keeps(q, "VCARD", backend.SearchText(doc), nil)
}

func TestCardFilterErrors(t *testing.T) {
	for filter, want := range map[string]string{
		`<C:filter test="noneof"><C:prop-filter name="A"/></C:filter>`:                                                            "valid-filter",
		`<C:filter><C:prop-filter/></C:filter>`:                                                                                   "valid-filter",
		`<C:filter><C:comp-filter name="VCARD"/></C:filter>`:                                                                      "valid-filter",
		`<C:filter><C:prop-filter name="A" test="x"/></C:filter>`:                                                                 "valid-filter",
		`<C:filter><C:prop-filter name="A"><C:time-range/></C:prop-filter></C:filter>`:                                            "valid-filter",
		`<C:filter><C:prop-filter name="A"><C:is-not-defined/><C:text-match/></C:prop-filter></C:filter>`:                         "valid-filter",
		`<C:filter><C:prop-filter name="A"><C:text-match match-type="like"/></C:prop-filter></C:filter>`:                          "valid-filter",
		`<C:filter><C:prop-filter name="A"><C:text-match collation="i;basic"/></C:prop-filter></C:filter>`:                        "supported-collation",
		`<C:filter>` + strings.Repeat(`<C:prop-filter name="A"/>`, maxConditions+1) + `</C:filter>`:                               "valid-filter",
		`<C:filter><C:prop-filter name="A"><C:param-filter name="B"><C:prop-filter/></C:param-filter></C:prop-filter></C:filter>`: "valid-filter",
	} {
		_, err := parseCardFilter(mustXML(t, davxml.CardDAV, filter))
		var e *davError
		if !errors.As(err, &e) || e.status != 403 || e.condition != carddav(want) {
			t.Errorf("%.200s: got %v, want %s", filter, err, want)
		}
	}
}

func TestCardFilterQuery(t *testing.T) {
	const fn = `<C:prop-filter name="FN"><C:text-match>Ab</C:text-match></C:prop-filter>`
	const tel = `<C:prop-filter name="g.TEL" test="allof"><C:text-match>1</C:text-match><C:text-match>2</C:text-match></C:prop-filter>`
	const telAny = `<C:prop-filter name="TEL"><C:text-match>1</C:text-match><C:text-match>2</C:text-match></C:prop-filter>`
	for filter, want := range map[string]backend.Query{
		`<C:filter/>`:                                           {},
		`<C:filter>` + fn + `</C:filter>`:                       {Texts: []string{"ab"}},
		`<C:filter>` + fn + tel + `</C:filter>`:                 {},
		`<C:filter test="allof">` + fn + tel + `</C:filter>`:    {Texts: []string{"ab", "1", "2"}},
		`<C:filter test="allof">` + fn + telAny + `</C:filter>`: {Texts: []string{"ab"}},
	} {
		if diff := cmp.Diff(want, mustCardFilter(t, filter).Query()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filter, diff)
		}
	}
}
