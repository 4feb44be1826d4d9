package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

// A duty is a method, a report or a header that clients rely on, and what must come of it.
type duty struct {
	level, what string
	clients     string
	run         func(*asker) error
}

// An asker is a client at work: an account of its own, and the habits with which it writes requests.
type asker struct {
	*session
	t *testing.T
	h habit
}

// send asks with the client's habits; headers go before them.
func (a *asker) send(method, path, body string, headers ...string) *wire.Answer {
	a.t.Helper()
	media := a.h.media
	if body != "" && !strings.HasPrefix(body, "<") {
		media = mediaType(body)
	}
	all := append(append([]string{}, headers...), "User-Agent", a.h.agent)
	if !strings.Contains(strings.Join(headers, " "), "Content-Type") && body != "" {
		all = append(all, "Content-Type", media)
	}
	answer, err := a.try(a.t.Context(), method, path, body, append(all, a.h.headers...)...)
	if err != nil {
		a.t.Fatal(err)
	}
	return answer
}

// list wants a multistatus, and its hrefs to be exactly these.
func (a *asker) list(method, path, body string, hrefs []string, headers ...string) (*wire.Multistatus, error) {
	a.t.Helper()
	m, err := a.send(method, path, body, headers...).Multistatus()
	if err != nil {
		return nil, err
	}
	if len(m.Responses) != len(hrefs) {
		return nil, fmt.Errorf("%d responses, want %v", len(m.Responses), hrefs)
	}
	for _, h := range hrefs {
		if r := m.At(h); r == nil || r.Href != h {
			return nil, fmt.Errorf("no response for exactly %s", h)
		}
	}
	return m, nil
}

// status wants one of these.
func status(a *wire.Answer, want ...int) error {
	for _, w := range want {
		if a.Status == w {
			return nil
		}
	}
	return fmt.Errorf("status %d, want %v: %.300s", a.Status, want, a.Body)
}

// TestChecklistMethods does what each client does, each with an account of its own.
func TestChecklistMethods(t *testing.T) {
	srv := target.Start(t)
	people := map[string]*session{}
	for _, d := range duties {
		for _, client := range strings.Fields(d.clients) {
			if people[client] == nil {
				people[client] = login(t, srv, strings.ToLower(client))
			}
			t.Run(d.what+"/"+client, func(t *testing.T) {
				if err := d.run(&asker{people[client], t, habits[client]}); err != nil {
					t.Errorf("%s: %s, as %s asks: %v", d.level, d.what, client, err)
				}
			})
		}
	}
}

var duties = []duty{
	{needed, "OPTIONS everywhere", "Ap Dx TB EDS OL", optionsEverywhere},
	{needed, "PROPFIND at depths", "Ap Dx TB TBc EDS KDE OL VD TS PY", propfindDepths},
	{needed, "challenge without credentials", "Ap Dx TB EDS", challenge},
	{needed, "well-known", "Ap Dx TB EDS KDE OL VD TS", wellKnown},
	{needed, "calendar-multiget", "Ap Dx TB EDS KDE OL VD TS PY", calendarMultiget},
	{needed, "addressbook-multiget", "Ap Dx TBc EDS KDE OL VD TS", addressbookMultiget},
	{needed, "calendar-query", "Dx EDS KDE OL PY TS", calendarQuery},
	{needed, "sync-collection", "Ap Dx TB TBc EDS OL TS PY", syncCollection},
	{should, "sync-collection on the home", "Ap", syncHome},
	{needed, "PUT and DELETE with conditions", "Ap Dx TB TBc EDS KDE OL VD TS PY", putDelete},
	{needed, "making and removing collections", "Ap Dx EDS KDE OL VD PY", makeCollections},
	{needed, "PROPPATCH of the unknown", "Ap EDS KDE OL VD", proppatchUnknown},
	{needed, "MOVE between calendars", "Ap", moveBetween},
	{needed, "GET and HEAD", "Ap Dx TB EDS KDE OL VD TS PY", getHead},
	{should, "GET on a collection", "TS", getCollection},
	{should, "addressbook-query without filter", "KDE EDS", addressbookQuery},
	{should, "free-busy", "PY EDS", freeBusy},
	{should, "principal reports", "Ap", principalReports},
	{should, "gzip in both directions", "Ap Dx", gzipBoth},
	{should, "minimal answers", "Ap EDS KDE", minimalAnswers},
	{should, "truncation with limit", "Dx TB EDS", truncation},
	{needed, "tokens that are not ours", "Ap Dx TB TBc EDS OL PY", foreignTokens},
	{needed, "large cards", "Ap TBc", largeCards},
}

func optionsEverywhere(a *asker) error {
	for _, path := range []string{"/", "/dav/", a.Principal, a.CalHome, a.CardHome, a.Calendar, a.Book} {
		o := a.send("OPTIONS", path, "")
		if err := status(o, http.StatusOK); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		dav := o.Header.Values("DAV")
		if len(dav) != 1 || !strings.HasPrefix(dav[0], "1,") {
			return fmt.Errorf("%s: DAV %q, want one line that begins with 1", path, dav)
		}
		for _, token := range []string{"calendar-access", "addressbook", "extended-mkcol", "access-control", "3"} {
			if err := tokenIn(o.Header, "DAV", token); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		if o.Header.Get("Content-Length") != "0" || o.Header.Get("Allow") == "" {
			return fmt.Errorf("%s: Content-Length %q, Allow %q", path, o.Header.Get("Content-Length"), o.Header.Get("Allow"))
		}
	}
	return nil
}

func tokenIn(h http.Header, name, token string) error {
	for _, part := range strings.Split(strings.Join(h.Values(name), ","), ",") {
		if strings.TrimSpace(part) == token {
			return nil
		}
	}
	return fmt.Errorf("%s %q without %s", name, h.Values(name), token)
}

const propfindType = `<D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/></D:prop></D:propfind>`

func propfindDepths(a *asker) error {
	if _, err := a.list("PROPFIND", a.CalHome, propfindType, []string{a.CalHome}, "Depth", "0"); err != nil {
		return err
	}
	m, err := a.send("PROPFIND", a.CalHome, propfindType, "Depth", "1").Multistatus()
	if err != nil {
		return err
	}
	if m.At(a.Calendar) == nil || m.At(a.Tasks) == nil || m.At(a.CalHome) == nil {
		return fmt.Errorf("the home lists %d, without what is in it", len(m.Responses))
	}
	for _, r := range m.Responses {
		if p := r.Prop(wire.MustName("D:resourcetype")); p == nil || p.Status != 200 {
			return fmt.Errorf("%s without resourcetype", r.Href)
		}
	}
	slashless := strings.TrimSuffix(a.Calendar, "/")
	if _, err := a.list("PROPFIND", slashless, propfindType, []string{a.Calendar}, "Depth", "0"); err != nil {
		return fmt.Errorf("without the slash: %w", err)
	}
	return status(a.send("PROPFIND", a.CalHome, propfindType, "Depth", "infinity"), http.StatusForbidden)
}

func challenge(a *asker) error {
	nobody := &asker{&session{User: a.User, client: &wire.Client{Base: a.client.Base, HTTP: a.client.HTTP}}, a.t, a.h}
	for _, path := range []string{"/", "/dav/", "/principals/", a.Principal, a.CalHome, a.Calendar} {
		answer := nobody.send("PROPFIND", path, propfindType, "Depth", "0")
		if err := status(answer, http.StatusUnauthorized); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if !strings.HasPrefix(answer.Header.Get("WWW-Authenticate"), `Basic realm="`) {
			return fmt.Errorf("%s: WWW-Authenticate %q", path, answer.Header.Get("WWW-Authenticate"))
		}
	}
	// A burst of such requests must not lock anybody out.
	for range 30 {
		nobody.send("PROPFIND", "/dav/", propfindType, "Depth", "0")
	}
	_, err := a.list("PROPFIND", a.CalHome, propfindType, []string{a.CalHome}, "Depth", "0")
	return err
}

func wellKnown(a *asker) error {
	for _, path := range []string{"/.well-known/caldav", "/.well-known/carddav", "/.well-known/caldav/", "/.well-known/carddav/"} {
		for _, method := range []string{"PROPFIND", "GET", "OPTIONS"} {
			answer := a.send(method, path, "", "Depth", "0")
			if err := status(answer, http.StatusMovedPermanently); err != nil {
				return fmt.Errorf("%s %s: %w", method, path, err)
			}
			if to := answer.Header.Get("Location"); !strings.HasSuffix(to, "/dav/") {
				return fmt.Errorf("%s %s leads to %q", method, path, to)
			}
		}
	}
	return nil
}

func syncHome(a *asker) error {
	m, err := a.send("REPORT", a.CalHome, syncBody("", 0)).Multistatus()
	if err != nil {
		return err
	}
	if m.At(a.Calendar) == nil || m.At(a.Tasks) == nil || m.At(a.CalHome) != nil || !m.HasToken {
		return fmt.Errorf("the home's sync lists %d", len(m.Responses))
	}
	return nil
}

func principalReports(a *asker) error {
	answer := a.send("REPORT", "/dav/principals/", `<A:principal-search-property-set xmlns:A="DAV:"/>`)
	if err := status(answer, http.StatusOK); err != nil {
		return err
	}
	for path, body := range map[string]string{
		a.Principal:        `<A:expand-property xmlns:A="DAV:"><A:property name="calendar-proxy-read-for" namespace="http://calendarserver.org/ns/"><A:property name="displayname" namespace="DAV:"/></A:property></A:expand-property>`,
		"/dav/principals/": `<A:principal-property-search xmlns:A="DAV:"><A:property-search><A:prop><A:displayname/></A:prop><A:match>zzz</A:match></A:property-search><A:prop><A:displayname/></A:prop></A:principal-property-search>`,
	} {
		if _, err := a.send("REPORT", path, body).Multistatus(); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}
