package transcript

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"daycairn/conformance/wire"
)

const listing = `<?xml version="1.0" encoding="utf-8"?>
<multistatus xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
 <response><href>/c/</href><propstat><prop><resourcetype><c:calendar/><collection/></resourcetype><displayname>Home &amp; work</displayname></prop><status>HTTP/1.1 200 OK</status></propstat>
 <propstat><prop><getetag/></prop><status>HTTP/1.1 404 Not Found</status></propstat></response>
 <response><href>/c/1%2E.ics</href><propstat><prop><getetag>"a"</getetag><c:calendar-data>BEGIN:VCALENDAR
SUMMARY:lo
 ng
END:VCALENDAR
</c:calendar-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>
 <response><href>/c/2.ics</href><status>HTTP/1.1 404 Not Found</status></response>
 <sync-token>data:,7</sync-token>
</multistatus>`

// answers is a server with one of each answer.
func answers(w http.ResponseWriter, r *http.Request) {
	xml := func(status int, body string) {
		w.Header().Set("Content-Type", "application/xml; charset=utf-8")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
	switch r.URL.Path {
	case "/echo":
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Allow", "GET, PUT")
		io.Copy(w, r.Body)
	case "/list":
		xml(207, listing)
	case "/twice":
		xml(207, strings.Replace(listing, "/c/2.ics", "/c/", 1))
	case "/phrase":
		xml(207, strings.Replace(listing, "404 Not Found", "404 not found", 1))
	case "/host":
		xml(207, strings.Replace(listing, "/c/2.ics", "http://h/c/2.ics", 1))
	case "/error":
		xml(403, `<error xmlns="DAV:"><valid-sync-token/></error>`)
	case "/errors":
		xml(403, `<error xmlns="DAV:"><valid-sync-token/><x/></error>`)
	case "/broken":
		xml(400, `<error xmlns="DAV:">`)
	}
}

// play runs one exchange against answers.
func play(t *testing.T, exchange string) error {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(answers))
	defer srv.Close()
	f, _, err := Parse("x.http", "# RFC 4918 §9\n"+exchange)
	if err != nil {
		t.Fatal(err)
	}
	user := &wire.Client{Base: srv.URL, HTTP: wire.Transport(1)}
	return Run(context.Background(), f, Cast{Clients: map[string]*wire.Client{"user": user}, Vars: map[string]string{"c": "/c/"}})
}

func TestExpectationsHold(t *testing.T) {
	for _, exchange := range []string{
		"> PUT /echo\n> @keep sent\n\nhello\n< 200\n< ETag: \"e\"\n< ETag ~ ^\"e\"$\n< Allow has PUT\n< Allow lacks POST\n< ! Location\n< body == {sent}\n< body has ell\n",
		"> GET /echo\n< 2xx\n< body empty\n",
		"> PUT /echo\n> @text \"\\xff\"\n< 200\n< body ~ ^.$\n",
		"> PUT /echo\n> @body event uid=77\n< 200\n< body has UID:77\n< body count 1 BEGIN:VEVENT\n",
		"> PROPFIND /list\n< 207\n< responses {c} {c}1..ics {c}2.ics\n< count 3\n< has {c}\n< lacks {c}9\n",
		"> PROPFIND /list\n< 207\n< prop {c} D:displayname 200 = Home & work\n< prop {c} D:resourcetype 200 is <D:collection/><C:calendar/>\n< prop {c} D:resourcetype 200 has C:calendar\n< prop {c} D:resourcetype 200 lacks D:principal\n< prop {c} D:getetag 404\n< prop {c} D:owner absent\n",
		"> PROPFIND /list\n< 207\n< props {c} 200 D:displayname D:resourcetype\n< status {c}2.ics 404\n< sync-token ~ ^data:\n< data {c}1..ics has SUMMARY:long\n< data {c}1..ics count 1 BEGIN:\n",
		"> PROPFIND /list\n< 207\n< let etag = prop {c}1..ics D:getetag\n< let tok = sync-token\n\n> PUT /echo\n\n{tok}{etag}\n< 200\n< body has data:,7\"a\"\n",
		"> PROPFIND /list\n< 207\n< xml root D:multistatus\n< xml has D:response/D:href\n< xml lacks D:error\n< xml count 3 D:response\n< xml D:sync-token = data:,7\n",
		"> REPORT /error\n< 403|409\n< error D:valid-sync-token\n",
		"> PUT /echo\n> @times 3\n\n{n}\n< 200\n< body ~ ^[123]\n",
	} {
		if err := play(t, exchange); err != nil {
			t.Errorf("%s\n%v", exchange, err)
		}
	}
}

func TestExpectationsFail(t *testing.T) {
	for _, exchange := range []string{
		"> GET /echo\n< 201\n",
		"> GET /echo\n< 200\n< ETag: \"f\"\n",
		"> GET /echo\n< 200\n< ! ETag\n",
		"> GET /echo\n< 200\n< Allow has POST\n",
		"> GET /echo\n< 200\n< body has x\n",
		"> GET /echo\n< 200\n< let never = header ETag\n",
		"> GET /echo\n< 200\n< let never = header Location\n",
		"> GET {nowhere}\n< 200\n",
		"> GET /echo\n> @as other\n< 200\n",
		"> PROPFIND /list\n< 207\n< responses {c}\n",
		"> PROPFIND /list\n< 207\n< responses none\n",
		"> PROPFIND /list\n< 207\n< prop {c} D:displayname 404\n",
		"> PROPFIND /list\n< 207\n< prop {c} D:displayname 200 = Home\n",
		"> PROPFIND /list\n< 207\n< prop {c} D:getetag absent\n",
		"> PROPFIND /list\n< 207\n< prop {c} D:resourcetype 200 is <D:collection/>\n",
		"> PROPFIND /list\n< 207\n< prop {c} D:resourcetype 200 lacks C:calendar\n",
		"> PROPFIND /list\n< 207\n< prop {c}nothing D:resourcetype 200\n",
		"> PROPFIND /list\n< 207\n< props {c} 200 D:displayname\n",
		"> PROPFIND /list\n< 207\n< status {c} 404\n",
		"> PROPFIND /list\n< 207\n< sync-token ~ ^http\n",
		"> PROPFIND /list\n< 207\n< data {c} has x\n",
		"> PROPFIND /list\n< 207\n< xml has D:error\n",
		"> PROPFIND /twice\n< 207\n",
		"> PROPFIND /phrase\n< 207\n",
		"> PROPFIND /host\n< 207\n",
		"> PROPFIND /list\n< 207\n< error D:valid-sync-token\n",
		"> REPORT /error\n< 403\n< error C:valid-filter\n",
		"> REPORT /errors\n< 403\n< error D:valid-sync-token\n",
		"> REPORT /broken\n< 400\n",
	} {
		if err := play(t, exchange); err == nil {
			t.Errorf("passed, and must not:\n%s", exchange)
		}
	}
}
