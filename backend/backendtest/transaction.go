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
