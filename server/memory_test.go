package server

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"daycairn/backend"
)

// A meter counts what is read of the wide columns of a store.
type meter struct {
	backend.Store
	bodies int // read, of all Views
	widest int // bytes of properties that one View read
}

type meteredReader struct {
	backend.Reader
	m    *meter
	wide int
}

func (m *meter) View(ctx context.Context, fn func(backend.Reader) error) error {
	return m.Store.View(ctx, func(rd backend.Reader) error { return fn(&meteredReader{rd, m, 0}) })
}

func (r *meteredReader) Properties(of backend.Subject, names ...backend.PropertyName) ([]backend.Property, error) {
	props, err := r.Reader.Properties(of, names...)
	r.wide += sizeOf(props)
	r.m.widest = max(r.m.widest, r.wide)
	return props, err
}

func (r *meteredReader) Body(id int64) ([]byte, error) {
	r.m.bodies++
	return r.Reader.Body(id)
}

func (r *meteredReader) Bodies(ids []int64, fn func(int64, []byte) error) error {
	r.m.bodies += len(ids)
	return r.Reader.Bodies(ids, fn)
}

// mustWiden gives each of alice's items and calendars properties of 900 KB altogether, and a small one.
func (w *world) mustWiden() {
	w.t.Helper()
	wide := []backend.Property{{Name: backend.PropertyName{Space: "urn:x", Local: "small"}, XML: []byte(`<small xmlns="urn:x"/>`)}}
	for i := range 4 {
		name := fmt.Sprintf("wide%d", i)
		wide = append(wide, backend.Property{
			Name: backend.PropertyName{Space: "urn:x", Local: name},
			XML:  []byte(`<` + name + ` xmlns="urn:x">` + strings.Repeat("x", 225_000) + `</` + name + `>`),
		})
	}
	err := w.h.Store.Update(context.Background(), backend.Server, func(wr backend.Writer) error {
		p, err := wr.Principal("alice")
		if err != nil {
			return err
		}
		home, err := wr.Home(p.ID, backend.Calendar)
		if err != nil {
			return err
		}
		var all []backend.Subject
		for _, c := range home {
			all = append(all, backend.Subject{Collection: c.ID})
			for it, err := range wr.Items(c.ID, backend.Query{}) {
				if err != nil {
					return err
				}
				all = append(all, backend.Subject{Object: it.Object})
			}
		}
		for _, of := range all {
			if err := wr.SetProperties(of, wide); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestWidePropertiesAreReadFewAtATime: whatever the properties of a collection take, an answer holds little of them.
func TestWidePropertiesAreReadFewAtATime(t *testing.T) {
	w := newWorld(t)
	const items, calendars = 24, 14
	w.mustFill(items)
	for i := range calendars - 2 {
		w.mustDo(201, "MKCALENDAR", fmt.Sprintf("%sc%d/", homePath, i), "")
	}
	w.mustWiden()
	m := &meter{Store: w.h.Store}
	w.h.Store = m
	const bound = batchBytes + 1<<20
	small := `<D:prop><small xmlns="urn:x"/></D:prop>`
	wide := `<D:prop><small xmlns="urn:x"/><wide0 xmlns="urn:x"/><wide1 xmlns="urn:x"/><wide3 xmlns="urn:x"/></D:prop>`
	report := func(name, props, more string) string {
		return `<D:` + name + ` xmlns:D="DAV:">` + more + props + `</D:` + name + `>`
	}
	query := func(props string) string {
		return `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">` + props + `</C:calendar-query>`
	}
	sync := "<D:sync-token/><D:sync-level>1</D:sync-level>"
	for _, c := range []struct {
		method, path, body string
		answers, wides     int
		bound              int
	}{
		{"PROPFIND", calendarPath, propfind(small), items + 1, 0, 1 << 20},
		{"PROPFIND", calendarPath, propfind(wide), items + 1, 3, bound},
		{"PROPFIND", calendarPath, propfind("<D:allprop/>"), items + 1, 4, bound},
		{"PROPFIND", homePath, propfind(wide), calendars + 1, 3, bound},
		{"PROPFIND", homePath, propfind("<D:allprop/>"), calendars + 1, 4, bound},
		{"REPORT", calendarPath, report("sync-collection", small, sync), items, 0, 4 << 10},
		{"REPORT", calendarPath, report("sync-collection", wide, sync), items, 3, bound},
		{"REPORT", homePath, report("sync-collection", wide, sync), calendars, 3, bound},
		{"REPORT", calendarPath, query(small), items, 0, 4 << 10},
		{"REPORT", calendarPath, query(wide), items, 3, bound},
		{"REPORT", homePath, report("principal-match", wide, "<D:principal-property><D:owner/></D:principal-property>"), items + calendars, 3, bound},
	} {
		m.widest = 0
		depth := "Depth: 1"
		if c.method == "REPORT" && strings.Contains(c.body, "principal-match") {
			depth = "Depth: 0"
		}
		body := w.mustDo(207, c.method, c.path, c.body, depth)
		n := strings.Count(body, "<D:response>")
		if got := strings.Count(body, `<small xmlns="urn:x"/>`); n != c.answers || got < n-1 || got > n { // homes have none
			t.Errorf("%s %s %s: %d answers and %d small properties, want %d", c.method, c.path, c.body, n, got, c.answers)
		}
		if got := strings.Count(body, strings.Repeat("x", 225_000)); got < c.wides*(n-1) || got > c.wides*n {
			t.Errorf("%s %s %s: %d wide properties, want %d of each", c.method, c.path, c.body, got, c.wides)
		}
		if m.widest > c.bound {
			t.Errorf("%s %s %s: %d bytes of properties in one View, want at most %d", c.method, c.path, c.body, m.widest, c.bound)
		}
	}
}

// TestSubjectHasRoom: what all properties of a subject take is bounded.
func TestSubjectHasRoom(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "one"))
	prop := func(name string, n int) string {
		return `<` + name + ` xmlns="urn:x">` + strings.Repeat("x", n) + `</` + name + `>`
	}
	for _, path := range []string{calendarPath + "1.ics", calendarPath, homePath, selfPath, bookPath} {
		for i := range 4 {
			if body := w.mustDo(207, "PROPPATCH", path, set(prop(fmt.Sprint("p", i), 250_000))); !strings.Contains(body, "200 OK") {
				t.Fatalf("%s: the %dth is refused: %s", path, i, body)
			}
		}
		body := w.mustDo(207, "PROPPATCH", path, set(prop("p4", 50_000)+`<q xmlns="urn:x"/>`))
		want := `<X:p4 xmlns:X="urn:x"/></D:prop><D:status>HTTP/1.1 507 Insufficient Storage</D:status><D:error><D:quota-not-exceeded/></D:error></D:propstat>` +
			`<D:propstat><D:prop><X:q xmlns:X="urn:x"/></D:prop><D:status>HTTP/1.1 424 Failed Dependency</D:status></D:propstat>`
		if !strings.Contains(body, want) {
			t.Errorf("%s: one that is too much: got %s", path, body)
		}
		if got := w.mustFind(path, `<q xmlns="urn:x"/>`); !strings.Contains(got, "404 Not Found") {
			t.Errorf("%s: what was to fail with it is stored: %s", path, got)
		}
		body = w.mustDo(207, "PROPPATCH", path, set(prop("p0", 200_000)+prop("p4", 50_000)))
		if strings.Contains(body, "507") {
			t.Errorf("%s: room that was made is not given: %s", path, body)
		}
		w.h.Limits.PropertyBytes = 100_000 // as after a change of the limit
		if body = w.mustDo(207, "PROPPATCH", path, set(prop("p4", 40_000))); strings.Contains(body, "507") {
			t.Errorf("%s: what makes it smaller is refused: %s", path, body)
		}
		w.h.Limits.PropertyBytes = 0
	}
	five := prop("p0", 250_000) + prop("p1", 250_000) + prop("p2", 250_000) + prop("p3", 250_000) + prop("p4", 250_000)
	for method, root := range map[string]string{"MKCALENDAR": "C:mkcalendar", "MKCOL": "D:mkcol"} {
		kind := `<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>`
		if method == "MKCALENDAR" {
			kind = ""
		}
		rec := w.do(method, homePath+"new/", `<`+root+` xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>`+kind+five+`</D:prop></D:set></`+root+`>`)
		if !strings.Contains(rec.Body.String(), "507 Insufficient Storage") {
			t.Errorf("%s: %d %s", method, rec.Code, rec.Body)
		}
		w.mustDo(404, "PROPFIND", homePath+"new/", propfind(askType), "Depth: 0")
	}
}

// TestNamesAreNotMultiplied: what surrounds an element is added to it when it stands alone, and what is not there is named
// again: neither makes much of a small body.
func TestNamesAreNotMultiplied(t *testing.T) {
	w := newWorld(t)
	w.mustFill(3)
	var many, named strings.Builder
	for i := range 15_000 {
		fmt.Fprintf(&many, "<p%d/>", i)
		fmt.Fprintf(&named, "<q:p%d/>", i)
	}
	long := strings.Repeat("x", 30_000)
	for name, c := range map[string]struct{ method, body string }{
		"language":            {"PROPPATCH", `<D:propertyupdate xmlns:D="DAV:" xml:lang="` + long + `"><D:set><D:prop>` + many.String() + `</D:prop></D:set></D:propertyupdate>`},
		"namespace":           {"PROPPATCH", `<D:propertyupdate xmlns:D="DAV:" xmlns:q="` + long + `"><D:remove><D:prop>` + named.String() + `</D:prop></D:remove></D:propertyupdate>`},
		"some with languages": {"PROPPATCH", `<D:propertyupdate xmlns:D="DAV:" xml:lang="` + long + `"><D:set><D:prop>` + many.String()[:7_000] + `</D:prop></D:set></D:propertyupdate>`},
		"asked for":           {"PROPFIND", `<D:propfind xmlns:D="DAV:" xmlns:q="` + long + `"><D:prop>` + named.String() + `</D:prop></D:propfind>`},
		"short ones":          {"PROPFIND", `<D:propfind xmlns:D="DAV:" xmlns:q="q"><D:prop>` + named.String() + `</D:prop></D:propfind>`},
	} {
		if name == "some with languages" {
			c.body = strings.Replace(c.body, many.String()[:7_000], strings.Join(strings.SplitAfter(many.String(), "/>")[:900], ""), 1)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		rec := w.do(c.method, calendarPath, c.body, "Depth: 1")
		runtime.ReadMemStats(&after)
		if refused := rec.Code == 413 || strings.Contains(rec.Body.String(), "507 Insufficient"); !refused {
			t.Errorf("%s: %d", name, rec.Code)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 64<<20 {
			t.Errorf("%s: %d MiB", name, spent>>20)
		}
	}
}

// TestExpandedValuesAreBounded: they are held as a whole.
func TestExpandedValuesAreBounded(t *testing.T) {
	w := newWorld(t)
	w.mustDo(207, "PROPPATCH", homePath, set(`<p xmlns="urn:x">`+strings.Repeat("x", 250_000)+`</p>`))
	p := `<D:property name="p" namespace="urn:x"/>`
	ask := func(n int) string {
		return `<D:expand-property xmlns:D="DAV:">` + strings.Repeat(`<D:property name="calendar-home-set" namespace="urn:ietf:params:xml:ns:caldav">`+p+`</D:property>`, n) + `</D:expand-property>`
	}
	if body := w.mustDo(207, "REPORT", selfPath, ask(1)); !strings.Contains(body, strings.Repeat("x", 250_000)) {
		t.Errorf("one: %.1000s", body)
	}
	if body := w.mustDo(403, "REPORT", selfPath, ask(60)); !strings.Contains(body, "<D:number-of-matches-within-limits/>") {
		t.Errorf("many: %.1000s", body)
	}
}

// TestComponentsAloneNeedNoBodies: the listings of KDE and the tasks of Apple's phones ask for a component and an entity
// tag, every few minutes.
func TestComponentsAloneNeedNoBodies(t *testing.T) {
	w := newWorld(t)
	w.mustFill(5)
	w.mustDo(201, "PUT", homePath+"tasks/1.ics", strings.ReplaceAll(strings.Replace(event("t1", "do"), "DTEND", "DUE", 1), "VEVENT", "VTODO"))
	m := &meter{Store: w.h.Store}
	w.h.Store = m
	component := func(name string) string {
		return calendarQuery(`<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="`+name+`"/></C:comp-filter></C:filter>`, "")
	}
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{calendarPath, component("VEVENT"), 5},
		{calendarPath, component("VTODO"), 0},
		{calendarPath, component("VJOURNAL"), 0},
		{homePath + "tasks/", component("VTODO"), 1},
		{calendarPath, calendarQuery(`<C:filter><C:comp-filter name="VCALENDAR"/></C:filter>`, ""), 5},
		{calendarPath, calendarQuery("", ""), 5},
	} {
		m.bodies = 0
		if got := len(hrefs(t, w.mustDo(207, "REPORT", c.path, c.body, "Depth: 1"))); got != c.want || m.bodies != 0 {
			t.Errorf("%s on %s: %d answers and %d bodies, want %d and none", c.body, c.path, got, m.bodies, c.want)
		}
	}
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "one"))
	if w.mustDo(207, "REPORT", calendarPath, calendarQuery(inRange("20260105T000000Z", "20260106T000000Z"), ""), "Depth: 1"); m.bodies != 1 {
		t.Errorf("a time range read %d bodies, want 1", m.bodies)
	}
}
