package server

import (
	"strings"
	"testing"

	"daycairn/backend"
	"daycairn/server/davxml"
)

func TestPlanSortsFoundFromAbsent(t *testing.T) {
	x := dry(t)
	other := davxml.Name{Space: "urn:x", Local: "note"}
	p := mustPlan(t, x, prop(dav("getetag"), dav("resourcetype"), cs("push-transports"), other, dav("getetag"), caldav("calendar-timezone")), false)
	res := sample(kindCalendar)
	res.stored = []backend.Property{{Name: backend.PropertyName(other), XML: []byte(`<n:note xmlns:n="urn:x" n:a="1">hi</n:note>`)}}
	got := mustAnswer(t, x, p, res)
	want := `<D:response><D:href>/dav/calendars/alice/work%20%26%20play/</D:href>` +
		`<D:propstat><D:prop><D:resourcetype><D:collection/><C:calendar/></D:resourcetype>` +
		`<n:note xmlns:n="urn:x" n:a="1">hi</n:note></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>` +
		`<D:propstat><D:prop><D:getetag/><CS:push-transports/><C:calendar-timezone/></D:prop>` +
		`<D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>`
	if !strings.Contains(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if strings.Count(got, "xmlns:X=") != 0 {
		t.Errorf("dead property was found and is said to be absent: %s", got)
	}
}

func TestPlanLeavesOutAbsentWhenAskedTo(t *testing.T) {
	x := dry(t)
	x.prefer.minimal = true
	p := mustPlan(t, x, prop(cs("push-transports"), caldav("calendar-timezone")), false)
	got := mustAnswer(t, x, p, sample(kindCalendar))
	want := `</D:href><D:propstat><D:prop></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`
	if !strings.Contains(got, want) {
		t.Errorf("got %s\nwant %s in it", got, want)
	}
}

func TestPlanWithoutAnythingFoundHasNoEmptyPropstat(t *testing.T) {
	x := dry(t)
	got := mustAnswer(t, x, mustPlan(t, x, prop(caldav("calendar-timezone")), false), sample(kindCalendar))
	if strings.Contains(got, "200 OK") {
		t.Errorf("got %s", got)
	}
}

func TestPlanNeedsWhatItAsks(t *testing.T) {
	x := dry(t)
	for _, c := range []struct {
		name davxml.Name
		kind kind
		want need
	}{
		{dav("getetag"), kindEvent, 0},
		{dav("getetag"), kindCalendar, 0}, // protected: nobody stored one
		{dav("displayname"), kindCalendar, needStored},
		{dav("displayname"), kindEvent, needStored}, // may be a dead property
		{dav("sync-token"), kindCalendarHome, needMembers},
		{dav("quota-used-bytes"), kindCalendarHome, needUsage},
		{caldav("calendar-data"), kindEvent, needBody},
		{caldav("calendar-data"), kindCalendar, 0},
		{cs("invite"), kindCalendar, needStored},
	} {
		if got := mustPlan(t, x, prop(c.name), true).needs(c.kind); got != c.want {
			t.Errorf("%v on kind %d needs %b, want %b", c.name, c.kind, got, c.want)
		}
	}
}

func TestBodiesAreGivenInReportsOnly(t *testing.T) {
	x := dry(t)
	got := mustAnswer(t, x, mustPlan(t, x, prop(caldav("calendar-data"), dav("getetag")), false), sample(kindEvent))
	if !strings.Contains(got, `<D:prop><C:calendar-data/></D:prop><D:status>HTTP/1.1 404 Not Found`) {
		t.Errorf("PROPFIND gave %s", got)
	}
	got = mustAnswer(t, x, mustPlan(t, x, prop(caldav("calendar-data")), true), sample(kindEvent))
	if want := "<C:calendar-data>BEGIN:VCALENDAR&#13;\nX:&lt;&amp;&gt;\uFFFD\uFFFD&#13;\n</C:calendar-data>"; !strings.Contains(got, want) {
		t.Errorf("REPORT gave %q, want %q in it", got, want)
	}
}

func TestAllpropGivesDeadPropertiesAndWhatIsIncluded(t *testing.T) {
	x := dry(t)
	res := sample(kindCalendar)
	res.stored = []backend.Property{
		{Name: backend.PropertyName(apple("calendar-color")), XML: []byte(`<A:calendar-color xmlns:A="http://apple.com/ns/ical/">#FFF</A:calendar-color>`)},
		{Name: backend.PropertyName{Space: "urn:x", Local: "n"}, XML: []byte(`<n xmlns="urn:x"/>`)},
	}
	p, err := x.planProps(&davxml.Element{Name: dav("allprop")}, prop(dav("owner"), cs("missing")), false)
	if err != nil {
		t.Fatal(err)
	}
	got := mustAnswer(t, x, p, res)
	for _, want := range []string{`<n xmlns="urn:x"/>`, "<D:owner>", "<D:displayname>", "<D:supportedlock/>"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%s is not once in %s", want, got)
		}
	}
	for _, no := range []string{"calendar-color", "sync-token", "404"} { // RFC 4791 §5.2: not named by allprop
		if strings.Contains(got, no) {
			t.Errorf("%s is in %s", no, got)
		}
	}
}

func TestPropnameGivesNamesOfWhatIsThere(t *testing.T) {
	x := dry(t)
	res := sample(kindCalendar)
	res.stored = []backend.Property{{Name: backend.PropertyName{Space: "urn:x", Local: "n"}, XML: []byte(`<n xmlns="urn:x">v</n>`)}}
	got := mustAnswer(t, x, mustPlan(t, x, &davxml.Element{Name: dav("propname")}, false), res)
	for _, want := range []string{`<X:n xmlns:X="urn:x"/>`, "<D:owner/>", "<D:sync-token/>", "<C:schedule-calendar-transp/>"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%s is not once in %s", want, got)
		}
	}
	for _, no := range []string{"calendar-color", "C:calendar-data", "404", "getetag"} {
		if strings.Contains(got, no) {
			t.Errorf("%s is in %s", no, got)
		}
	}
}

func TestEachItemOfAListingHasItsOwnAnswer(t *testing.T) {
	x := dry(t)
	p := mustPlan(t, x, prop(dav("getetag"), dav("displayname")), false)
	named := sample(kindEvent)
	named.stored = []backend.Property{{Name: backend.PropertyName(dav("displayname")), XML: []byte(`<D:displayname xmlns:D="DAV:">n</D:displayname>`)}}
	got := mustAnswer(t, x, p, named, sample(kindEvent))
	if n := strings.Count(got, "<D:response>"); n != 2 {
		t.Errorf("%d responses, want 2", n)
	}
	if n := strings.Count(got, "404"); n != 1 {
		t.Errorf("%d absences, want 1: %s", n, got)
	}
}
