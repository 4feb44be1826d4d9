// Package backendtest is what every backend.Store promises, as tests.
package backendtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"

	"daycairn/backend"
)

// Open makes a new, empty store for one test and closes it with the test.
type Open func(t *testing.T) backend.Store

// Run holds a store against all promises. At the end of each test the store verifies itself without damage.
func Run(t *testing.T, open Open) {
	for _, group := range [...][]promise{
		itemPromises, queryPromises, movePromises, collectionPromises, homePromises, propertyPromises, principalPromises,
		credentialPromises, historyPromises, transactionPromises, concurrencyPromises, storePromises,
	} {
		for _, p := range group {
			t.Run(p.name, func(t *testing.T) {
				p.test(newFixture(t, open))
			})
		}
	}
}

type promise struct {
	name string
	test func(*fixture)
}

var alice = backend.Actor{Principal: 1, Credential: 7, Agent: "test/1.0"}

// A fixture is a store with a principal who has a calendar and an address book.
type fixture struct {
	*testing.T
	ctx       context.Context
	store     backend.Store
	principal backend.Principal
	work      backend.Collection // a calendar
	people    backend.Collection // an address book
}

func newFixture(t *testing.T, open Open) *fixture {
	f := &fixture{T: t, ctx: t.Context(), store: open(t)}
	f.update(func(w backend.Writer) error {
		var err error
		if f.principal, err = w.CreatePrincipal(backend.NewPrincipal{Name: "alice"}); err != nil {
			return err
		}
		f.work, err = w.CreateCollection(backend.NewCollection{Owner: f.principal.ID, Kind: backend.Calendar, Slug: "work"})
		if err != nil {
			return err
		}
		f.people, err = w.CreateCollection(backend.NewCollection{Owner: f.principal.ID, Kind: backend.AddressBook, Slug: "people"})
		return err
	})
	t.Cleanup(f.verify)
	return f
}

// verify is run at the end of each test, if the store is still open.
func (f *fixture) verify() {
	f.Helper()
	err := f.store.Verify(context.Background(), func(d backend.Finding) {
		if d.Damage {
			f.Errorf("verify: %s: %s", d.Where, d.What)
		}
	})
	if err != nil && !errors.Is(err, backend.ErrClosed) {
		f.Errorf("verify: %v", err)
	}
}

func (f *fixture) update(fn func(backend.Writer) error) {
	f.Helper()
	if err := f.store.Update(f.ctx, alice, fn); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) view(fn func(backend.Reader) error) {
	f.Helper()
	if err := f.store.View(f.ctx, fn); err != nil {
		f.Fatal(err)
	}
}

// refused runs an Update that must fail with an error.
func (f *fixture) refused(want error, fn func(backend.Writer) error) {
	f.Helper()
	if err := f.store.Update(f.ctx, alice, fn); !errors.Is(err, want) {
		f.Fatalf("got %v, want %v", err, want)
	}
}

// facts of an event that lies anywhere.
func facts(uid string) backend.Facts {
	return backend.Facts{Version: backend.FactsVersion, UID: uid, Component: "VEVENT"}
}

func (f *fixture) put(col backend.Collection, name, body string) backend.Item {
	f.Helper()
	return f.putFacts(col, name, body, facts(name))
}

func (f *fixture) putFacts(col backend.Collection, name, body string, facts backend.Facts) (it backend.Item) {
	f.Helper()
	f.update(func(w backend.Writer) (err error) {
		it, _, err = w.PutItem(col.ID, name, []byte(body), facts)
		return err
	})
	return it
}

func (f *fixture) delete(col backend.Collection, name string) {
	f.Helper()
	f.update(func(w backend.Writer) error { return w.DeleteItem(col.ID, name) })
}

func (f *fixture) item(col backend.Collection, name string) (it backend.Item) {
	f.Helper()
	f.view(func(r backend.Reader) (err error) {
		it, err = r.Item(col.ID, name)
		return err
	})
	return it
}

// noItem checks that a name stands for nothing.
func (f *fixture) noItem(col backend.Collection, name string) {
	f.Helper()
	f.view(func(r backend.Reader) error {
		if it, err := r.Item(col.ID, name); !errors.Is(err, backend.ErrNotFound) {
			f.Errorf("item %s: got %+v, %v; want none", name, it, err)
		}
		return nil
	})
}

func (f *fixture) body(it backend.Item) (text string) {
	f.Helper()
	f.view(func(r backend.Reader) error {
		b, err := r.Body(it.Body)
		text = string(b)
		return err
	})
	return text
}

func (f *fixture) collection(id int64) (c backend.Collection) {
	f.Helper()
	f.view(func(r backend.Reader) (err error) {
		c, err = r.CollectionByID(id)
		return err
	})
	return c
}

// all gathers a sequence that must not fail.
func all[T any](f *fixture, seq func(backend.Reader) iter.Seq2[T, error]) (list []T) {
	f.Helper()
	f.view(func(r backend.Reader) error {
		list = nil
		for v, err := range seq(r) {
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		return nil
	})
	return list
}

func (f *fixture) changes(col backend.Collection, since int64) []backend.Item {
	f.Helper()
	return all(f, func(r backend.Reader) iter.Seq2[backend.Item, error] { return r.Changes(col.ID, since, 1<<62) })
}

func (f *fixture) query(col backend.Collection, q backend.Query) []string {
	f.Helper()
	return names(all(f, func(r backend.Reader) iter.Seq2[backend.Item, error] { return r.Items(col.ID, q) }))
}

func names(items []backend.Item) []string {
	list := []string{}
	for _, it := range items {
		list = append(list, it.Name)
	}
	return list
}

func want[T any](f *fixture, what string, got, want T) {
	f.Helper()
	if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
		f.Errorf("%s: got %#v, want %#v", what, got, want)
	}
}
