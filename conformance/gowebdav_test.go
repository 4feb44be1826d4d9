package conformance

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/emersion/go-vcard"
	"github.com/emersion/go-webdav"
	"github.com/emersion/go-webdav/caldav"
	"github.com/emersion/go-webdav/carddav"

	"daycairn/conformance/target"
)

// TestGoWebDAV lets go-webdav's own clients do a day's work: discovery, calendars, cards, queries, sync, files.
func TestGoWebDAV(t *testing.T) {
	srv := target.Start(t)
	u := login(t, srv, "gopher").User
	httpClient := webdav.HTTPClientWithBasicAuth(&http.Client{Timeout: 30 * time.Second}, u.Name, u.Password)
	t.Run("calendars", func(t *testing.T) { goCalendars(t, srv.URL+"/dav/", httpClient, u) })
	t.Run("cards", func(t *testing.T) { goCards(t, srv.URL+"/dav/", httpClient, u) })
	t.Run("files", func(t *testing.T) { goFiles(t, srv.URL+"/dav/", httpClient, u) })
}

func goCalendars(t *testing.T, endpoint string, hc webdav.HTTPClient, u *target.User) {
	ctx := t.Context()
	c, err := caldav.NewClient(hc, endpoint)
	must(t, err)
	principal, err := c.FindCurrentUserPrincipal(ctx)
	must(t, err)
	home, err := c.FindCalendarHomeSet(ctx, principal)
	must(t, err)
	calendars, err := c.FindCalendars(ctx, home)
	must(t, err)
	at := slices.IndexFunc(calendars, func(c caldav.Calendar) bool { return c.Path == u.Calendar })
	if at < 0 {
		t.Fatalf("%s not among %v", u.Calendar, calendars)
	}
	if cal := calendars[at]; !slices.Equal(cal.SupportedComponentSet, []string{"VEVENT"}) || cal.MaxResourceSize < 1<<20 || cal.Name == "" {
		t.Errorf("calendar: %+v", cal)
	}

	put, err := c.PutCalendarObject(ctx, u.Calendar+"go.ics", goEvent("go-1", time.Date(2030, 1, 5, 10, 0, 0, 0, time.UTC)))
	must(t, err)
	got, err := c.GetCalendarObject(ctx, u.Calendar+"go.ics")
	must(t, err)
	if got.ETag != put.ETag || got.ETag == "" {
		t.Errorf("ETag %q of GET, %q of PUT", got.ETag, put.ETag)
	}
	if uid, _ := got.Data.Events()[0].Props.Text("UID"); uid != "go-1" {
		t.Errorf("UID %q", uid)
	}
	whole := caldav.CalendarCompRequest{Name: "VCALENDAR", AllProps: true, AllComps: true}
	for year, want := range map[int]int{2030: 1, 2031: 0} {
		found, err := c.QueryCalendar(ctx, u.Calendar, &caldav.CalendarQuery{CompRequest: whole, CompFilter: caldav.CompFilter{
			Name: "VCALENDAR", Comps: []caldav.CompFilter{{Name: "VEVENT", Start: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(year, 2, 1, 0, 0, 0, 0, time.UTC)}}}})
		must(t, err)
		if len(found) != want {
			t.Errorf("%d events in January %d, want %d", len(found), year, want)
		}
	}
	several, err := c.MultiGetCalendar(ctx, u.Calendar, &caldav.CalendarMultiGet{Paths: []string{u.Calendar + "go.ics"}, CompRequest: whole})
	must(t, err)
	if len(several) != 1 || several[0].ETag != put.ETag {
		t.Errorf("multiget: %+v", several)
	}
	must(t, c.RemoveAll(ctx, u.Calendar+"go.ics"))
	if _, err := c.GetCalendarObject(ctx, u.Calendar+"go.ics"); err == nil {
		t.Error("a removed event is still there")
	}
}

func goEvent(uid string, start time.Time) *ical.Calendar {
	e := ical.NewEvent()
	e.Props.SetText(ical.PropUID, uid)
	e.Props.SetText(ical.PropSummary, "Lunch; with, commas")
	e.Props.SetDateTime(ical.PropDateTimeStamp, start)
	e.Props.SetDateTime(ical.PropDateTimeStart, start)
	e.Props.SetDateTime(ical.PropDateTimeEnd, start.Add(time.Hour))
	cal := ical.NewCalendar()
	cal.Props.SetText(ical.PropVersion, "2.0")
	cal.Props.SetText(ical.PropProductID, "-//Example//go-webdav//EN")
	cal.Children = append(cal.Children, e.Component)
	return cal
}

func goCards(t *testing.T, endpoint string, hc webdav.HTTPClient, u *target.User) {
	ctx := t.Context()
	c, err := carddav.NewClient(hc, endpoint)
	must(t, err)
	must(t, c.HasSupport(ctx))
	principal, err := c.FindCurrentUserPrincipal(ctx)
	must(t, err)
	home, err := c.FindAddressBookHomeSet(ctx, principal)
	must(t, err)
	books, err := c.FindAddressBooks(ctx, home)
	must(t, err)
	if len(books) != 1 || books[0].Path != u.Book || !books[0].SupportsAddressData("text/vcard", "3.0") {
		t.Errorf("books: %+v", books)
	}
	start, err := c.SyncCollection(ctx, u.Book, &carddav.SyncQuery{DataRequest: carddav.AddressDataRequest{AllProp: true}})
	must(t, err)

	for _, name := range []string{"Ada", "Blaise", "Carl"} {
		card := vcard.Card{}
		card.SetValue(vcard.FieldVersion, "3.0")
		card.SetValue(vcard.FieldUID, name)
		card.SetValue(vcard.FieldFormattedName, name)
		card.SetValue(vcard.FieldName, name+";;;;")
		_, err := c.PutAddressObject(ctx, u.Book+name+".vcf", card)
		must(t, err)
	}
	found, err := c.QueryAddressBook(ctx, u.Book, &carddav.AddressBookQuery{DataRequest: carddav.AddressDataRequest{AllProp: true},
		PropFilters: []carddav.PropFilter{{Name: "FN", TextMatches: []carddav.TextMatch{{Text: "bla", MatchType: carddav.MatchStartsWith}}}}})
	must(t, err)
	if len(found) != 1 || found[0].Card.Value("UID") != "Blaise" {
		t.Errorf("query: %+v", found)
	}
	several, err := c.MultiGetAddressBook(ctx, u.Book, &carddav.AddressBookMultiGet{Paths: []string{u.Book + "Ada.vcf", u.Book + "Carl.vcf"}, DataRequest: carddav.AddressDataRequest{AllProp: true}})
	must(t, err)
	if len(several) != 2 {
		t.Errorf("multiget: %+v", several)
	}
	must(t, c.RemoveAll(ctx, u.Book+"Carl.vcf"))
	since, err := c.SyncCollection(ctx, u.Book, &carddav.SyncQuery{SyncToken: start.SyncToken, DataRequest: carddav.AddressDataRequest{AllProp: true}})
	must(t, err)
	if len(since.Updated) != 2 || len(since.Deleted) != 1 || since.SyncToken == start.SyncToken || !strings.HasSuffix(since.Deleted[0], "Carl.vcf") {
		t.Errorf("sync: %+v", since)
	}
}

func goFiles(t *testing.T, endpoint string, hc webdav.HTTPClient, u *target.User) {
	ctx := t.Context()
	c, err := webdav.NewClient(hc, endpoint)
	must(t, err)
	w, err := c.Create(ctx, u.Calendar+"file.ics")
	must(t, err)
	_, err = w.Write([]byte(event("file-1", "a file")))
	must(t, err)
	must(t, w.Close())
	list, err := c.ReadDir(ctx, u.Calendar, false)
	must(t, err)
	if len(list) != 2 {
		t.Errorf("listing: %+v", list)
	}
	info, err := c.Stat(ctx, u.Calendar+"file.ics")
	must(t, err)
	if info.IsDir || info.Size != int64(len(event("file-1", "a file"))) || info.ETag == "" {
		t.Errorf("stat: %+v", info)
	}
	must(t, c.Move(ctx, u.Calendar+"file.ics", u.Calendar+"moved.ics", &webdav.MoveOptions{NoOverwrite: true}))
	r, err := c.Open(ctx, u.Calendar+"moved.ics")
	must(t, err)
	defer r.Close()
	body, err := io.ReadAll(r)
	must(t, err)
	if string(body) != event("file-1", "a file") {
		t.Errorf("other bytes came back: %q", body)
	}
	must(t, c.RemoveAll(ctx, u.Calendar+"moved.ics"))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
