package server

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"daycairn/auth"
	"daycairn/backend"
	"daycairn/server/davxml"
)

// kinds of the tree, one of each.
var everyKind = []kind{
	kindApex, kindRoot, kindPrincipals, kindPrincipal, kindHomes, kindCalendarHome, kindCardHome, kindCalendar, kindBook,
	kindEvent, kindCard,
}

// dry is an exchange that has no store behind it.
func dry(t testing.TB) *exchange {
	t.Helper()
	h := &Handler{}
	h.lineage.Store(&lineage{store: "5d0c8a72", key: []byte("key"), epochs: []backend.Epoch{{ID: "e0c1a2b3"}}})
	r := httptest.NewRequest("PROPFIND", "/dav/", nil)
	x := h.exchange(httptest.NewRecorder(), r)
	x.who = auth.Identity{Principal: backend.Principal{
		ID: 1, UUID: "0f0f0f0f-0000-4000-8000-000000000001", Name: "alice", Slug: "alice", DisplayName: "Alice <&>",
		Created: time.Unix(1700000000, 0),
	}}
	return x
}

// sample is a resource of a kind, with all that rows may need.
func sample(k kind) *resource {
	res := &resource{target: target{kind: k, family: familyOfKind(k)}}
	if !kindFolder.has(k) {
		res.principal = "alice"
	}
	if k == kindHomes {
		res.family = &families[0]
	}
	at := time.Unix(1700000000, 0)
	if (kindCollection | kindItem).has(k) {
		res.slug = "work & play"
		res.coll = &backend.Collection{
			ID: 7, PublicID: "0f0f0f0f-0000-4000-8000-000000000007", Kind: res.family.kind, Slug: res.slug, Seq: 3,
			Changed: 9, Created: at, Modified: at, Default: true,
		}
	}
	if kindItem.has(k) {
		res.name = "1" + res.family.suffix
		res.item = &backend.Item{
			Name: res.name, ObjectUUID: "0f0f0f0f-0000-4000-8000-000000000009", Size: 12, Hash: backend.Hash([]byte("x")),
			Created: at, Modified: at,
		}
		res.body = []byte("BEGIN:VCALENDAR\r\nX:<&>\x01\xff\r\n")
	}
	if kindHome.has(k) {
		res.state = 9
		res.primary = &backend.Collection{Kind: backend.Calendar, Slug: "calendar", Default: true}
	}
	if k == kindPrincipal {
		res.addresses = []string{"mailto:Alice@Example.org", "bob+x&y@example.org"}
	}
	res.usage = &backend.Usage{Bytes: 5, History: 10, Allowed: 100}
	return res
}

// prop makes a D:prop that asks for names.
func prop(names ...davxml.Name) *davxml.Element {
	el := &davxml.Element{Name: dav("prop")}
	for _, n := range names {
		el.Children = append(el.Children, &davxml.Element{Name: n})
	}
	return el
}

// mustAnswer gives the body of a multistatus with one response.
func mustAnswer(t testing.TB, x *exchange, p *plan, all ...*resource) string {
	t.Helper()
	rec := httptest.NewRecorder()
	x.w = newAnswer(rec, x.r)
	m := x.multistatus()
	for _, res := range all {
		if err := m.response(res, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.close(); err != nil {
		t.Fatal(err)
	}
	x.finish()
	if rec.Code != http.StatusMultiStatus {
		t.Fatalf("status %d, want 207", rec.Code)
	}
	return rec.Body.String()
}

func mustPlan(t testing.TB, x *exchange, el *davxml.Element, inReport bool) *plan {
	t.Helper()
	p, err := x.planProps(el, nil, inReport)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEachRowRendersWellFormed(t *testing.T) {
	x := dry(t)
	for _, row := range propertyRows {
		for _, k := range everyKind {
			if !row.kinds.has(k) {
				continue
			}
			res := sample(k)
			value := rendered(func(w *davxml.Writer) {
				w.Start(dav("prop"))
				there := row.get(w, x, res)
				w.Close(dav("prop"))
				if !there && (row.always || row.fixed) {
					t.Errorf("%v on kind %d: absent, but its row says always", row.name, k)
				}
			})
			el, err := davxml.Parse(bytes.NewReader(value), davxml.Limits{})
			if err != nil {
				t.Errorf("%v on kind %d: %v in %s", row.name, k, err, value)
				continue
			}
			if len(el.Children) > 1 || len(el.Children) == 1 && el.Children[0].Name != row.name {
				t.Errorf("%v on kind %d: gave %s", row.name, k, value)
			}
		}
	}
}

func TestStoredRowsGiveWhatWasSet(t *testing.T) {
	x := dry(t)
	for _, row := range propertyRows {
		if row.set == nil || row.name == dav("displayname") && row.kinds == kindPrincipal {
			continue
		}
		for _, k := range everyKind {
			if !row.kinds.has(k) || k == kindPrincipal && row.name == dav("displayname") || kindFolder.has(k) {
				continue
			}
			res := sample(k)
			want := `<q:` + row.name.Local + ` xmlns:q="` + row.name.Space + `" a="1">v</q:` + row.name.Local + `>`
			res.stored = []backend.Property{{Name: backend.PropertyName(row.name), XML: []byte(want)}}
			got := string(rendered(func(w *davxml.Writer) { row.get(w, x, res) }))
			if got != want {
				t.Errorf("%v on kind %d: got %s, want %s", row.name, k, got, want)
			}
		}
	}
}

// The shapes that clients need (clients.md B1).
func TestPropertyShapes(t *testing.T) {
	x := dry(t)
	for _, c := range []struct {
		kind kind
		name davxml.Name
		want string
	}{
		{kindEvent, dav("resourcetype"), `<D:resourcetype/>`},
		{kindCalendar, dav("resourcetype"), `<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>`},
		{kindApex, dav("current-user-principal"), `<D:href>/dav/principals/alice/</D:href>`},
		{kindBook, carddav("addressbook-home-set"), `<D:href>/dav/addressbooks/alice/</D:href>`},
		{kindRoot, caldav("calendar-home-set"), `<D:href>/dav/calendars/alice/</D:href>`},
		{kindEvent, dav("getcontenttype"), `text/calendar; charset=utf-8`},
		{kindCard, dav("getcontenttype"), `text/vcard; charset=utf-8`},
		{kindEvent, dav("getetag"), sample(kindEvent).item.ETag()},
		{kindEvent, dav("getlastmodified"), `Tue, 14 Nov 2023 22:13:20 GMT`},
		{kindCalendar, dav("creationdate"), `2023-11-14T22:13:20Z`},
		{kindCalendar, dav("displayname"), `work &amp; play`},
		{kindPrincipal, dav("displayname"), `Alice &lt;&amp;&gt;`},
		{kindCalendar, caldav("supported-calendar-component-set"), `<C:comp name="VEVENT"/>`},
		{kindPrincipal, caldav("calendar-user-address-set"), `<C:calendar-user-address-set><D:href>mailto:alice@example.org</D:href>`},
		{kindPrincipal, cs("email-address-set"), `<CS:email-address>bob+x&amp;y@example.org</CS:email-address>`},
		{kindCalendar, dav("resource-id"), `<D:href>urn:uuid:0f0f0f0f-0000-4000-8000-000000000007</D:href>`},
		{kindCalendarHome, caldav("schedule-default-calendar-URL"), `<D:href>/dav/calendars/alice/calendar/</D:href>`},
		{kindCalendarHome, dav("quota-available-bytes"), `>90<`},
		{kindBook, carddav("supported-address-data"), `<CR:address-data-type content-type="text/vcard" version="3.0"/></CR:supported`},
		{kindCalendar, caldav("schedule-calendar-transp"), `<C:opaque/>`},
		{kindEvent, dav("current-user-privilege-set"), `<D:privilege><D:write-content/></D:privilege>`},
		{kindCalendar, dav("supported-report-set"), `<D:supported-report><D:report><D:expand-property/></D:report></D:supported-report>`},
		{kindCalendar, dav("supported-method-set"), `<D:supported-method name="MKCALENDAR"/>`},
		{kindPrincipals, dav("acl"), `<D:principal><D:authenticated/></D:principal><D:grant><D:privilege><D:read/></D:privilege></D:grant>`},
		{kindEvent, dav("acl"), `<D:grant><D:privilege><D:all/></D:privilege></D:grant><D:protected/>`},
		{kindPrincipal, dav("acl"), `<D:grant><D:privilege><D:read/></D:privilege><D:privilege><D:write-properties/></D:privilege></D:grant>`},
	} {
		row := properties[c.name]
		got := string(rendered(func(w *davxml.Writer) { row.get(w, x, sample(c.kind)) }))
		if !strings.Contains(got, c.want) {
			t.Errorf("%v on kind %d: got %s, want %s in it", c.name, c.kind, got, c.want)
		}
	}
}

func TestVersion4IsOfferedWhereItIsUsed(t *testing.T) {
	res := sample(kindBook)
	res.coll.HasV4 = true
	got := string(rendered(func(w *davxml.Writer) { supportedAddressData(w, dry(t), res) }))
	if want := `<CR:address-data-type content-type="text/vcard" version="4.0"/>`; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s in it", got, want)
	}
}

func TestReadOnlyCredentialSeesNoWritePrivilege(t *testing.T) {
	x := dry(t)
	x.who.ReadOnly = true
	for _, k := range everyKind {
		got := string(rendered(func(w *davxml.Writer) { currentPrivileges(w, x, sample(k)) }))
		for _, word := range []string{"write", "bind", "D:all/"} {
			if strings.Contains(got, word) {
				t.Errorf("kind %d: %s in %s", k, word, got)
			}
		}
		if !strings.Contains(got, "<D:read/>") {
			t.Errorf("kind %d: no read in %s", k, got)
		}
	}
}

func TestColor(t *testing.T) {
	x := dry(t)
	for _, c := range []struct{ in, want string }{
		{`<x xmlns="http://apple.com/ns/ical/">#abc</x>`, `<x xmlns="http://apple.com/ns/ical/">#aabbccFF</x>`},
		{`<A:calendar-color symbolic-color="a>b">#FF0000</A:calendar-color>`, `<A:calendar-color symbolic-color="a>b">#FF0000FF</A:calendar-color>`},
		{"<c>\n #11223344 </c>", "<c>#11223344</c>"},
		{`<c>red</c>`, `<c>red</c>`},
		{`<c>#12</c>`, `<c>#12</c>`},
		{`<c>#gggggg</c>`, `<c>#gggggg</c>`},
		{`<c/>`, `<c/>`},
		{`<c></c>`, `<c></c>`},
		{`<c><![CDATA[#fff]]></c>`, `<c><![CDATA[#fff]]></c>`},
	} {
		res := sample(kindCalendar)
		res.stored = []backend.Property{{Name: backend.PropertyName(apple("calendar-color")), XML: []byte(c.in)}}
		got := string(rendered(func(w *davxml.Writer) { color(w, x, res) }))
		if got != c.want {
			t.Errorf("color of %s: got %s, want %s", c.in, got, c.want)
		}
	}
}

func FuzzColor(f *testing.F) {
	for _, s := range []string{
		`<c>#fff</c>`, `<c a='>'>#ABCDEF</c>`, `<c><!-- #fff --></c>`, `<c a="/"/>`, `<c> #12345678 </c >`, `<c>#fff<![CDATA[]]></c>`,
	} {
		f.Add(s)
	}
	x := dry(f)
	f.Fuzz(func(t *testing.T, s string) {
		el, err := davxml.Parse(strings.NewReader(s), davxml.Limits{})
		if err != nil {
			return
		}
		res := sample(kindCalendar)
		res.stored = []backend.Property{{Name: backend.PropertyName(apple("calendar-color")), XML: el.XML()}}
		got := rendered(func(w *davxml.Writer) { color(w, x, res) })
		again, err := davxml.Parse(bytes.NewReader(got), davxml.Limits{})
		if err != nil {
			t.Fatalf("%q became %q: %v", s, got, err)
		}
		if len(again.Attrs) != len(el.Attrs) || len(again.Children) != len(el.Children) || again.Name != el.Name {
			t.Errorf("%q became %q", s, got)
		}
		if want, ok := appendColor(nil, []byte(strings.TrimSpace(el.Text))); again.Text != el.Text && (!ok || again.Text != string(want)) {
			t.Errorf("%q became %q", s, got)
		}
	})
}

// A body is escaped in pieces: none of them may cut a character.
func TestLongBodiesAreWhole(t *testing.T) {
	x := dry(t)
	p := mustPlan(t, x, prop(carddav("address-data")), true)
	for _, c := range []struct{ unit, want string }{{"aé", "aé"}, {"家€", "家€"}, {"\x80", "\uFFFD"}, {"a\r\n", "a&#13;\n"}, {"𝄞", "𝄞"}} {
		for shift := range 4 {
			n := 3 * maxPiece / len(c.unit)
			res := sample(kindCard)
			res.body = []byte(strings.Repeat("x", shift) + strings.Repeat(c.unit, n))
			want := "<CR:address-data>" + strings.Repeat("x", shift) + strings.Repeat(c.want, n) + "</CR:address-data>"
			if got := mustAnswer(t, x, p, res); !strings.Contains(got, want) {
				t.Errorf("%q shifted by %d is not whole", c.unit, shift)
			}
		}
	}
}
