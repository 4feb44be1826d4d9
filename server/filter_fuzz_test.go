package server

import (
	"strings"
	"testing"

	"daycairn/backend"
	"daycairn/backend/ics"
	"daycairn/backend/vcf"
	"daycairn/server/davxml"
)

// FuzzFilter: whatever a client writes as a filter or a selection, and whatever is stored, nothing panics, and a query
// keeps what its filter matches.
func FuzzFilter(f *testing.F) {
	f.Add(`<f xmlns="`+davxml.CalDAV+`"><comp-filter name="VCALENDAR"><comp-filter name="VEVENT"><time-range start="20240101T000000Z"/>`+
		`<prop-filter name="SUMMARY"><text-match>a</text-match></prop-filter></comp-filter></comp-filter></f>`, fullEvent)
	f.Add(`<f xmlns="`+davxml.CardDAV+`"><prop-filter name="N" test="allof"><text-match match-type="equals">boo</text-match>`+
		`<param-filter name="TYPE"><is-not-defined/></param-filter></prop-filter></f>`, cards["v102"])
	f.Add(`<f xmlns="`+davxml.CalDAV+`"><comp name="VCALENDAR"><prop name="VERSION" novalue="yes"/><comp name="VEVENT"><allprop/></comp></comp>`+
		`<expand start="20240101T000000Z" end="20250101T000000Z"/><limit-freebusy-set start="20240101T000000Z" end="20250101T000000Z"/></f>`, fullEvent)
	f.Add(`<f xmlns="`+davxml.CardDAV+`" version="4.0"><prop name="item1.TEL" novalue="yes"/></f>`, cards["v201"])
	f.Fuzz(func(t *testing.T, xml, body string) {
		el, err := davxml.Parse(strings.NewReader(xml), davxml.Limits{})
		if err != nil {
			return
		}
		if data, err := parseCalendarData(el); err == nil {
			data.render([]byte(body), nil, ics.Limit{Instances: 100})
		}
		if data, err := parseAddressData(el); err == nil {
			data.render([]byte(body))
		}
		if filter, err := parseCalendarFilter(el); err == nil {
			if cal, err := ics.Parse([]byte(body)); err == nil && filter.Match(cal, nil) && cal.Check() == nil && !keepsCalendar(filter.Query(), cal) {
				t.Errorf("%+v does not keep a match", filter.Query())
			}
		}
		if filter, err := parseCardFilter(el); err == nil {
			card, err := vcf.Parse([]byte(body))
			if err == nil && filter.Match(card) && !keepsCard(t, filter.Query(), body) {
				t.Errorf("%+v does not keep a match", filter.Query())
			}
		}
	})
}

func BenchmarkCalendarFilter(b *testing.B) {
	el, err := davxml.Parse(strings.NewReader(`<filter xmlns="`+davxml.CalDAV+`"><comp-filter name="VCALENDAR"><comp-filter name="VEVENT">`+
		`<prop-filter name="SUMMARY"><text-match>nowhere</text-match></prop-filter></comp-filter></comp-filter></filter>`), davxml.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	filter, err := parseCalendarFilter(el)
	if err != nil {
		b.Fatal(err)
	}
	cal, err := ics.Parse([]byte(fullEvent))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		filter.Match(cal, nil)
	}
}

func BenchmarkSearchText(b *testing.B) {
	cal, err := ics.Parse([]byte(fullEvent))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		backend.SearchText(cal.Doc)
	}
}
