package hostile

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"daycairn/conformance/wire"
)

// syncBody is a sync-collection with a token.
func syncBody(token string) string {
	return "<D:sync-collection" + xmlns + "><D:sync-token>" + token +
		"</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
}

// tokenOf reads the sync token of a collection or home.
func tokenOf(t *testing.T, c *wire.Client, at string) string {
	t.Helper()
	a, err := c.Do(t.Context(), wire.Request{
		Method: "PROPFIND", Target: at, Header: header("Depth", "0"), Body: []byte("<D:propfind" + xmlns + "><D:prop><D:sync-token/></D:prop></D:propfind>"),
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := a.Multistatus()
	if err != nil || len(m.Responses) != 1 {
		t.Fatalf("sync token of %s: %v: %.200s", at, err, a.Body)
	}
	return m.Responses[0].Value(wire.MustName("D:sync-token"))
}

// TestTokens changes tokens in every place and sends those of others. Each is refused by name; none is answered with an
// empty list, which clients would believe, and none stops the store.
func TestTokens(t *testing.T) {
	l := newLab(t)
	for i := range 3 {
		l.mustPut(t, fmt.Sprintf("%s%d.ics", l.mallory.Calendar, i), "text/calendar", event(fmt.Sprint(i), since2025))
	}
	own := tokenOf(t, l.http, l.mallory.Calendar)
	bad := map[string]string{
		"the canary's calendar": tokenOf(t, l.canary.http, l.canary.user.Calendar),
		"the canary's home":     tokenOf(t, l.canary.http, l.canary.user.CalHome),
		"mallory's tasks":       tokenOf(t, l.http, l.mallory.Tasks),
		"mallory's book":        tokenOf(t, l.http, l.mallory.Book),
		"mallory's home":        tokenOf(t, l.http, l.mallory.CalHome),
		"a word":                "x", "a number": "0", "a URI": "http://example.com/sync/1", "dots": "data:,......", "twice": own + own,
		"with a blank inside": own[:20] + " " + own[20:], "upper case": strings.ToUpper(own), "1 MiB": "data:," + strings.Repeat("a", 1<<20),
		"without its MAC": own[:strings.LastIndexByte(own, '.')+1], "padded": own + "=", "with another number": grown(own),
		"all zeros": zeros(own),
	}
	for i := range own {
		for _, bit := range []byte{1, 0x20} {
			b := []byte(own)
			b[i] ^= bit
			if b[i] > ' ' && b[i] < 0x7f && b[i] != '<' && b[i] != '&' {
				bad[fmt.Sprintf("bit %d of byte %d", bit, i)] = string(b)
			}
		}
	}
	for name, token := range bad {
		a := l.do(t, wire.Request{Method: "REPORT", Target: l.mallory.Calendar, Header: header("Depth", "0"), Body: []byte(syncBody(token))})
		if a.Status != http.StatusForbidden {
			t.Errorf("%s: status %d, want 403: %.200s", name, a.Status, a.Body)
			continue
		}
		wantCondition(t, a, "valid-sync-token")
	}
	a := l.do(t, wire.Request{Method: "REPORT", Target: l.mallory.Calendar, Header: header("Depth", "0"), Body: []byte(syncBody(own))})
	if m, err := a.Multistatus(); err != nil || len(m.Responses) != 0 || m.SyncToken != own {
		t.Errorf("the true token: %v: status %d: %.300s", err, a.Status, a.Body)
	}
	l.check(t)
}

// grown counts a number of the token up and leaves its MAC.
func grown(token string) string {
	part := strings.Split(token, ".")
	part[3] += "0"
	return strings.Join(part, ".")
}

// zeros has a MAC of nothing.
func zeros(token string) string {
	i := strings.LastIndexByte(token, '.') + 1
	return token[:i] + base64.RawURLEncoding.EncodeToString(make([]byte, 16))
}

// TestTokensOfTheDead wants tokens of a collection that was deleted, moved or made anew to tell nothing false.
func TestTokensOfTheDead(t *testing.T) {
	l := newLab(t)
	at := l.mallory.CalHome + "mortal/"
	create := func() {
		if a := l.do(t, wire.Request{Method: "MKCALENDAR", Target: at}); a.Status != http.StatusCreated {
			t.Fatalf("MKCALENDAR: status %d", a.Status)
		}
	}
	create()
	l.mustPut(t, at+"a.ics", "text/calendar", event("a", since2025))
	old := tokenOf(t, l.http, at)
	l.do(t, wire.Request{Method: "DELETE", Target: at})
	ask := func() *wire.Answer {
		return l.do(t, wire.Request{Method: "REPORT", Target: at, Header: header("Depth", "0"), Body: []byte(syncBody(old))})
	}
	if a := ask(); a.Status != http.StatusNotFound {
		t.Errorf("of a deleted collection: status %d, want 404", a.Status)
	}
	create()
	a := ask()
	if a.Status != http.StatusForbidden {
		t.Errorf("of the collection's successor: status %d, want 403: %.200s", a.Status, a.Body)
	}
	wantCondition(t, a, "valid-sync-token")
	l.check(t)
}
