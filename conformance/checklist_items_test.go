package conformance

import (
	"fmt"
	"net/http"
	"strings"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

// vcardOf is a card of version 3.0 whose note has that many bytes.
func vcardOf(uid string, note int) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + uid + "\r\nFN:" + uid + "\r\nN:" + uid + ";;;;\r\nNOTE:" + strings.Repeat("x", note) + "\r\nEND:VCARD\r\n"
}

const spaces = ` xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav"`

// multiget asks for two items that are there, written in two ways, and one that is not, with the client's Depth.
func multiget(a *asker, report, data, at, ext string, body func(string) string) error {
	one, two, none := target.Random("m")+ext, target.Random("m ")+ext, "nothing"+ext
	escaped := strings.ReplaceAll(two, " ", "%20")
	for name, uid := range map[string]string{one: one, escaped: two} {
		if err := status(a.send("PUT", at+name, body(uid)), http.StatusCreated); err != nil {
			return err
		}
	}
	question := `<` + report + spaces + `><D:prop><D:getetag/><D:getcontenttype/><` + data + `/></D:prop><D:href>` + at + one +
		`</D:href><D:href>` + strings.ReplaceAll(at+escaped, "m", "%6d") + `</D:href><D:href>` + at + none + `</D:href></` + report + `>`
	for _, depth := range [][]string{nil, {"Depth", "0"}, {"Depth", "1"}} {
		m, err := a.send("REPORT", at, question, depth...).Multistatus()
		if err != nil {
			return err
		}
		if len(m.Responses) != 3 || m.At(at+none).Status != http.StatusNotFound {
			return fmt.Errorf("depth %v: %d responses, or the missing one is not 404", depth, len(m.Responses))
		}
		for name, uid := range map[string]string{one: one, escaped: two} {
			r := m.At(at + name)
			if r == nil || r.Value(wire.MustName(data)) != body(uid) || r.Value(getetag) == "" {
				return fmt.Errorf("depth %v: %s is not whole", depth, name)
			}
		}
	}
	return nil
}

func calendarMultiget(a *asker) error {
	return multiget(a, "C:calendar-multiget", "C:calendar-data", a.Calendar, ".ics", func(uid string) string { return event(uid, "x") })
}

func addressbookMultiget(a *asker) error {
	return multiget(a, "CR:addressbook-multiget", "CR:address-data", a.Book, ".vcf", func(uid string) string { return vcardOf(uid, 10) })
}

// calendarQuery asks in the forms that clients have: start only, both ends, no Depth, another component, no filter.
func calendarQuery(a *asker) error {
	name := target.Random("q") + ".ics"
	if err := status(a.send("PUT", a.Calendar+name, event(name, "x")), http.StatusCreated); err != nil {
		return err
	}
	query := func(filter string) string {
		return `<C:calendar-query` + spaces + `><D:prop><D:getetag/></D:prop>` + filter + `</C:calendar-query>`
	}
	ranged := func(component, attrs string) string {
		return query(`<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="` + component + `">` + attrs + `</C:comp-filter></C:comp-filter></C:filter>`)
	}
	for body, found := range map[string]bool{
		ranged("VEVENT", `<C:time-range start="20251001T000000Z"/>`):                        true,
		ranged("VEVENT", `<C:time-range start="20260101T000000Z" end="20260201T000000Z"/>`): true,
		ranged("VEVENT", `<C:time-range start="20270101T000000Z" end="20280101T000000Z"/>`): false,
		ranged("VEVENT", ``):   true,
		ranged("VTODO", ``):    false,
		ranged("VJOURNAL", ``): false,
		query(``):              true,
		query(`<C:filter><C:comp-filter name="VCALENDAR"/></C:filter>`): true,
	} {
		for _, depth := range [][]string{{"Depth", "1"}, nil} {
			m, err := a.send("REPORT", a.Calendar, body, depth...).Multistatus()
			if err != nil {
				return fmt.Errorf("%s: %w", body, err)
			}
			if (m.At(a.Calendar+name) != nil) != found {
				return fmt.Errorf("depth %v: found %v, want %v: %s", depth, !found, found, body)
			}
		}
	}
	return nil
}

// syncCollection is the report in all its dialects.
func syncCollection(a *asker) error {
	name := target.Random("s") + ".ics"
	m, err := a.send("REPORT", a.Calendar, syncBody("", 0), "Depth", "0").Multistatus()
	if err != nil {
		return err
	}
	if m.At(a.Calendar) != nil {
		return fmt.Errorf("the collection is listed as its own member")
	}
	if err := status(a.send("PUT", a.Calendar+name, event(name, "x")), http.StatusCreated); err != nil {
		return err
	}
	token := m.SyncToken
	forms := map[string]string{
		"RFC 6578":               syncBody(token, 0),
		"without level":          strings.Replace(syncBody(token, 0), "<D:sync-level>1</D:sync-level>", "", 1),
		"infinite":               strings.Replace(syncBody(token, 0), ">1<", ">infinite<", 1),
		"level before the token": `<D:sync-collection` + spaces + `><D:sync-level>1</D:sync-level><D:sync-token>` + token + `</D:sync-token><D:prop><D:getetag/><C:calendar-data/></D:prop></D:sync-collection>`,
	}
	for form, body := range forms {
		for _, depth := range [][]string{nil, {"Depth", "0"}, {"Depth", "1"}} {
			m, err := a.list("REPORT", a.Calendar, body, []string{a.Calendar + name}, depth...)
			if err != nil {
				return fmt.Errorf("%s, depth %v: %w", form, depth, err)
			}
			if m.At(a.Calendar+name).Value(getetag) == "" || !strings.Contains(m.SyncToken, ":") {
				return fmt.Errorf("%s: no getetag, or token %q", form, m.SyncToken)
			}
		}
	}
	if err := status(a.send("DELETE", a.Calendar+name, ""), http.StatusNoContent); err != nil {
		return err
	}
	m, err = a.list("REPORT", a.Calendar, syncBody(token, 0), []string{a.Calendar + name}, "Depth", "0")
	if err != nil {
		return err
	}
	if r := m.At(a.Calendar + name); r.Status != http.StatusNotFound || len(r.Props) > 0 {
		return fmt.Errorf("a removed item is told as %+v", r)
	}
	return nil
}

// putDelete goes through a life with the conditions that careful clients send.
func putDelete(a *asker) error {
	at := a.Calendar + target.Random("p") + ".ics"
	first := a.send("PUT", at, event(at, "1"), "If-None-Match", "*", "Expect", "100-continue", "Content-Type", "text/calendar; charset=\"utf-8\"; component=vevent")
	etag := first.Header.Get("ETag")
	if err := status(first, http.StatusCreated); err != nil || !strings.HasPrefix(etag, `"`) {
		return fmt.Errorf("create: %w, ETag %q", err, etag)
	}
	match := etag
	if strings.HasPrefix(a.h.agent, "Evolution") { // it escapes the quotes of what it was given
		match = `\"` + strings.Trim(etag, `"`) + `\"`
	}
	again := a.send("PUT", at, event(at, "2"), "If-Match", match)
	if err := status(again, http.StatusNoContent); err != nil {
		return fmt.Errorf("If-Match %s: %w", match, err)
	}
	if etag = again.Header.Get("ETag"); etag == "" || etag == first.Header.Get("ETag") {
		return fmt.Errorf("ETag %q after a change, was %q", etag, first.Header.Get("ETag"))
	}
	for header, value := range map[string]string{"If-None-Match": "*", "If-Match": `"stale"`} {
		if err := status(a.send("PUT", at, event(at, "3"), header, value), http.StatusPreconditionFailed); err != nil {
			return fmt.Errorf("%s %s: %w", header, value, err)
		}
	}
	if err := status(a.send("DELETE", at, "", "If-Match", `"stale"`), http.StatusPreconditionFailed); err != nil {
		return err
	}
	if err := status(a.send("DELETE", at, "", "If-Match", etag), http.StatusNoContent); err != nil {
		return err
	}
	return status(a.send("DELETE", at, ""), http.StatusNotFound)
}

func getHead(a *asker) error {
	at := a.Calendar + target.Random("g") + ".ics"
	put := a.send("PUT", at, event(at, "x"))
	for _, method := range []string{"GET", "HEAD"} {
		got := a.send(method, at, "")
		if err := status(got, http.StatusOK); err != nil {
			return err
		}
		if got.Header.Get("ETag") != put.Header.Get("ETag") || got.Header.Get("Last-Modified") == "" || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/calendar") {
			return fmt.Errorf("%s: headers %v, ETag of the PUT %s", method, got.Header, put.Header.Get("ETag"))
		}
		if want := event(at, "x"); method == "GET" && string(got.Body) != want {
			return fmt.Errorf("GET gave %q", got.Body)
		}
	}
	return nil
}

func getCollection(a *asker) error {
	return status(a.send("GET", a.Calendar, ""), http.StatusOK)
}

// largeCards holds a photo of several megabytes, which phones send inline.
func largeCards(a *asker) error {
	at, body := a.Book+target.Random("l")+".vcf", vcardOf(target.Random("l"), 9<<20)
	if err := status(a.send("PUT", at, body), http.StatusCreated); err != nil {
		return err
	}
	if got := a.send("GET", at, ""); string(got.Body) != body {
		return fmt.Errorf("%d bytes came back of %d", len(got.Body), len(body))
	}
	tooLarge := a.send("PUT", a.Book+"huge.vcf", vcardOf("huge", 11<<20))
	if err := status(tooLarge, http.StatusRequestEntityTooLarge, http.StatusForbidden); err != nil {
		return err
	}
	if !strings.Contains(string(tooLarge.Body), "max-resource-size") {
		return fmt.Errorf("refused without max-resource-size: %.200s", tooLarge.Body)
	}
	return nil
}
