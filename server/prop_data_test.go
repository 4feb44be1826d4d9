package server

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"daycairn/backend"
)

// answersOf gives what follows the href of each response.
func answersOf(body string) map[string]string {
	answers := map[string]string{}
	for _, m := range responseRE.FindAllStringSubmatch(body, -1) {
		answers[m[1]] = m[2]
	}
	return answers
}

// TestWhatCannotBeExpandedStaysListed: an endless rule of seconds, which an invitation may bring, spoils no answer.
func TestWhatCannotBeExpandedStaysListed(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"m.ics", strings.Replace(event("m", "endless"), "SUMMARY", "RRULE:FREQ=SECONDLY\r\nSUMMARY", 1))
	for i := range 200 { // more than is held back of an answer, before it and after it
		w.mustDo(201, "PUT", fmt.Sprintf("%s%c%03d.ics", calendarPath, "az"[i%2], i), event(fmt.Sprint("u", i), strings.Repeat("long ", 100)))
	}
	const expand = `<C:calendar-data><C:expand start="20260101T000000Z" end="20260201T000000Z"/></C:calendar-data>`
	const refusal = `<D:propstat><D:prop><C:calendar-data/></D:prop><D:status>HTTP/1.1 404 Not Found</D:status><D:error><D:number-of-matches-within-limits/></D:error></D:propstat>`
	query := strings.Replace(calendarQuery(inRange("20260101T000000Z", "20260201T000000Z"), ""), "<D:getetag/>", "<D:getetag/>"+expand, 1)
	sync := strings.Replace(syncBody("", 0), "<D:getetag/>", "<D:getetag/>"+expand, 1)
	sync = strings.Replace(sync, `xmlns:D="DAV:"`, `xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"`, 1)
	for name, body := range map[string]string{
		"query": query, "sync": sync, "multiget": multiget("<D:getetag/>"+expand, calendarPath+"m.ics", calendarPath+"z199.ics"),
	} {
		for _, prefer := range []string{"", "return=minimal"} {
			answers := answersOf(w.mustDo(207, "REPORT", calendarPath, body, "Prefer: "+prefer))
			if want := 201; len(answers) != want && name != "multiget" {
				t.Errorf("%s: %d answers, want %d", name, len(answers), want)
			}
			got := answers[calendarPath+"m.ics"]
			if !strings.HasPrefix(got, "<D:propstat><D:prop><D:getetag>") || !strings.HasSuffix(got, propstat200+refusal) {
				t.Errorf("%s: %s", name, got)
			}
			if got := answers[calendarPath+"z199.ics"]; !strings.Contains(got, "SUMMARY:long") || strings.Contains(got, "404") {
				t.Errorf("%s, of another: %s", name, got)
			}
		}
	}
	got := answersOf(w.mustDo(207, "REPORT", calendarPath, strings.Replace(query, "<D:getetag/>", "", 1)))[calendarPath+"m.ics"]
	if want := propstatOpen + propstat200 + refusal; got != want {
		t.Errorf("of the data alone: got %s, want %s", got, want)
	}
}

// TestCardThatCannotBeConverted: whoever asked for it by its href is told as RFC 6352 §8.7.2 says; in a listing it keeps
// its place.
func TestCardThatCannotBeConverted(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", bookPath+"new.vcf", card("u1", "Ann"))
	err := w.h.Store.Update(context.Background(), backend.Server, func(wr backend.Writer) error {
		p, err := wr.Principal("alice")
		if err != nil {
			return err
		}
		c, err := wr.Collection(p.ID, backend.AddressBook, "contacts")
		if err != nil {
			return err
		}
		_, _, err = wr.PutItem(c.ID, "old.vcf", []byte("BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Old\r\nEND:VCARD\r\n"),
			backend.Facts{Version: backend.FactsVersion, UID: "u2", Component: "VCARD"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(report, more string) string {
		return `<CR:` + report + ` xmlns:D="DAV:" xmlns:CR="urn:ietf:params:xml:ns:carddav"><D:prop><D:getetag/>` +
			`<CR:address-data content-type="text/vcard" version="4.0"/></D:prop>` + more + `</CR:` + report + `>`
	}
	const told = `<D:status>HTTP/1.1 415 Unsupported Media Type</D:status><D:error><CR:supported-address-data-conversion/></D:error>`
	got := answersOf(w.mustDo(207, "REPORT", bookPath, ask("addressbook-multiget", "<D:href>"+bookPath+"old.vcf</D:href>")))
	if got[bookPath+"old.vcf"] != told {
		t.Errorf("multiget: %s", got)
	}
	got = answersOf(w.mustDo(207, "REPORT", bookPath, ask("addressbook-query", "")))
	if old := got[bookPath+"old.vcf"]; !strings.HasPrefix(old, "<D:propstat><D:prop><D:getetag>") || !strings.Contains(old, propstat200) || strings.Contains(old, "415") {
		t.Errorf("query: %s", old)
	}
	if !strings.Contains(got[bookPath+"new.vcf"], "VERSION:4.0") {
		t.Errorf("query, of another: %s", got[bookPath+"new.vcf"])
	}
}
