package conformance

import (
	"fmt"
	"net/http"
	"strings"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

// makeCollections makes calendars and books by each method that a client uses, with and without a slash, and takes them
// away. The answer is 201, the removal 204: a 207 is a failure to DAVx5.
func makeCollections(a *asker) error {
	const prop = `<D:set><D:prop><D:resourcetype><D:collection/><%s/></D:resourcetype><D:displayname>made</D:displayname>%s</D:prop></D:set>`
	const colour = `<I:calendar-color xmlns:I="http://apple.com/ns/ical/" symbolic-color="custom">#112233FF</I:calendar-color><C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>`
	for _, how := range []struct{ method, at, body string }{
		{"MKCALENDAR", a.CalHome + target.Random("n") + "/", `<C:mkcalendar` + spaces + `>` + fmt.Sprintf(prop, "C:calendar", colour) + `</C:mkcalendar>`},
		{"MKCALENDAR", a.CalHome + target.Random("n"), `<C:mkcalendar` + spaces + `>` + fmt.Sprintf(prop, "C:calendar", colour) + `</C:mkcalendar>`},
		{"MKCALENDAR", a.CalHome + target.Random("n") + "/", ""},
		{"MKCOL", a.CalHome + target.Random("n"), `<D:mkcol` + spaces + `>` + fmt.Sprintf(prop, "C:calendar", colour) + `</D:mkcol>`},
		{"MKCOL", a.CardHome + target.Random("n") + "/", `<D:mkcol` + spaces + `>` + fmt.Sprintf(prop, "CR:addressbook", "") + `</D:mkcol>`},
	} {
		if err := status(a.send(how.method, how.at, how.body), http.StatusCreated); err != nil {
			return fmt.Errorf("%s: %w", how.method, err)
		}
		at := strings.TrimSuffix(how.at, "/") + "/"
		if _, err := a.list("PROPFIND", at, propfindType, []string{at}, "Depth", "0"); err != nil {
			return fmt.Errorf("%s: %w", how.method, err)
		}
		if err := status(a.send(how.method, how.at, how.body), http.StatusMethodNotAllowed, http.StatusForbidden); err != nil {
			return fmt.Errorf("%s where one is: %w", how.method, err)
		}
		if err := status(a.send("DELETE", at, ""), http.StatusNoContent); err != nil {
			return err
		}
		if err := status(a.send("DELETE", at, ""), http.StatusNotFound); err != nil {
			return err
		}
	}
	return status(a.send("MKCALENDAR", a.CalHome+"no/where/", ""), http.StatusConflict, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed)
}

// proppatchUnknown sets what nobody has heard of, everywhere; each must be 200 and come back with its attributes.
func proppatchUnknown(a *asker) error {
	mark := wire.MustName("X:mark")
	if strings.HasPrefix(a.h.agent, "iOS") { // what a phone does first
		body := `<A:propertyupdate xmlns:A="DAV:"><A:set><A:prop><B:default-alarm-vevent-date xmlns:B="urn:ietf:params:xml:ns:caldav"/></A:prop></A:set></A:propertyupdate>`
		if err := status(a.send("PROPPATCH", a.CalHome, body), http.StatusMultiStatus, http.StatusOK, http.StatusNoContent); err != nil {
			return err
		}
	}
	for _, at := range []string{a.CalHome, a.CardHome, a.Calendar, a.Tasks, a.Book} {
		body := `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><X:mark xmlns:X="http://example.com/ns/" X:how="so"><X:in a="b">text</X:in></X:mark></D:prop></D:set></D:propertyupdate>`
		answer := a.send("PROPPATCH", at, body)
		if answer.Status == http.StatusMultiStatus {
			m, err := answer.Multistatus()
			if err != nil {
				return err
			}
			if r := m.At(at); r == nil || r.Prop(mark) == nil || r.Prop(mark).Status != http.StatusOK {
				return fmt.Errorf("%s: not told as 200", at)
			}
		} else if err := status(answer, http.StatusOK, http.StatusNoContent); err != nil {
			return err
		}
		m, err := a.list("PROPFIND", at, `<D:propfind xmlns:D="DAV:"><D:prop><X:mark xmlns:X="http://example.com/ns/"/></D:prop></D:propfind>`, []string{at}, "Depth", "0")
		if err != nil {
			return err
		}
		want, err := wire.ParseFragment(`<X:mark X:how="so"><X:in a="b">text</X:in></X:mark>`)
		if err != nil {
			return err
		}
		if p := m.At(at).Prop(mark); p == nil || p.El.Canon() != want[0].Canon() {
			return fmt.Errorf("%s: came back as %+v", at, p)
		}
	}
	return nil
}

// moveBetween is what Apple does, with an absolute URL as its proxy shows it, and both collections tell of it.
func moveBetween(a *asker) error {
	to := a.CalHome + target.Random("n") + "/"
	if err := status(a.send("MKCALENDAR", to, ""), http.StatusCreated); err != nil {
		return err
	}
	name := target.Random("v") + ".ics"
	put := a.send("PUT", a.Calendar+name, event(name, "x"))
	before, err := a.send("REPORT", a.Calendar, syncBody("", 0)).Multistatus()
	if err != nil {
		return err
	}
	if err := status(a.send("MOVE", a.Calendar+name, "", "Destination", "https://proxy.example:8443"+to+name, "Overwrite", "F"), http.StatusCreated); err != nil {
		return err
	}
	if got := a.send("GET", to+name, ""); got.Header.Get("ETag") != put.Header.Get("ETag") {
		return fmt.Errorf("ETag %q there, was %q", got.Header.Get("ETag"), put.Header.Get("ETag"))
	}
	m, err := a.list("REPORT", a.Calendar, syncBody(before.SyncToken, 0), []string{a.Calendar + name})
	if err != nil {
		return err
	}
	if m.At(a.Calendar+name).Status != http.StatusNotFound {
		return fmt.Errorf("the old place does not tell of the removal")
	}
	_, err = a.list("REPORT", to, syncBody("", 0), []string{to + name})
	return err
}

func addressbookQuery(a *asker) error {
	name := target.Random("q") + ".vcf"
	if err := status(a.send("PUT", a.Book+name, vcardOf(name, 3)), http.StatusCreated); err != nil {
		return err
	}
	for _, filter := range []string{"", "<CR:filter/>", `<CR:filter><CR:prop-filter name="FN"><CR:text-match>` + strings.TrimSuffix(name, ".vcf") + `</CR:text-match></CR:prop-filter></CR:filter>`} {
		m, err := a.send("REPORT", a.Book, `<CR:addressbook-query`+spaces+`><D:prop><D:getetag/><CR:address-data><CR:allprop/></CR:address-data></D:prop>`+filter+`</CR:addressbook-query>`, "Depth", "1").Multistatus()
		if err != nil {
			return err
		}
		if r := m.At(a.Book + name); r == nil || r.Value(wire.MustName("CR:address-data")) != vcardOf(name, 3) {
			return fmt.Errorf("filter %q: not found whole", filter)
		}
	}
	return nil
}

func freeBusy(a *asker) error {
	answer := a.send("REPORT", a.Calendar, `<C:free-busy-query`+spaces+`><C:time-range start="20260101T000000Z" end="20260201T000000Z"/></C:free-busy-query>`, "Depth", "1")
	if err := status(answer, http.StatusOK); err != nil {
		return err
	}
	if !strings.Contains(string(answer.Body), "BEGIN:VFREEBUSY") || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/calendar") {
		return fmt.Errorf("%s: %.200s", answer.Header.Get("Content-Type"), answer.Body)
	}
	return nil
}

// gzipBoth sends packed and asks for packed; the ETag is the same in every dress.
func gzipBoth(a *asker) error {
	at, body := a.Book+target.Random("z")+".vcf", vcardOf(target.Random("z"), 100_000)
	packed, err := wire.Gzip([]byte(body))
	if err != nil {
		return err
	}
	put := a.send("PUT", at, string(packed), "Content-Type", "text/vcard", "Content-Encoding", "gzip")
	if err := status(put, http.StatusCreated); err != nil {
		return err
	}
	got := a.send("GET", at, "", "Accept-Encoding", "gzip")
	if !got.Encoded || string(got.Body) != body {
		return fmt.Errorf("packed: %v, %d bytes", got.Encoded, len(got.Body))
	}
	if got.Header.Get("ETag") != put.Header.Get("ETag") {
		return fmt.Errorf("ETag %q, of the PUT %q", got.Header.Get("ETag"), put.Header.Get("ETag"))
	}
	return status(a.send("PUT", at, body+" ", "If-Match", strings.TrimSuffix(put.Header.Get("ETag"), `"`)+`-gzip"`), http.StatusNoContent, http.StatusForbidden)
}

func minimalAnswers(a *asker) error {
	m, err := a.list("PROPFIND", a.Calendar, `<D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/><D:nothing/></D:prop></D:propfind>`, []string{a.Calendar}, "Depth", "0")
	if err != nil {
		return err
	}
	if p := m.At(a.Calendar).Prop(wire.MustName("D:nothing")); p != nil {
		return fmt.Errorf("a missing property is told: %+v", p)
	}
	return nil
}

func truncation(a *asker) error {
	for range 3 {
		name := target.Random("t")
		if err := status(a.send("PUT", a.Book+name+".vcf", vcardOf(name, 1)), http.StatusCreated); err != nil {
			return err
		}
	}
	m, err := a.send("REPORT", a.Book, syncBody("", 2), "Depth", "0").Multistatus()
	if err != nil {
		return err
	}
	if r := m.At(a.Book); r == nil || r.Status != http.StatusInsufficientStorage || len(m.Responses) != 3 || !m.HasToken {
		return fmt.Errorf("%d responses, own %+v, token %q", len(m.Responses), r, m.SyncToken)
	}
	return nil
}

// foreignTokens are refused in the one form that each client understands: Thunderbird's address book wants 400.
func foreignTokens(a *asker) error {
	for _, at := range []string{a.Calendar, a.Book} {
		want := http.StatusForbidden
		if at == a.Book && strings.Contains(a.h.agent, "Thunderbird") {
			want = http.StatusBadRequest
		}
		for _, token := range []string{"data:,0", "http://elsewhere.example/ns/sync/5", "x"} {
			answer := a.send("REPORT", at, syncBody(token, 0), "Depth", "0")
			if err := status(answer, want); err != nil {
				return fmt.Errorf("%s, token %s: %w", at, token, err)
			}
			root, err := wire.ParseXML(answer.Body)
			if err != nil {
				return err
			}
			if len(root.Children) != 1 || root.Children[0].Name != validToken {
				return fmt.Errorf("body %s", root.Canon())
			}
		}
	}
	return nil
}
