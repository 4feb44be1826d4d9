package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"daycairn/backend"
)

func mustBasic(t testing.TB, s backend.Store, now func() time.Time) *Basic {
	t.Helper()
	b, err := NewBasic(Options{Store: s, Cost: cheap, Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// world has alice (with login and app passwords), bob (disabled) and carol (no login password).
type world struct {
	*accounts
	*Basic
	app    string // of alice
	reader string // of alice, read only
	hashes atomic.Int64
	at     time.Time
}

func mustWorld(t *testing.T) *world {
	t.Helper()
	w := &world{at: noon, accounts: &accounts{people: []backend.Principal{
		{ID: 1, Name: "Alice", Slug: "alice"}, {ID: 2, Name: "bob", Slug: "bob", Disabled: true}, {ID: 3, Name: "carol", Slug: "carol"},
	}}}
	add := func(p int64, c backend.Credential) {
		c.ID, c.Principal = int64(len(w.creds)+1), p
		w.creds = append(w.creds, c)
	}
	add(1, backend.Credential{Kind: backend.LoginPassword, Scope: backend.FullScope, Secret: mustHash(t, cheap, "sesame")})
	add(2, backend.Credential{Kind: backend.LoginPassword, Scope: backend.FullScope, Secret: mustHash(t, cheap, "sesame")})
	var c backend.Credential
	var err error
	if w.app, c, err = NewAppPassword(strings.NewReader(strings.Repeat("daycairn", 4))); err != nil {
		t.Fatal(err)
	}
	add(1, c)
	if w.reader, c, err = NewAppPassword(strings.NewReader(strings.Repeat("readable", 4))); err != nil {
		t.Fatal(err)
	}
	c.Scope = backend.ReadScope
	add(1, c)
	w.Basic = mustBasic(t, w.accounts, func() time.Time { return w.at })
	w.Basic.verify = func(p phc, password string) bool {
		w.hashes.Add(1)
		return p.verify(password)
	}
	return w
}

func (w *world) ask(from, name, password string) (Identity, error) {
	r := &http.Request{RemoteAddr: from + ":1", Header: http.Header{}}
	r.SetBasicAuth(name, password)
	return w.Authenticate(r)
}

const home, away = "192.0.2.1", "198.51.100.1"

// Whoever is asked for, and whether there is such an account: the same answer for the same work.
func TestBasicWorkIsEqual(t *testing.T) {
	for _, tt := range []struct {
		name, password string
		credential     int64
		hashes         int64
	}{
		{"alice", "sesame", 1, 1},
		{"ALICE", "sesame", 1, 1},
		{"Ａｌｉｃｅ", "sesame", 1, 1}, // full width
		{"alice", "wrong", 0, 1},
		{"alice", "", 0, 1},
		{"bob", "sesame", 0, 1},
		{"bob", "wrong", 0, 1},
		{"carol", "wrong", 0, 1},
		{"nobody", "wrong", 0, 1},
		{"", "wrong", 0, 1},
		{"a\x00b", "wrong", 0, 1},
		{strings.Repeat("n", 1000), "wrong", 0, 1},
		{"\xff\xfe", "wrong", 0, 1},
		{"alice", "DAYCAIRN", 0, 1},
	} {
		w := mustWorld(t)
		id, err := w.ask(home, tt.name, tt.password)
		if id.Credential != tt.credential || (err == nil) != (tt.credential != 0) || err != nil && !errors.Is(err, ErrWrong) {
			t.Errorf("%.20q, %q: got %+v, %v; want credential %d", tt.name, tt.password, id, err, tt.credential)
		}
		if got := w.hashes.Load(); got != tt.hashes {
			t.Errorf("%.20q, %q: %d hashes, want %d", tt.name, tt.password, got, tt.hashes)
		}
	}
}

func TestBasicAppPassword(t *testing.T) {
	w := mustWorld(t)
	for range 3 {
		if id, err := w.ask(home, "alice", w.app); err != nil || id.Credential != 3 || id.ReadOnly || id.Principal.ID != 1 {
			t.Fatalf("got %+v, %v", id, err)
		}
		if id, err := w.ask(home, "alice", w.reader); err != nil || id.Credential != 4 || !id.ReadOnly {
			t.Fatalf("read only: got %+v, %v", id, err)
		}
	}
	if n := w.hashes.Load(); n != 0 {
		t.Errorf("%d argon2 hashes for app passwords", n)
	}
	if _, err := w.ask(home, "carol", w.app); !errors.Is(err, ErrWrong) {
		t.Errorf("alice's app password for carol: %v", err)
	}
	w.change(func(s *accounts) { s.creds[2].Revoked = true })
	if _, err := w.ask(home, "alice", w.app); !errors.Is(err, ErrWrong) {
		t.Errorf("revoked: %v", err)
	}
	w.change(func(s *accounts) { s.people[0].Disabled = true })
	if _, err := w.ask(home, "alice", w.reader); !errors.Is(err, ErrWrong) {
		t.Errorf("disabled: %v", err)
	}
}

func TestBasicRemembersUntilAChange(t *testing.T) {
	w := mustWorld(t)
	must := func(password string, want error, hashes int64) {
		t.Helper()
		w.hashes.Store(0)
		for range 5 {
			if _, err := w.ask(home, "alice", password); !errors.Is(err, want) {
				t.Fatalf("%s: got %v, want %v", password, err, want)
			}
		}
		if got := w.hashes.Load(); got != hashes {
			t.Fatalf("%s: %d hashes, want %d", password, got, hashes)
		}
	}
	must("sesame", nil, 1)
	must("open", ErrWrong, 1)
	must("sesame", nil, 0)
	w.at = w.at.Add(rememberRight)
	must("sesame", nil, 1)
	w.change(func(s *accounts) { s.creds[0].Secret = mustHash(t, cheap, "open") })
	must("sesame", ErrWrong, 1)
	must("open", nil, 1)
	w.change(func(s *accounts) { s.people[0].Disabled = true })
	must("open", ErrWrong, 1)
	w.change(func(s *accounts) { s.people[0].Disabled = false })
	must("open", nil, 0)
	w.change(func(s *accounts) { s.creds[0].Revoked = true })
	must("open", ErrWrong, 1)
	w.change(func(s *accounts) { s.people = s.people[1:] })
	must("open", ErrWrong, 0) // no login password and no account are the same state
}

func TestBasicThrottles(t *testing.T) {
	w := mustWorld(t)
	if _, err := w.ask(home, "alice", "sesame"); err != nil {
		t.Fatal(err)
	}
	var th *Throttled
	const guesses = 10000
	for i := range guesses {
		_, err := w.ask(away, "alice", fmt.Sprint("guess", i))
		if err == nil || !errors.Is(err, ErrWrong) && !errors.As(err, &th) {
			t.Fatalf("guess %d: %v", i, err)
		}
		w.at = w.at.Add(time.Millisecond)
	}
	if n := w.hashes.Load(); n > freeAccount+5 {
		t.Errorf("%d of %d guesses were tried", n, guesses)
	}
	if _, err := w.ask(away, "alice", "sesame"); !errors.As(err, &th) || th.RetryAfter < time.Second {
		t.Errorf("right password from where guesses come: got %v, want Throttled", err)
	}
	w.at = w.at.Add(rememberRight)
	before := w.hashes.Load()
	if _, err := w.ask(home, "alice", "sesame"); err != nil || w.hashes.Load() != before+1 {
		t.Errorf("right password from a known device: %v", err)
	}
	if _, err := w.ask(away, "alice", w.app); err != nil {
		t.Errorf("app password from anywhere: %v", err)
	}
}

func TestBasicDoesNotCountRepeats(t *testing.T) {
	w := mustWorld(t)
	for range 10 * freePlace {
		if _, err := w.ask(away, "alice", "the old one"); !errors.Is(err, ErrWrong) {
			t.Fatal(err)
		}
		if _, err := w.Authenticate(&http.Request{RemoteAddr: away + ":1"}); !errors.Is(err, ErrNoCredentials) {
			t.Fatal(err)
		}
	}
	if _, err := w.ask(away, "alice", "sesame"); err != nil {
		t.Errorf("after one wrong password, often: %v", err)
	}
}

func TestBasicPassesStoreErrorsOn(t *testing.T) {
	w := mustWorld(t)
	w.change(func(s *accounts) { s.err = fmt.Errorf("disk: %w", backend.ErrHold) })
	for _, password := range []string{"sesame", w.app, "wrong"} {
		if _, err := w.ask(home, "alice", password); !errors.Is(err, backend.ErrHold) || errors.Is(err, ErrWrong) {
			t.Errorf("got %v, want ErrHold", err)
		}
	}
}

func TestBasicRehashes(t *testing.T) {
	w := mustWorld(t)
	w.cost = Cost{Memory: 16, Time: 1, Threads: 1}
	if _, err := w.ask(home, "alice", "sesame"); err != nil {
		t.Fatal(err)
	}
	login, ok := loginOf(w.creds[2:])
	p, err := parsePHC(login.Secret)
	if !ok || err != nil || p.cost != w.cost || login.Principal != 1 || login.Scope != backend.FullScope {
		t.Fatalf("stored as %+v, %v", login, err)
	}
	if id, err := w.ask(home, "alice", "sesame"); err != nil || id.Credential != login.ID {
		t.Errorf("got %+v, %v", id, err)
	}
	// A change between the check and the new hash stays.
	w.change(func(s *accounts) {
		old := s.creds[0]
		old.Secret = "another"
		if err := replaceLogin(accountsTx{accounts: s}, old, "x"); !errors.Is(err, errChanged) {
			t.Errorf("got %v, want errChanged", err)
		}
	})
}

func TestBasicBurst(t *testing.T) {
	w := mustWorld(t)
	var wg sync.WaitGroup
	var failed atomic.Int64
	for range 50 {
		wg.Go(func() {
			if _, err := w.ask(home, "alice", "sesame"); err != nil {
				failed.Add(1)
			}
		})
	}
	wg.Wait()
	if failed.Load() != 0 || w.hashes.Load() > int64(cap(w.gate.turns)) {
		t.Errorf("%d failed, %d hashes for one burst at %d turns", failed.Load(), w.hashes.Load(), cap(w.gate.turns))
	}
}

func TestBasicBusy(t *testing.T) {
	w := mustWorld(t)
	w.gate = newGate(1, 0, time.Hour)
	if err := w.gate.enter(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ask(home, "alice", "sesame"); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
	if _, err := w.ask(home, "alice", w.app); err != nil {
		t.Errorf("an app password waits for nobody: %v", err)
	}
	w.gate.leave()
	if _, err := w.ask(home, "alice", "sesame"); err != nil {
		t.Error(err)
	}
	w.gate = newGate(1, 1, time.Millisecond)
	ctx, cancel := context.WithCancel(context.Background())
	if err := w.gate.enter(ctx); err != nil {
		t.Fatal(err)
	}
	if err := w.gate.enter(ctx); !errors.Is(err, ErrBusy) {
		t.Errorf("late: got %v, want ErrBusy", err)
	}
	cancel()
	w.gate.wait = time.Hour
	if err := w.gate.enter(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("gone: got %v, want Canceled", err)
	}
	if w.gate.waiting.Load() != 0 {
		t.Error("the queue does not empty")
	}
}

func TestFlush(t *testing.T) {
	w := mustWorld(t)
	if err := w.Flush(context.Background()); err != nil || w.touched != nil {
		t.Fatalf("nothing to write: %v, %v", w.touched, err)
	}
	if _, err := w.ask(home, "alice", w.app); err != nil {
		t.Fatal(err)
	}
	w.change(func(s *accounts) { s.err = backend.ErrFull })
	if err := w.Flush(context.Background()); !errors.Is(err, backend.ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	if !w.LastUsed(3).Equal(noon) {
		t.Errorf("lost: %v", w.LastUsed(3))
	}
	w.change(func(s *accounts) { s.err = nil })
	w.at = noon.Add(time.Minute)
	if _, err := w.ask(home, "alice", w.app); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(context.Background()); err != nil || !w.touched[3].Equal(w.at) || len(w.touched) != 1 {
		t.Errorf("got %v, %v", w.touched, err)
	}
	if !w.LastUsed(3).IsZero() {
		t.Error("written, and kept")
	}
}

func TestHeaderMethod(t *testing.T) {
	w := mustWorld(t)
	peers, err := ParseProxies([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	m := Chain{&Header{Store: w.accounts, Name: "X-Remote-User", Peers: peers}, w.Basic}
	for _, tt := range []struct {
		from  string
		users []string
		want  error
	}{
		{"127.0.0.1", []string{"alice"}, nil},
		{"127.0.0.1", []string{"bob"}, ErrWrong},
		{"127.0.0.1", []string{"nobody"}, ErrWrong},
		{"127.0.0.1", []string{"alice", "carol"}, ErrWrong},
		{"127.0.0.1", []string{""}, ErrNoCredentials},
		{"127.0.0.1", nil, ErrNoCredentials},
		{away, []string{"alice"}, ErrNoCredentials},
	} {
		r := &http.Request{RemoteAddr: tt.from + ":1", Header: http.Header{"X-Remote-User": tt.users}}
		r.Header.Set("X-Forwarded-For", "127.0.0.1")
		if id, err := m.Authenticate(r); !errors.Is(err, tt.want) || err == nil && id.Principal.ID != 1 {
			t.Errorf("%s says %q: got %+v, %v; want %v", tt.from, tt.users, id, err, tt.want)
		}
	}
	w.change(func(s *accounts) { s.err = backend.ErrHold })
	r := &http.Request{RemoteAddr: "127.0.0.1:1", Header: http.Header{"X-Remote-User": {"alice"}}}
	if _, err := m.Authenticate(r); !errors.Is(err, backend.ErrHold) {
		t.Errorf("got %v, want ErrHold", err)
	}
}
