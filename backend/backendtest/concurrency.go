package backendtest

import (
	"errors"
	"fmt"
	"sync"

	"daycairn/backend"
)

var concurrencyPromises = []promise{
	{"updates run alone", runAlone},
	{"a view stands still", viewStandsStill},
	{"a store that closes waits for views in views", closeWaits},
	{"what an update answered, every later view sees", readYourWrites},
	{"failures do not touch neighbours", neighbours},
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

func closeWaits(f *fixture) {
	f.put(f.work, "a.ics", "x")
	closed := make(chan error, 1)
	f.view(func(r backend.Reader) error {
		go func() { closed <- f.store.Close() }()
		for {
			err := f.store.View(f.ctx, func(r backend.Reader) error {
				_, err := r.Item(f.work.ID, "a.ics")
				return err
			})
			if errors.Is(err, backend.ErrClosed) {
				break
			}
			if err != nil {
				return err
			}
		}
		_, err := r.Item(f.work.ID, "a.ics") // still there for who has begun
		return err
	})
	if err := <-closed; err != nil {
		f.Error(err)
	}
}
