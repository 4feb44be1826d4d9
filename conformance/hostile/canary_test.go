package hostile

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

// A canary is somebody else's account, which nothing that the attacker does may touch or show.
type canary struct {
	user *target.User
	http *wire.Client
	// secret stands in each thing that the canary owns, and in no answer to the attacker.
	secret string
	before string
}

func mustCanary(t *testing.T, l *lab) *canary {
	t.Helper()
	u, err := l.srv.AddUser("canary")
	if err != nil {
		t.Fatal(err)
	}
	c := &canary{user: u, http: u.Client(l.srv.URL, 2), secret: target.Random("canary-secret-")}
	for i := range 5 {
		name := fmt.Sprintf("%s-%d", c.secret, i)
		c.mustDo(t, "PUT", u.Calendar+name+".ics", event(name, "DTSTART:20250101T100000Z", "RRULE:FREQ=WEEKLY"), "text/calendar")
		c.mustDo(t, "PUT", u.Book+name+".vcf", card(name, "NOTE:"+name), "text/vcard")
	}
	c.mustDo(t, "PROPPATCH", u.Calendar, `<D:propertyupdate`+xmlns+`><D:set><D:prop><X:note>`+c.secret+
		`</X:note></D:prop></D:set></D:propertyupdate>`, "application/xml")
	c.before = c.look(t)
	return c
}

func (c *canary) mustDo(t *testing.T, method, at, body, mediaType string, extra ...wire.Header) *wire.Answer {
	t.Helper()
	a, err := c.http.Do(context.Background(), wire.Request{
		Method: method, Target: at, Body: []byte(body), Header: append(extra, wire.Header{Name: "Content-Type", Value: mediaType}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if a.Status >= http.StatusBadRequest {
		t.Fatalf("canary: %s %s: status %d: %.200s", method, at, a.Status, a.Body)
	}
	return a
}

// look lists all that the canary has, with tokens, entity tags and the digest of each body.
func (c *canary) look(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, at := range []string{c.user.CalHome, c.user.CardHome, c.user.Calendar, c.user.Tasks, c.user.Book} {
		a := c.mustDo(t, "PROPFIND", at, `<D:propfind`+xmlns+`><D:prop><D:getetag/><D:sync-token/><D:displayname/><X:note/></D:prop></D:propfind>`,
			"application/xml", wire.Header{Name: "Depth", Value: "1"})
		m, err := a.Multistatus()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", a.Body)
		for _, r := range m.Responses {
			if strings.HasSuffix(r.Href, "/") {
				continue
			}
			body := c.mustDo(t, "GET", r.Href, "", "").Body
			fmt.Fprintf(&b, "%s %x\n", r.Href, sha256.Sum256(body))
		}
	}
	return b.String()
}

// check wants everything to be as it was.
func (c *canary) check(t *testing.T) {
	t.Helper()
	if after := c.look(t); after != c.before {
		t.Errorf("the canary was touched.\nbefore:\n%s\nafter:\n%s", c.before, after)
	}
}
