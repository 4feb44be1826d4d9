package server

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"daycairn/backend"
)

func TestCopyMove(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "MKCALENDAR", homePath+"work/", "")
	work := homePath + "work/"
	put := func(path, uid string) { t.Helper(); w.mustDo(201, "PUT", path, event(uid, "x")) }
	put(calendarPath+"1.ics", "u1")
	put(calendarPath+"2.ics", "u2")
	w.mustDo(207, "PROPPATCH", calendarPath+"1.ics", set(`<X xmlns="urn:x">dead</X>`))
	for _, c := range []struct {
		name, method, from, to string
		headers                []string
		status                 int
		want                   string
	}{
		{"copy in place", "COPY", calendarPath + "1.ics", calendarPath + "9.ics", nil, 403, "<C:no-uid-conflict><D:href>" + calendarPath + "1.ics</D:href>"},
		{"no destination", "MOVE", calendarPath + "1.ics", "", nil, 400, ""},
		{"itself", "MOVE", calendarPath + "1.ics", "http://proxy" + calendarPath + "%31.ics", nil, 403, ""},
		{"no parent", "MOVE", calendarPath + "1.ics", homePath + "none/1.ics", nil, 409, ""},
		{"another's", "MOVE", calendarPath + "1.ics", "/dav/calendars/bob/calendar/1.ics", nil, 409, ""},
		{"another's nothing", "MOVE", calendarPath + "1.ics", "/dav/calendars/bob/none/1.ics", nil, 409, ""},
		{"a book", "MOVE", calendarPath + "1.ics", bookPath + "1.vcf", nil, 403, "<CR:supported-address-data/>"},
		{"task list", "COPY", calendarPath + "1.ics", homePath + "tasks/1.ics", nil, 403, "<C:supported-calendar-component/>"},
		{"condition", "MOVE", calendarPath + "1.ics", work + "1.ics", []string{`If-Match: "x"`}, 412, ""},
		{"missing", "MOVE", calendarPath + "none.ics", work + "1.ics", nil, 404, ""},
		{"overwrite word", "MOVE", calendarPath + "1.ics", work + "1.ics", []string{"Overwrite: X"}, 400, ""},
		{"bad path", "MOVE", calendarPath + "1.ics", homePath + "%2e%2e/bob/x/1.ics", nil, 400, ""},
		{"copy", "COPY", calendarPath + "1.ics", work + "1.ics", nil, 201, ""},
		{"copy again", "COPY", calendarPath + "1.ics", work + "1.ics", nil, 204, ""},
		{"no overwrite", "MOVE", calendarPath + "1.ics", work + "1.ics", []string{"Overwrite: F"}, 412, ""},
		{"over another object", "MOVE", calendarPath + "2.ics", work + "1.ics", nil, 403, "<C:no-uid-conflict>"},
		{"over the copy", "MOVE", calendarPath + "1.ics", work + "1.ics", []string{"Overwrite: T"}, 204, ""},
		{"rename", "MOVE", work + "1.ics", work + "new name.ics", nil, 201, ""},
	} {
		headers := c.headers
		if c.to != "" {
			headers = append(headers, "Destination: "+strings.ReplaceAll(c.to, " ", "%20"))
		}
		rec := w.do(c.method, strings.ReplaceAll(c.from, " ", "%20"), "", headers...)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s: got %d %s, want %d %s", c.name, rec.Code, rec.Body, c.status, c.want)
		}
	}
	w.mustDo(404, "GET", calendarPath+"1.ics", "")
	if got := w.mustDo(200, "GET", work+"new%20name.ics", ""); got != event("u1", "x") {
		t.Errorf("moved: %q", got)
	}
	if got := w.mustDo(207, "PROPFIND", work+"new%20name.ics", propfind(`<D:prop><X xmlns="urn:x"/></D:prop>`), "Depth: 0"); !strings.Contains(got, ">dead<") {
		t.Errorf("dead property of what was moved: %s", got)
	}
}

func TestRenameCollection(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "x"))
	w.mustDo(412, "MOVE", calendarPath, "", "Destination: "+homePath+"tasks/")
	w.mustDo(403, "MOVE", calendarPath, "", "Destination: "+homePath+"outbox/")
	w.mustDo(403, "MOVE", calendarPath, "", "Destination: "+cardHomePath+"c/")
	w.mustDo(400, "MOVE", calendarPath, "", "Destination: "+homePath+"c/", "Depth: 0")
	w.mustDo(201, "MOVE", calendarPath, "", "Destination: "+homePath+"moved")
	w.mustDo(404, "PROPFIND", calendarPath, "", "Depth: 0")
	w.mustDo(200, "GET", homePath+"moved/1.ics", "")
	w.mustDo(201, "MKCALENDAR", calendarPath, "") // the slug is free again
}

func TestPost(t *testing.T) {
	w := newWorld(t)
	rec := w.do("POST", bookPath, card("u1", "Ann"), "Content-Type: text/vcard")
	at := rec.Header().Get("Location")
	if rec.Code != 201 || !strings.HasPrefix(at, bookPath) || rec.Header().Get("ETag") == "" {
		t.Fatalf("POST: %d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	if got := w.mustDo(200, "GET", at, ""); got != card("u1", "Ann") {
		t.Errorf("GET %s: %q", at, got)
	}
	w.mustDo(403, "POST", bookPath, card("u1", "Ben"))
	w.mustDo(404, "POST", cardHomePath+"none/", card("u2", "Ben"))
	w.mustDo(405, "POST", at, card("u2", "Ben"))
}

// An overtaken store has another client write behind the first Views of a target, and counts what is read in Updates.
type overtaken struct {
	backend.Store
	left  int
	write func()
	read  int
}

type watchedWriter struct {
	backend.Writer
	o *overtaken
}

func (o *overtaken) View(ctx context.Context, fn func(backend.Reader) error) error {
	err := o.Store.View(ctx, fn)
	if o.left > 0 {
		o.left--
		o.write()
	}
	return err
}

func (o *overtaken) Update(ctx context.Context, by backend.Actor, fn func(backend.Writer) error) error {
	return o.Store.Update(ctx, by, func(wr backend.Writer) error { return fn(&watchedWriter{wr, o}) })
}

func (w *watchedWriter) Body(id int64) ([]byte, error) {
	w.o.read++
	return w.Writer.Body(id)
}

// TestCopyIsOfWhatIsThere: the source is read before the transaction; one that changed meanwhile is read again.
func TestCopyIsOfWhatIsThere(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "MKCALENDAR", homePath+"work/", "")
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "0"))
	version := 0
	o := &overtaken{Store: w.h.Store, left: maxCopies - 1}
	other := &world{t: t, h: &Handler{Store: w.h.Store, Auth: w.h.Auth}}
	o.write = func() {
		version++
		other.mustDo(204, "PUT", calendarPath+"1.ics", event("u1", strconv.Itoa(version)))
	}
	w.h.Store = o
	w.mustDo(201, "COPY", calendarPath+"1.ics", "", "Destination: "+homePath+"work/1.ics")
	if got, want := w.mustDo(200, "GET", homePath+"work/1.ics", ""), event("u1", strconv.Itoa(maxCopies-1)); got != want {
		t.Errorf("copied %q, want %q", got, want)
	}
	if o.read != 0 {
		t.Errorf("%d bodies were read where nobody else can write", o.read)
	}
	o.left = 100
	if rec := w.do("COPY", calendarPath+"1.ics", "", "Destination: "+homePath+"work/1.ics"); rec.Code != 503 {
		t.Errorf("a source that changes all the time: %d", rec.Code)
	}
}
