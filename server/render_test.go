package server

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"daycairn/backend/ics"
	"daycairn/backend/vcf"
	"daycairn/server/davxml"
)

func mustData(t *testing.T, data string) *calendarData {
	t.Helper()
	d, err := parseCalendarData(mustXML(t, davxml.CalDAV, data))
	if err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return d
}

// lines makes a body of them.
func lines(l ...string) string { return strings.Join(l, "\r\n") + "\r\n" }

const fullEvent = "BEGIN:VCALENDAR\nVERSION:2.0\r\nPRODID:x\r\nbegin:VEVENT\r\nUID:1\r\nsummary;LANGUAGE=de:A\r\n b\r\n" +
	"BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT1M\r\nEND:VALARM\r\nX-Odd;P=\"a:b\":v\n\r\nno line at all\r\nEND:vevent\r\n" +
	"BEGIN:VTODO\r\nUID:2\r\nEND:VTODO\r\nX-AFTER:y\r\nEND:VCALENDAR\r\n"

func TestCalendarDataSelection(t *testing.T) {
	all := func(inner string) string { return `<C:calendar-data>` + inner + `</C:calendar-data>` }
	comp := func(name, inner string) string { return `<C:comp name="` + name + `">` + inner + `</C:comp>` }
	prop := func(name string) string { return `<C:prop name="` + name + `"/>` }
	for _, c := range []struct{ data, want string }{
		{"<C:calendar-data/>", fullEvent},
		{`<C:calendar-data content-type="Text/Calendar; charset=utf-8" version="2.0"><D:other/></C:calendar-data>`, fullEvent},
		{all(comp("VCALENDAR", "")), fullEvent},
		{all(comp("VCALENDAR", "<C:allprop/><C:allcomp/>")), fullEvent},
		{all(comp("VCALENDAR", "<C:allprop/>")), "BEGIN:VCALENDAR\nVERSION:2.0\r\nPRODID:x\r\nX-AFTER:y\r\nEND:VCALENDAR\r\n"},
		{all(comp("vcalendar", prop("version")+comp("vevent", prop("summary")))),
			"BEGIN:VCALENDAR\nVERSION:2.0\r\nbegin:VEVENT\r\nsummary;LANGUAGE=de:A\r\n b\r\nEND:vevent\r\nEND:VCALENDAR\r\n"},
		{all(comp("VCALENDAR", comp("VEVENT", `<C:prop name="SUMMARY" novalue="yes"/><C:prop name="X-ODD" novalue="no"/>`))),
			"BEGIN:VCALENDAR\nbegin:VEVENT\r\nsummary;LANGUAGE=de:\r\nX-Odd;P=\"a:b\":v\nEND:vevent\r\nEND:VCALENDAR\r\n"},
		{all(comp("VCALENDAR", comp("VEVENT", `<C:prop name="UID" novalue="yes"/><C:prop name="UID"/>`+comp("VALARM", "")))),
			"BEGIN:VCALENDAR\nbegin:VEVENT\r\nUID:1\r\nBEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT1M\r\nEND:VALARM\r\nEND:vevent\r\nEND:VCALENDAR\r\n"},
		{all(comp("VCALENDAR", "<C:allcomp/>"+comp("VEVENT", prop("UID")))),
			"BEGIN:VCALENDAR\nbegin:VEVENT\r\nUID:1\r\nEND:vevent\r\nBEGIN:VTODO\r\nUID:2\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"},
		{all(comp("VCARD", "")), ""},
	} {
		got, err := mustData(t, c.data).render([]byte(fullEvent), nil, ics.Limit{})
		if err != nil || !sameSelection(string(got), c.want) {
			t.Errorf("%s:\n got %q %v\nwant %q", c.data, got, err, c.want)
		}
	}
	const broken = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
	got, err := mustData(t, all(comp("VCALENDAR", prop("VERSION")))).render([]byte(broken), nil, ics.Limit{})
	if err != nil || string(got) != broken {
		t.Errorf("a broken body is %q %v", got, err)
	}
}

// sameSelection compares; empty lines between lines may go.
func sameSelection(got, want string) bool {
	return strings.ReplaceAll(got, "\n\r\n", "\n") == strings.ReplaceAll(want, "\n\r\n", "\n")
}

func TestCalendarDataErrors(t *testing.T) {
	const ok = `start="20060103T000000Z" end="20060105T000000Z"`
	for data, want := range map[string]string{
		`<C:calendar-data content-type="text/plain"/>`:                                                                             "supported-calendar-data",
		`<C:calendar-data version="1.0"/>`:                                                                                         "supported-calendar-data",
		`<C:calendar-data><C:comp/></C:calendar-data>`:                                                                             "",
		`<C:calendar-data><C:comp name="A"/><C:comp name="A"/></C:calendar-data>`:                                                  "",
		`<C:calendar-data><C:prop name="A"/></C:calendar-data>`:                                                                    "",
		`<C:calendar-data><C:comp name="A"><C:prop/></C:comp></C:calendar-data>`:                                                   "",
		`<C:calendar-data><C:comp name="A"><C:prop name="A" novalue="x"/></C:comp></C:calendar-data>`:                              "",
		`<C:calendar-data><C:comp name="A"><C:expand/></C:comp></C:calendar-data>`:                                                 "",
		`<C:calendar-data><C:expand start="20060103T000000Z"/></C:calendar-data>`:                                                  "",
		`<C:calendar-data><C:expand start="20060105T000000Z" end="20060103T000000Z"/></C:calendar-data>`:                           "",
		`<C:calendar-data><C:limit-freebusy-set start="20060105" end="20060106"/></C:calendar-data>`:                               "",
		`<C:calendar-data><C:expand ` + ok + `/><C:limit-recurrence-set ` + ok + `/></C:calendar-data>`:                            "",
		`<C:calendar-data>` + strings.Repeat(`<C:comp name="A">`, 9) + strings.Repeat(`</C:comp>`, 9) + `</C:calendar-data>`:       "",
		`<C:calendar-data><C:comp name="A">` + strings.Repeat(`<C:prop name="A"/>`, maxSelected+1) + `</C:comp></C:calendar-data>`: "",
	} {
		_, err := parseCalendarData(mustXML(t, davxml.CalDAV, data))
		var e *davError
		if !errors.As(err, &e) || e.condition.Local != want || (e.status == 400) != (want == "") {
			t.Errorf("%.200s: got %v, want %q", data, err, want)
		}
	}
}

// TestRFC4791Rendering holds the answers of §7.8.1 to §7.8.4. Where appendix B and an answer disagree, appendix B is
// taken: it has no second override, another PRODID rule and other ends of the free-busy time.
func TestRFC4791Rendering(t *testing.T) {
	event2 := []string{"DTSTAMP:20060206T001121Z", "DURATION:PT1H", "UID:00959BC664CA650E933C892C@example.com"}
	for _, c := range []struct{ name, file, data, want string }{
		{"7.8.1", "abcd2", `<C:calendar-data><C:comp name="VCALENDAR"><C:prop name="VERSION"/><C:comp name="VEVENT">
			<C:prop name="SUMMARY"/><C:prop name="UID"/><C:prop name="DTSTART"/><C:prop name="RECURRENCE-ID"/></C:comp></C:comp></C:calendar-data>`,
			lines("BEGIN:VCALENDAR", "VERSION:2.0",
				"BEGIN:VEVENT", "DTSTART;TZID=US/Eastern:20060102T120000", "SUMMARY:Event #2", event2[2], "END:VEVENT",
				"BEGIN:VEVENT", "DTSTART;TZID=US/Eastern:20060104T140000", "RECURRENCE-ID;TZID=US/Eastern:20060104T120000",
				"SUMMARY:Event #2 bis", event2[2], "END:VEVENT", "END:VCALENDAR")},
		{"7.8.2 with another window", "abcd2", `<C:calendar-data><C:comp name="VCALENDAR"><C:comp name="VEVENT"><C:prop name="SUMMARY"/></C:comp></C:comp>
			<C:limit-recurrence-set start="20060105T000000Z" end="20060107T000000Z"/></C:calendar-data>`,
			lines("BEGIN:VCALENDAR", "BEGIN:VEVENT", "SUMMARY:Event #2", "END:VEVENT", "END:VCALENDAR")},
		{"7.8.3", "abcd2", `<C:calendar-data><C:comp name="VCALENDAR"><C:comp name="VEVENT"><C:prop name="DTSTART"/><C:prop name="RECURRENCE-ID"/>
			<C:prop name="SUMMARY"/></C:comp></C:comp><C:expand start="20060103T000000Z" end="20060105T000000Z"/></C:calendar-data>`,
			lines("BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART:20060103T170000Z", "RECURRENCE-ID:20060103T170000Z", "SUMMARY:Event #2", "END:VEVENT",
				"BEGIN:VEVENT", "DTSTART:20060104T190000Z", "RECURRENCE-ID:20060104T170000Z", "SUMMARY:Event #2 bis", "END:VEVENT", "END:VCALENDAR")},
		{"7.8.4", "abcd8", `<C:calendar-data><C:comp name="VCALENDAR"><C:comp name="VFREEBUSY"><C:prop name="FREEBUSY"/></C:comp></C:comp>
			<C:limit-freebusy-set start="20060102T000000Z" end="20060103T000000Z"/></C:calendar-data>`,
			lines("BEGIN:VCALENDAR", "BEGIN:VFREEBUSY", "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20060102T100000Z/20060102T120000Z", "END:VFREEBUSY", "END:VCALENDAR")},
	} {
		body, err := os.ReadFile("testdata/rfc4791/" + c.file + ".ics")
		if err != nil {
			t.Fatal(err)
		}
		got, err := mustData(t, c.data).render(body, nil, ics.Limit{})
		if err != nil || sorted(string(got)) != sorted(c.want) {
			t.Errorf("%s:\n got %q %v\nwant %q", c.name, got, err, c.want)
		}
	}
	body, _ := os.ReadFile("testdata/rfc4791/abcd2.ics")
	d := mustData(t, `<C:calendar-data><C:expand start="20060103T000000Z" end="20060107T000000Z"/></C:calendar-data>`)
	var tooMany ics.ErrTooMany
	if got, err := d.render(body, nil, ics.Limit{Instances: 2}); got != nil || !errors.As(err, &tooMany) {
		t.Errorf("an expansion beyond its limit is %q %v", got, err)
	}
}

// sorted gives the text of a body with the properties of each component in the order of their names, for answers that
// may have them in any.
func sorted(body string) string {
	var out, props []string
	for l := range strings.SplitSeq(body, "\r\n") {
		if !strings.HasPrefix(l, "BEGIN:") && !strings.HasPrefix(l, "END:") {
			props = append(props, l)
			continue
		}
		slices.Sort(props)
		out, props = append(append(out, props...), l), nil
	}
	return strings.Join(out, "\n")
}

func TestAddressData(t *testing.T) {
	for _, c := range []struct{ data, card, want string }{
		{`<C:address-data/>`, "v102", cards["v102"]},
		{`<C:address-data><C:allprop/></C:address-data>`, "v102", cards["v102"]},
		{`<C:address-data><C:allprop/><C:prop name="UID"/></C:address-data>`, "v102", cards["v102"]},
		{`<C:address-data content-type="text/vcard" version="3.0"/>`, "v102", cards["v102"]},
		{`<C:address-data version="4.0"/>`, "v201", cards["v201"]},
		// RFC 6352 §8.6.3
		{`<C:address-data><C:prop name="VERSION"/><C:prop name="UID"/><C:prop name="NICKNAME"/><C:prop name="EMAIL"/><C:prop name="FN"/></C:address-data>`,
			"v102", lines("BEGIN:VCARD", "VERSION:3.0", "NICKNAME:me", "UID:34222-232@example.com", "FN:David Boo", "EMAIL:daboo@example.com", "END:VCARD")},
		{`<C:address-data version="4.0"><C:prop name="tel"/></C:address-data>`, "v201",
			lines("BEGIN:VCARD", "VERSION:4.0", "item1.TEL;TYPE=home,voice:+1 555", `X-ABC-1.TEL;TYPE="work":+2`, "END:VCARD")},
		{`<C:address-data version="4.0"><C:prop name="item1.TEL" novalue="yes"/></C:address-data>`, "v201",
			lines("BEGIN:VCARD", "VERSION:4.0", "item1.TEL;TYPE=home,voice:", "END:VCARD")},
	} {
		d, err := parseAddressData(mustXML(t, davxml.CardDAV, c.data))
		if err != nil {
			t.Fatalf("%v in %s", err, c.data)
		}
		if got, err := d.render([]byte(cards[c.card])); err != nil || string(got) != c.want {
			t.Errorf("%s:\n got %q %v\nwant %q", c.data, got, err, c.want)
		}
	}
	for data, want := range map[string]string{
		`<C:address-data content-type="text/x-vcard"/>`:                                                "supported-address-data",
		`<C:address-data version="2.1"/>`:                                                              "supported-address-data",
		`<C:address-data><C:prop/></C:address-data>`:                                                   "",
		`<C:address-data><C:comp name="VCARD"/></C:address-data>`:                                      "",
		`<C:address-data><C:prop name="A" novalue="1"/></C:address-data>`:                              "",
		`<C:address-data>` + strings.Repeat(`<C:prop name="A"/>`, maxSelected+1) + `</C:address-data>`: "",
	} {
		_, err := parseAddressData(mustXML(t, davxml.CardDAV, data))
		var e *davError
		if !errors.As(err, &e) || e.condition.Local != want || (e.status == 400) != (want == "") {
			t.Errorf("%.200s: got %v, want %q", data, err, want)
		}
	}
}

// TestAddressDataConversion: what cannot be converted exists all the same; only who named a version is told.
func TestAddressDataConversion(t *testing.T) {
	const (
		old    = "BEGIN:VCARD\r\nVERSION:2.1\r\nUID:1\r\nEND:VCARD\r\n"
		broken = "BEGIN:VCARD\r\nUID:1\r\n"
	)
	for _, c := range []struct {
		data, card string
		refused    bool
	}{
		{`<C:address-data/>`, old, false},
		{`<C:address-data version="3.0"/>`, old, true},
		{`<C:address-data/>`, broken, false},
		{`<C:address-data version="4.0"/>`, broken, false},
	} {
		d, err := parseAddressData(mustXML(t, davxml.CardDAV, c.data))
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.render([]byte(c.card))
		var invalid *vcf.Invalid
		if c.refused && (!errors.As(err, &invalid) || invalid.Condition != vcf.SupportedAddressDataConversion) {
			t.Errorf("%s of %q: %q %v, want a refusal", c.data, c.card, got, err)
		}
		if !c.refused && (err != nil || string(got) != c.card) {
			t.Errorf("%s of %q: %q %v, want it as it is", c.data, c.card, got, err)
		}
	}
	d, err := parseAddressData(mustXML(t, davxml.CardDAV, `<C:address-data/>`))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.render([]byte(cards["v201"])); err != nil || !strings.Contains(string(got), "\r\nVERSION:3.0\r\n") {
		t.Errorf("the default version of a 4.0 card is %q %v", got, err)
	}
	if got, err := (*addressData)(nil).render([]byte(cards["v201"])); err != nil || string(got) != cards["v201"] {
		t.Errorf("no address-data shows %q %v", got, err)
	}
}
