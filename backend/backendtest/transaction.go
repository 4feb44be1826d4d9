package backendtest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"daycairn/backend"
)

var transactionPromises = []promise{
	{"an error takes everything back", errorTakesBack},
	{"a panic is an error", panicIsError},
	{"a caller that ends in an update takes nobody along", callerEnds},
	{"a writer sees what it wrote", seesItsWrites},
	{"a listing stands still while its writer writes", listingStandsStill},
	{"a cancelled context gets no turn", cancelled},
	{"a cancelled context cannot stop what has begun", cancelledInside},
}

var concurrencyPromises = []promise{
	{"updates run alone", runAlone},
	{"a view stands still", viewStandsStill},
	{"what an update answered, every later view sees", readYourWrites},
	{"failures do not touch neighbours", neighbours},
}

var errWanted = errors.New("wanted")

func errorTakesBack(f *fixture) {
	it := f.put(f.work, "a.ics", "one")
	before := f.versions(backend.VersionQuery{})
	f.refused(errWanted, func(w backend.Writer) error {
		if _, _, err := w.PutItem(f.work.ID, "a.ics", []byte("two"), facts("a")); err != nil {
			return err
		}
		if _, _, err := w.PutItem(f.work.ID, "b.ics", []byte("three"), facts("b")); err != nil {
			return err
		}
		if err := w.DeleteCollection(f.people.ID); err != nil {
			return err
		}
		if _, err := w.CreatePrincipal(backend.NewPrincipal{Name: "bob"}); err != nil {
			return err
		}
		return errWanted
	})
	want(f, "item", f.item(f.work, "a.ics"), it)
	f.noItem(f.work, "b.ics")
	want(f, "collection", f.collection(f.people.ID), f.people)
	want(f, "versions", f.versions(backend.VersionQuery{}), before)
	f.put(f.work, "c.ics", "after")
}

func panicIsError(f *fixture) {
	err := f.store.Update(f.ctx, alice, func(w backend.Writer) error {
		if _, _, err := w.PutItem(f.work.ID, "a.ics", []byte("one"), facts("a")); err != nil {
			return err
		}
		panic("oops")
	})
	if err == nil || !strings.Contains(err.Error(), "oops") {
		f.Errorf("a panic became %v", err)
	}
	f.noItem(f.work, "a.ics")
	f.put(f.work, "b.ics", "after")
}

func callerEnds(f *fixture) {
	var wg sync.WaitGroup
	wg.Go(func() {
		err := f.store.Update(f.ctx, alice, func(w backend.Writer) error {
			if _, _, err := w.PutItem(f.work.ID, "a.ics", []byte("one"), facts("a")); err != nil {
				return err
			}
			runtime.Goexit()
			return nil
		})
		f.Errorf("an update returned %v after its goroutine ended", err)
	})
	wg.Wait()
	f.put(f.work, "b.ics", "after")
	f.noItem(f.work, "a.ics")
}

func seesItsWrites(f *fixture) {
	f.update(func(w backend.Writer) error {
		it, _, err := w.PutItem(f.work.ID, "a.ics", []byte("one"), facts("u"))
		if err != nil {
			return err
		}
		got, err := w.ItemByUID(f.work.ID, "u")
		want(f, "item", got, it)
		if err != nil {
			return err
		}
		body, err := w.Body(it.Body)
		want(f, "body", string(body), "one")
		if err != nil {
			return err
		}
		f.noItem(f.work, "a.ics") // another snapshot does not
		if err := w.DeleteItem(f.work.ID, "a.ics"); err != nil {
			return err
		}
		_, err = w.Item(f.work.ID, "a.ics")
		if !errors.Is(err, backend.ErrNotFound) {
			f.Errorf("deleted in the same update: %v", err)
		}
		return nil
	})
	want(f, "changes", len(f.changes(f.work, 0)), 1)
}

func listingStandsStill(f *fixture) {
	for i := range 20 {
		f.put(f.work, fmt.Sprintf("%02d.ics", i), "x")
	}
	f.update(func(w backend.Writer) error {
		count := 0
		for it, err := range w.Items(f.work.ID, backend.Query{}) {
			if err != nil {
				return err
			}
			count++
			if err := w.DeleteItem(f.work.ID, it.Name); err != nil {
				return err
			}
			if _, _, err := w.PutItem(f.work.ID, "z"+it.Name, []byte("y"), facts(it.Name)); err != nil {
				return err
			}
		}
		want(f, "items", count, 20)
		return nil
	})
	want(f, "after", len(f.query(f.work, backend.Query{})), 20)
}

func cancelled(f *fixture) {
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	err := f.store.Update(ctx, alice, func(backend.Writer) error {
		f.Error("it got a turn")
		return nil
	})
	if !errors.Is(err, backend.ErrBusy) || !errors.Is(err, context.Canceled) {
		f.Errorf("update: %v", err)
	}
	// In line behind another one.
	ctx, cancel = context.WithCancel(f.ctx)
	begun, end := make(chan bool), make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := f.store.Update(f.ctx, alice, func(backend.Writer) error { close(begun); <-end; return nil }); err != nil {
			f.Error(err)
		}
	})
	<-begun
	got := make(chan error)
	go func() {
		got <- f.store.Update(ctx, alice, func(w backend.Writer) error {
			_, _, err := w.PutItem(f.work.ID, "a.ics", []byte("x"), facts("a"))
			return err
		})
	}()
	cancel()
	if err := <-got; !errors.Is(err, backend.ErrBusy) {
		f.Errorf("update in line: %v", err)
	}
	close(end)
	wg.Wait()
	f.noItem(f.work, "a.ics")
}

func cancelledInside(f *fixture) {
	ctx, cancel := context.WithCancel(f.ctx)
	err := f.store.Update(ctx, alice, func(w backend.Writer) error {
		cancel()
		_, _, err := w.PutItem(f.work.ID, "a.ics", []byte("x"), facts("a"))
		return err
	})
	if err != nil {
		f.Errorf("update: %v", err)
	}
	want(f, "body", f.body(f.item(f.work, "a.ics")), "x")
}

// runAlone counts in a body: a lost update would be missing at the end.
func runAlone(f *fixture) {
	f.put(f.work, "n.ics", "0")
	const clients, times = 8, 25
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range times {
				err := f.store.Update(f.ctx, alice, func(w backend.Writer) error {
					it, err := w.Item(f.work.ID, "n.ics")
					if err != nil {
						return err
					}
					body, err := w.Body(it.Body)
					if err != nil {
						return err
					}
					var n int
					if _, err := fmt.Sscan(string(body), &n); err != nil {
						return err
					}
					_, _, err = w.PutItem(f.work.ID, "n.ics", fmt.Append(nil, n+1), facts("n"))
					return err
				})
				if err != nil {
					f.Error(err)
				}
			}
		})
	}
	wg.Wait()
	want(f, "count", f.body(f.item(f.work, "n.ics")), fmt.Sprint(clients*times))
}

func viewStandsStill(f *fixture) {
	f.put(f.work, "a.ics", "0")
	err := f.store.View(f.ctx, func(r backend.Reader) error {
		before, err := r.Item(f.work.ID, "a.ics")
		if err != nil {
			return err
		}
		for i := range 5 {
			f.put(f.work, "a.ics", fmt.Sprint(i+1))
			f.put(f.work, fmt.Sprintf("b%d.ics", i), "x")
		}
		after, err := r.Item(f.work.ID, "a.ics")
		want(f, "item", after, before)
		if err != nil {
			return err
		}
		count := 0
		for _, err := range r.Changes(f.work.ID, 0, 1<<62) {
			if err != nil {
				return err
			}
			count++
		}
		want(f, "changes", count, 1)
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
	want(f, "changes after", len(f.changes(f.work, 0)), 6)
}

func readYourWrites(f *fixture) {
	var wg sync.WaitGroup
	for c := range 6 {
		wg.Go(func() {
			for i := range 20 {
				name, body := fmt.Sprintf("%d.ics", c), fmt.Sprint(i)
				it := f.put(f.work, name, body)
				if got := f.item(f.work, name); got.Seq != it.Seq {
					f.Errorf("wrote sequence %d, read %d", it.Seq, got.Seq)
				}
			}
		})
	}
	wg.Wait()
	want(f, "sequence", f.collection(f.work.ID).Seq, int64(120))
}

func neighbours(f *fixture) {
	var wg sync.WaitGroup
	const clients = 30
	for c := range clients {
		wg.Go(func() {
			err := f.store.Update(f.ctx, alice, func(w backend.Writer) error {
				if _, _, err := w.PutItem(f.work.ID, fmt.Sprintf("%d.ics", c), []byte("x"), facts("u")); err != nil {
					return err
				}
				switch c % 3 {
				case 1:
					return errWanted
				case 2:
					panic(errWanted)
				}
				return nil
			})
			if (err == nil) != (c%3 == 0) {
				f.Errorf("client %d: %v", c, err)
			}
		})
	}
	wg.Wait()
	want(f, "items", len(f.query(f.work, backend.Query{})), clients/3)
	want(f, "sequence", f.collection(f.work.ID).Seq, int64(clients/3))
}
