package promises

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"daycairn/conformance/wire"
)

// mustToken reads where a collection or home stands now.
func mustToken(t testing.TB, p *person, at string) string {
	t.Helper()
	m, err := p.multi("REPORT", at, "0", syncBody("", 0, "<D:getetag/>"))
	if err != nil {
		t.Fatal(err)
	}
	if m.SyncToken == "" {
		t.Fatalf("%s: a sync without a token", at)
	}
	return m.SyncToken
}

// listing asks what changed since a token, and gives the whole answer.
func listing(p *person, at, token string) (*wire.Answer, error) {
	return p.do("REPORT", at, []byte(syncBody(token, 0, "<D:getetag/>")), "Depth", "0", "Content-Type", xmlType)
}

// checkRefused wants 403 with DAV:valid-sync-token (RFC 6578 §3.2): neither an answer without changes, from which a
// client learns nothing for ever, nor the answer of a first sync, from which it deletes.
func checkRefused(p *person, at, token string) error {
	a, err := listing(p, at, token)
	if err != nil {
		return err
	}
	if a.Status != http.StatusForbidden || condition(a) != wire.Short(validToken) {
		return fmt.Errorf("token %q: %d %s %.200s, want 403 %s", token, a.Status, condition(a), a.Body, wire.Short(validToken))
	}
	return nil
}

// TestTokensOfOthers tries tokens that are authentic elsewhere.
func TestTokensOfOthers(t *testing.T) {
	s, foreign := mustServe(t), mustServe(t)
	a, b := mustPerson(t, s, "ada", 1), mustPerson(t, s, "bob", 1)
	twin := mustPerson(t, foreign, "ada", 1)
	for _, p := range []*person{a, b, twin} {
		p.mustDo(t, 201, "PUT", p.Calendar+"1.ics", event("1", "x"))
		p.mustDo(t, 201, "PUT", p.Book+"1.vcf", card("1", "x"), "Content-Type", books.mediaType)
	}
	places := map[string]func(*person) string{
		"a calendar": func(p *person) string { return p.Calendar }, "a task list": func(p *person) string { return p.Tasks },
		"a book": func(p *person) string { return p.Book }, "a calendar home": func(p *person) string { return p.CalHome },
		"a book home": func(p *person) string { return p.CardHome },
	}
	for at, place := range places {
		for from, source := range places {
			for whose, p := range map[string]*person{"own": a, "another user's": b, "another store's": twin} {
				t.Run(fmt.Sprintf("%s with %s token of %s", at, whose, from), func(t *testing.T) {
					token := mustToken(t, p, source(p))
					if p == a && at == from {
						if answer, err := listing(a, place(a), token); err != nil || answer.Status != http.StatusMultiStatus {
							t.Errorf("own token: %v %v", answer, err)
						}
						return
					}
					if err := checkRefused(a, place(a), token); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
	checkLog(t, s)
}

// TestTokenOfARemovedCollection wants the token of a collection to die with it, also when its name lives again.
func TestTokenOfARemovedCollection(t *testing.T) {
	s := mustServe(t)
	p := mustPerson(t, s, "ada", 1)
	at := p.CalHome + "again/"
	calendars.mustMake(t, p, at, "first")
	p.mustDo(t, 201, "PUT", at+"1.ics", event("1", "x"))
	token := mustToken(t, p, at)
	p.mustDo(t, 204, "DELETE", at, nil)
	p.mustDo(t, 404, "REPORT", at, []byte(syncBody(token, 0, "<D:getetag/>")), "Content-Type", xmlType)
	calendars.mustMake(t, p, at, "second")
	if err := checkRefused(p, at, token); err != nil {
		t.Error(err)
	}
}

// TestBrokenTokens changes an authentic token in every bit, cuts it everywhere, and tries what never was one.
func TestBrokenTokens(t *testing.T) {
	s := mustServe(t)
	p := mustPerson(t, s, "ada", 1)
	p.mustDo(t, 201, "PUT", p.Calendar+"1.ics", event("1", "x"))
	for _, at := range []string{p.Calendar, p.CalHome} {
		token := mustToken(t, p, at)
		for _, broken := range brokenTokens(token) {
			if err := checkRefused(p, at, broken); err != nil {
				t.Error(err)
			}
		}
		if a, err := listing(p, at, token); err != nil || a.Status != http.StatusMultiStatus {
			t.Errorf("the token itself: %v %v", a, err)
		}
	}
	checkLog(t, s)
}

func brokenTokens(token string) []string {
	list := []string{
		"x", "0", "-1", "data:,", "data:,0", "urn:x:0", "http://example.com/ns/sync/1", "%00", token + token, token + " x", "<x/>",
		strings.ToUpper(token), strings.ToLower(token) + "=", strings.Repeat("9", 100), strings.Repeat("a", 100_000),
		strings.ReplaceAll(token, ".", ".."), strings.ReplaceAll(token, ".", ".0"), token + ".", "." + token,
	}
	for i := range token {
		list = append(list, token[:i]+token[i+1:], token[:i]+"0"+token[i:])
		if i > 0 { // an empty token asks for everything
			list = append(list, token[:i])
		}
		for bit := range 7 {
			b := []byte(token)
			b[i] ^= 1 << bit
			list = append(list, string(b))
		}
	}
	return keep(list, func(s string) bool { return s != token && utf8.ValidString(s) && isXML(s) })
}

// isXML tells what can be written into a body at all, and is still there when white space was trimmed.
func isXML(s string) bool {
	var v struct {
		Text string `xml:",chardata"`
	}
	return xml.Unmarshal([]byte("<x>"+escaped(s)+"</x>"), &v) == nil && v.Text == s && strings.TrimSpace(s) == s
}

func keep(list []string, ok func(string) bool) []string {
	var kept []string
	for _, s := range list {
		if ok(s) {
			kept = append(kept, s)
		}
	}
	return kept
}
