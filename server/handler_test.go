package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"daycairn/auth"
	"daycairn/backend"
	"daycairn/backend/sqlite"
)

// A world is a handler over a real store, with the accounts alice and bob: each has a calendar, a task list and a book.
type world struct {
	t testing.TB
	h *Handler
}

func newWorld(t testing.TB) *world {
	t.Helper()
	store, err := sqlite.Open(context.Background(), sqlite.Options{Dir: t.TempDir(), Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w := &world{t: t, h: &Handler{Store: store, Auth: byName{store}}}
	err = store.Update(context.Background(), backend.Server, func(wr backend.Writer) error {
		for _, name := range []string{"alice", "bob"} {
			p, err := wr.CreatePrincipal(backend.NewPrincipal{Name: name, DisplayName: strings.ToUpper(name), Addresses: []string{"mailto:" + name + "@example.org"}})
			if err != nil {
				return err
			}
			for _, c := range []backend.NewCollection{
				{Owner: p.ID, Kind: backend.Calendar, Slug: "calendar", Components: []string{"VEVENT"}, Default: true},
				{Owner: p.ID, Kind: backend.Calendar, Slug: "tasks", Components: []string{"VTODO"}},
				{Owner: p.ID, Kind: backend.AddressBook, Slug: "contacts", Default: true},
			} {
				if _, err := wr.CreateCollection(c); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// byName believes any user name with any password; "name+read" may only read.
type byName struct{ store backend.Store }

func (b byName) Authenticate(r *http.Request) (id auth.Identity, err error) {
	name, _, ok := r.BasicAuth()
	if !ok {
		return id, auth.ErrNoCredentials
	}
	name, id.ReadOnly = strings.CutSuffix(name, "+read")
	err = b.store.View(r.Context(), func(rd backend.Reader) error {
		id.Principal, err = rd.PrincipalByLogin(name)
		return err
	})
	if err != nil {
		return auth.Identity{}, auth.ErrWrong
	}
	return id, nil
}

// do sends a request as alice. headers are "Name: value".
func (w *world) do(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.as("alice", method, path, body, headers...)
}

func (w *world) as(user, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if user != "" {
		r.SetBasicAuth(user, "x")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		r.Header.Add(name, strings.TrimSpace(value))
	}
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	return rec
}

// mustDo wants a status, and gives the body.
func (w *world) mustDo(status int, method, path, body string, headers ...string) string {
	w.t.Helper()
	rec := w.do(method, path, body, headers...)
	if rec.Code != status {
		w.t.Fatalf("%s %s: status %d, want %d: %s", method, path, rec.Code, status, rec.Body)
	}
	return rec.Body.String()
}
