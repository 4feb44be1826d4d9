package ics

import (
	"slices"
	"strings"
	"testing"
)

func TestBusy(t *testing.T) {
	berlin := mustZone(t, "Europe/Berlin")
	for _, c := range []struct{ name, lines, want string }{
		{"opaque by default", "DTSTART:20240110T100000Z|DURATION:PT1H", "BUSY 20240110T100000Z/20240110T110000Z"},
		{"opaque", "DTSTART:20240110T100000Z|DURATION:PT1H|TRANSP:OPAQUE|STATUS:CONFIRMED", "BUSY 20240110T100000Z/20240110T110000Z"},
		{"transparent", "DTSTART:20240110T100000Z|DURATION:PT1H|TRANSP:transparent", ""},
		{"cancelled", "DTSTART:20240110T100000Z|DURATION:PT1H|STATUS:CANCELLED", ""},
		{"tentative", "DTSTART:20240110T100000Z|DURATION:PT1H|STATUS:TENTATIVE", "BUSY-TENTATIVE 20240110T100000Z/20240110T110000Z"},
		{"tentative and transparent", "DTSTART:20240110T100000Z|DURATION:PT1H|STATUS:TENTATIVE|TRANSP:TRANSPARENT", ""},
		{"a status of their own", "DTSTART:20240110T100000Z|DURATION:PT1H|STATUS:X-MAYBE", "BUSY 20240110T100000Z/20240110T110000Z"},
		{"a moment takes no time", "DTSTART:20240110T100000Z", ""},
		{"a day of the reader", "DTSTART;VALUE=DATE:20240110", "BUSY 20240109T230000Z/20240110T230000Z"},
		{"cut to the range", "DTSTART:20240101T000000Z|DTEND:20240301T000000Z", "BUSY 20240108T000000Z/20240112T000000Z"},
		{"each instance", "DTSTART:20240101T100000Z|DURATION:PT1H|RRULE:FREQ=DAILY;INTERVAL=2", "BUSY 20240109T100000Z/20240109T110000Z BUSY 20240111T100000Z/20240111T110000Z"},
		{"instances that touch are one", "DTSTART:20240101T000000Z|DURATION:P1D|RRULE:FREQ=DAILY", "BUSY 20240108T000000Z/20240112T000000Z"},
	} {
		periods, err := mustParse(t, event(strings.Split(c.lines, "|")...)).Busy(window(t, "20240108T000000Z/20240112T000000Z"), berlin)
		if got := described(periods); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.name, got, c.want, err)
		}
	}
}

func described(periods []Period) string {
	var list []string
	for _, p := range periods {
		list = append(list, p.Type+" "+string(appendUTC(nil, p.Start.Unix()))+"/"+string(appendUTC(nil, p.End.Unix())))
	}
	return strings.Join(list, " ")
}

func TestBusyOfFreeBusy(t *testing.T) {
	cal := mustParse(t, component("VFREEBUSY", "FREEBUSY:20240110T100000Z/PT1H,20240110T103000Z/PT1H", "FREEBUSY;FBTYPE=FREE:20240111T100000Z/PT1H",
		"FREEBUSY;FBTYPE=busy-unavailable:20240111T100000Z/PT1H", "FREEBUSY;FBTYPE=X-OTHER:20240112T100000Z/20240112T110000Z", "FREEBUSY:nonsense,20240113T100000Z"))
	periods, err := cal.Busy(Window{}, nil)
	want := "BUSY 20240110T100000Z/20240110T113000Z BUSY-UNAVAILABLE 20240111T100000Z/20240111T110000Z BUSY 20240112T100000Z/20240112T110000Z"
	if got := described(MergePeriods(periods)); err != nil || got != want {
		t.Errorf("%q, want %q (%v)", got, want, err)
	}
}

func TestMergePeriods(t *testing.T) {
	at := func(text, kind string) Period {
		w := window(t, text)
		return Period{w.Start, w.End, kind}
	}
	periods := []Period{
		at("20240110T120000Z/20240110T130000Z", BusyFirm),
		at("20240110T100000Z/20240110T110000Z", BusyFirm),
		at("20240110T110000Z/20240110T120000Z", BusyFirm),      // touches both
		at("20240110T100000Z/20240110T140000Z", BusyTentative), // another type
		at("20240110T103000Z/20240110T104500Z", BusyFirm),      // within
		at("20240110T150000Z/20240110T160000Z", BusyFirm),
	}
	want := "BUSY 20240110T100000Z/20240110T130000Z BUSY-TENTATIVE 20240110T100000Z/20240110T140000Z BUSY 20240110T150000Z/20240110T160000Z"
	if got := described(MergePeriods(slices.Clone(periods))); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
