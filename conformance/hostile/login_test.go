package hostile

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"daycairn/conformance/wire"
)

// guess asks once with a name and a password.
func (l *lab) guess(name, password string) (*wire.Answer, error) {
	c := &wire.Client{Base: l.srv.URL, User: name, Password: password, HTTP: l.http.HTTP}
	return c.Do(context.Background(), wire.Request{Method: "PROPFIND", Target: "/dav/", Header: header("Depth", "0")})
}

// TestGuessing tries 400 passwords of the canary, and 100 of people who do not exist: after a few the answer is 429
// with a wait, alike for both, and the canary's own device does not notice.
func TestGuessing(t *testing.T) {
	l := newLab(t)
	for _, name := range []string{"canary", "nobody"} {
		statuses := map[int]int{}
		for i := range 200 {
			a, err := l.guess(name, fmt.Sprintf("guess-%d", i))
			if err != nil {
				t.Fatal(err)
			}
			statuses[a.Status]++
			if a.Status == http.StatusTooManyRequests && a.Header.Get("Retry-After") == "" {
				t.Errorf("429 without Retry-After")
			}
		}
		if statuses[http.StatusUnauthorized] > 40 || statuses[http.StatusUnauthorized]+statuses[http.StatusTooManyRequests] != 200 {
			t.Errorf("%s: statuses %v, want at most 40 times 401 and else 429", name, statuses)
		}
	}
	if a := l.do(t, wire.Request{Method: "GET", Target: "/dav/"}); a.Status != http.StatusOK {
		t.Errorf("a right app password from the same address: status %d, want 200", a.Status)
	}
	l.check(t)
}

// TestMalformedCredentials sends what is no name and password.
func TestMalformedCredentials(t *testing.T) {
	l := newLab(t)
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, value := range []string{
		"Basic", "Basic ", "Basic !!!!", "Basic " + strings.Repeat("A", 40_000), basic("mallory"), basic("mallory:"), basic(":" + l.mallory.Password),
		basic("mallory:" + strings.Repeat("x", 3000)), basic("mallory\x00:" + l.mallory.Password), basic("mallory:" + l.mallory.Password + "\x00"),
		basic("\xff\xfe:x"), basic("mallory\r\nX: y:x"), basic(strings.Repeat(":", 2000)), "Bearer " + l.mallory.Password, "Digest username=\"mallory\"",
		"Negotiate x", "basic\t" + l.mallory.Password, basic("mallory:" + l.mallory.Password[:len(l.mallory.Password)-1]),
		basic("canary:" + l.mallory.Password), basic("' OR 1=1 --:x"), basic("mallory:$argon2id$v=19$m=1,t=1,p=1$c2FsdHNhbHQ$AAAA"),
	} {
		a, err := (&wire.Client{Base: l.srv.URL, HTTP: l.http.HTTP}).Do(t.Context(), wire.Request{Method: "GET", Target: "/dav/", Header: header("Authorization", value)})
		if err != nil {
			continue // net/http's client does not send it
		}
		if a.Status != http.StatusUnauthorized && a.Status != http.StatusTooManyRequests {
			t.Errorf("Authorization: %.60q: status %d, want 401", value, a.Status)
		}
	}
	a, err := (&wire.Client{Base: l.srv.URL, HTTP: l.http.HTTP}).Do(t.Context(), wire.Request{Method: "GET", Target: "/dav/", Header: header(
		"Authorization", basic("mallory:"+l.mallory.Password), "Authorization", basic("canary:x"))})
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != http.StatusUnauthorized && a.Status != http.StatusBadRequest {
		t.Errorf("two Authorization headers: status %d, want 401", a.Status)
	}
	l.check(t)
}

// TestHashExhaustion lets 200 wrong logins wait for the password hash at once. Whoever is logged in goes on working, and
// memory stays at a hash for each core.
func TestHashExhaustion(t *testing.T) {
	l := newLab(t)
	l.process.forgetPeak(t)
	before := l.process.cost(t)
	var bad sync.WaitGroup
	for i := range 200 {
		bad.Go(func() {
			a, err := l.guess(fmt.Sprintf("nobody-%d", i), "wrong")
			if err == nil && a.Status != http.StatusUnauthorized && a.Status != http.StatusTooManyRequests && a.Status != http.StatusServiceUnavailable {
				t.Errorf("status %d, want 401, 429 or 503", a.Status)
			}
		})
	}
	var took []time.Duration
	c := l.mallory.Client(l.srv.URL, 1)
	for range 20 {
		begun := time.Now()
		a, err := c.Do(t.Context(), wire.Request{Method: "PROPFIND", Target: l.mallory.Calendar, Header: header("Depth", "0")})
		if err != nil || a.Status != http.StatusMultiStatus {
			t.Fatalf("meanwhile: %v %v", a, err)
		}
		took = append(took, time.Since(begun))
	}
	bad.Wait()
	slices.Sort(took)
	if p95 := took[len(took)*95/100-1]; p95 > time.Second {
		t.Errorf("an authenticated request takes %v meanwhile (95 %%)", p95)
	}
	if grew := l.process.cost(t).peak - before.resident; grew > 256 {
		t.Errorf("took %d MiB", grew)
	}
	l.check(t)
}
