package auth

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"daycairn/backend"
	"daycairn/backend/sqlite"
)

// cheap keeps tests fast.
var cheap = Cost{Memory: 8, Time: 1, Threads: 1}

// zeros is randomness that tests own.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func mustHash(t testing.TB, c Cost, password string) string {
	t.Helper()
	h, err := c.hash(password, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func mustStore(t testing.TB) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: t.TempDir(), Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func mustBasic(t testing.TB, s backend.Store, now func() time.Time) *Basic {
	t.Helper()
	b, err := NewBasic(Options{Store: s, Cost: cheap, Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// world has alice (with login and app passwords), bob (disabled) and carol (no login password). What it asks for is
// counted in hashes.
type world struct {
	*Basic
	s                   *sqlite.Store
	alice, bob          backend.Principal
	login               backend.Credential // of alice
	app, reader         backend.Credential // of alice
	appShown, readShown string
	hashes              atomic.Int64
	at                  time.Time
}

func mustWorld(t testing.TB) *world {
	t.Helper()
	w := &world{s: mustStore(t), at: noon}
	var errs [2]error
	w.appShown, w.app, errs[0] = NewAppPassword(strings.NewReader(strings.Repeat("daycairn", 4)))
	w.readShown, w.reader, errs[1] = NewAppPassword(strings.NewReader(strings.Repeat("readable", 4)))
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	w.reader.Scope = backend.ReadScope
	w.change(t, func(tx backend.Writer) (err error) {
		if w.alice, err = tx.CreatePrincipal(backend.NewPrincipal{Name: "Alice"}); err != nil {
			return err
		}
		if w.bob, err = tx.CreatePrincipal(backend.NewPrincipal{Name: "bob"}); err != nil {
			return err
		}
		if _, err = tx.CreatePrincipal(backend.NewPrincipal{Name: "carol"}); err != nil {
			return err
		}
		w.login = loginWith(w.alice, mustHash(t, cheap, "sesame"))
		w.app.Principal, w.reader.Principal = w.alice.ID, w.alice.ID
		for _, c := range []*backend.Credential{&w.login, &w.app, &w.reader} {
			if *c, err = tx.AddCredential(*c); err != nil {
				return err
			}
		}
		if _, err = tx.AddCredential(loginWith(w.bob, mustHash(t, cheap, "sesame"))); err != nil {
			return err
		}
		w.bob.Disabled = true
		return tx.UpdatePrincipal(w.bob)
	})
	w.reset(t)
	return w
}

func loginWith(p backend.Principal, hash string) backend.Credential {
	return backend.Credential{Principal: p.ID, Kind: backend.LoginPassword, Scope: backend.FullScope, Secret: hash}
}

// reset forgets everything but the store, as a restart does.
func (w *world) reset(t testing.TB) {
	t.Helper()
	w.Basic = mustBasic(t, w.s, func() time.Time { return w.at })
	w.Basic.verify = func(p phc, password string) bool {
		w.hashes.Add(1)
		return p.verify(password)
	}
	w.hashes.Store(0)
}

// change edits the store between requests.
func (w *world) change(t testing.TB, fn func(backend.Writer) error) {
	t.Helper()
	if err := w.s.Update(context.Background(), backend.Server, fn); err != nil {
		t.Fatal(err)
	}
}

func (w *world) setPassword(t testing.TB, password string) {
	t.Helper()
	w.change(t, func(tx backend.Writer) (err error) {
		w.login, err = tx.AddCredential(loginWith(w.alice, mustHash(t, cheap, password)))
		return err
	})
}

func (w *world) setDisabled(t testing.TB, disabled bool) {
	t.Helper()
	w.alice.Disabled = disabled
	w.change(t, func(tx backend.Writer) error { return tx.UpdatePrincipal(w.alice) })
}

func (w *world) revoke(t testing.TB, c backend.Credential) {
	t.Helper()
	w.change(t, func(tx backend.Writer) error { return tx.RevokeCredential(c.ID) })
}

func (w *world) mustHold(t testing.TB) {
	t.Helper()
	if err := w.s.Hold("test"); err != nil {
		t.Fatal(err)
	}
}

func (w *world) ask(from, name, password string) (Identity, error) {
	r := &http.Request{RemoteAddr: from + ":1", Header: http.Header{}}
	r.SetBasicAuth(name, password)
	return w.Authenticate(r)
}

const home, away = "192.0.2.1", "198.51.100.1"
