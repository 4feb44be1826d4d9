package hostile

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"daycairn/conformance/wire"
)

// put stores an event of mallory's and gives the status.
func (l *lab) put(t *testing.T, at, body string) *wire.Answer {
	t.Helper()
	return l.do(t, wire.Request{Method: "PUT", Target: at, Body: []byte(body), Header: header("Content-Type", "text/calendar")})
}

// TestCounts fills collections and homes to their limit. Beyond it the answer is 507 with its condition; what is there can
// be read, changed and deleted, and the canary does not notice.
func TestCounts(t *testing.T) {
	const items, collections = 20, 6
	l := newLab(t, fmt.Sprintf("DAYCAIRN_LIMITS_MAX_ITEMS=%d", items), fmt.Sprintf("DAYCAIRN_LIMITS_MAX_COLLECTIONS=%d", collections))
	name := func(i int) string { return fmt.Sprintf("%s%d.ics", l.mallory.Calendar, i) }
	for i := range items {
		l.mustPut(t, name(i), "text/calendar", event(fmt.Sprint(i), since2025))
	}
	for method, a := range map[string]*wire.Answer{
		"PUT":  l.put(t, name(items), event("more", since2025)),
		"POST": l.do(t, wire.Request{Method: "POST", Target: l.mallory.Calendar, Body: []byte(event("more", since2025)), Header: header("Content-Type", "text/calendar")}),
	} {
		if a.Status != http.StatusInsufficientStorage {
			t.Errorf("%s beyond the limit: status %d, want 507", method, a.Status)
			continue
		}
		wantCondition(t, a, "quota-not-exceeded")
	}
	if a := l.put(t, name(0), event("0", since2025, "SUMMARY:changed")); a.Status != http.StatusNoContent {
		t.Errorf("a change at the limit: status %d, want 204", a.Status)
	}
	if a := l.do(t, wire.Request{Method: "DELETE", Target: name(1)}); a.Status != http.StatusNoContent {
		t.Errorf("DELETE at the limit: status %d, want 204", a.Status)
	}
	if a := l.put(t, name(items), event("more", since2025)); a.Status != http.StatusCreated {
		t.Errorf("PUT after a DELETE: status %d, want 201", a.Status)
	}
	made, refused := 0, 0
	for i := range 2 * collections {
		a := l.do(t, wire.Request{Method: "MKCALENDAR", Target: fmt.Sprintf("%sc%d/", l.mallory.CalHome, i)})
		switch a.Status {
		case http.StatusCreated:
			made++
		case http.StatusInsufficientStorage:
			wantCondition(t, a, "quota-not-exceeded")
			refused++
		default:
			t.Errorf("MKCALENDAR: status %d, want 201 or 507", a.Status)
		}
	}
	if made > collections || refused == 0 {
		t.Errorf("%d calendars were made and %d refused", made, refused)
	}
	moved := wire.Request{Method: "MOVE", Target: l.mallory.CalHome + "c0/", Header: header("Destination", l.mallory.CalHome+"renamed/")}
	if a := l.do(t, moved); a.Status != http.StatusCreated {
		t.Errorf("MOVE of a calendar at the limit: status %d, want 201: %.200s", a.Status, a.Body)
	}
	l.canary.mustDo(t, "GET", l.canary.user.Calendar, "", "")
	l.check(t)
}

// TestRefusals repeats a PUT that is refused, with another body each time, as a client that cannot be taught does. What the
// server keeps of that must not use up what the account may write.
func TestRefusals(t *testing.T) {
	l := newLab(t, "DAYCAIRN_LIMITS_HISTORY=1 MiB")
	l.mustPut(t, l.mallory.Calendar+"twin.ics", "text/calendar", event("twin", since2025))
	other := l.mallory.Calendar + "other.ics"
	for i := range 100 {
		a := l.put(t, other, event("twin", since2025, fmt.Sprintf("SUMMARY:%d%s", i, strings.Repeat("x", 30_000))))
		if a.Status != http.StatusForbidden {
			t.Fatalf("PUT %d of a UID that is taken: status %d, want 403", i, a.Status)
		}
		wantCondition(t, a, "no-uid-conflict")
		a = l.do(t, wire.Request{Method: "PUT", Target: other, Body: []byte(event(fmt.Sprint(i), since2025, strings.Repeat("x", 30_000))),
			Header: header("Content-Type", "text/calendar", "If-Match", `"gone"`)})
		if a.Status != http.StatusPreconditionFailed {
			t.Fatalf("PUT %d with If-Match: status %d, want 412", i, a.Status)
		}
	}
	if a := l.put(t, other, event("other", since2025, "SUMMARY:"+strings.Repeat("y", 30_000))); a.Status != http.StatusCreated {
		t.Errorf("a good PUT after 200 that were refused: status %d, want 201: %.200s", a.Status, a.Body)
	}
	l.check(t)
}

// TestHistory rewrites one item until its account's history is full: only that account's writing ends, and what makes
// nothing grow goes on.
func TestHistory(t *testing.T) {
	l := newLab(t, "DAYCAIRN_LIMITS_HISTORY=1 MiB")
	item := l.mallory.Calendar + "item.ics"
	l.mustPut(t, item, "text/calendar", event("item", since2025))
	full := false
	for i := range 200 {
		a := l.put(t, item, event("item", since2025, fmt.Sprintf("SUMMARY:%d%s", i, strings.Repeat("x", 20_000))))
		if a.Status == http.StatusInsufficientStorage {
			wantCondition(t, a, "quota-not-exceeded")
			full = true
			break
		}
		if a.Status != http.StatusNoContent {
			t.Fatalf("PUT %d: status %d", i, a.Status)
		}
	}
	if !full {
		t.Error("4 MB of history were taken, 1 MiB and 20 times the item are allowed")
	}
	for _, r := range []struct {
		wire.Request
		status int
	}{
		{wire.Request{Method: "GET", Target: item}, http.StatusOK},
		{wire.Request{Method: "PROPFIND", Target: l.mallory.Calendar, Header: header("Depth", "1")}, http.StatusMultiStatus},
		{wire.Request{Method: "REPORT", Target: l.mallory.Calendar, Header: header("Depth", "0"), Body: []byte(syncBody(""))}, http.StatusMultiStatus},
		{wire.Request{Method: "DELETE", Target: item}, http.StatusNoContent},
	} {
		if a := l.do(t, r.Request); a.Status != r.status {
			t.Errorf("%s with a full history: status %d, want %d: %.200s", r.Method, a.Status, r.status, a.Body)
		}
	}
	at := l.canary.user.Calendar + "after.ics"
	l.canary.mustDo(t, "PUT", at, event("after", since2025), "text/calendar")
	l.canary.before = l.canary.look(t)
	l.check(t)
}
