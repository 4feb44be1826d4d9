package sqlite

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"daycairn/backend"
)

// filled is a store with a calendar of n items.
func filled(b *testing.B, n int) (*Store, backend.Collection) {
	b.Helper()
	dir := b.TempDir()
	s := mustOpen(b, Options{Dir: dir, Journal: mustJournal(b, dir), MinFree: 1, UnsafeNormalSync: os.Getenv("NOSYNC") != ""})
	var col backend.Collection
	err := s.Update(b.Context(), backend.Server, func(w backend.Writer) error {
		p, err := w.CreatePrincipal(backend.NewPrincipal{Name: "alice"})
		if err != nil {
			return err
		}
		col, err = w.CreateCollection(backend.NewCollection{Owner: p.ID, Kind: backend.Calendar, Slug: "work"})
		return err
	})
	for i := 0; i < n && err == nil; {
		err = s.Update(b.Context(), backend.Server, func(w backend.Writer) error {
			for range 1000 {
				if i >= n {
					break
				}
				if _, _, err := w.PutItem(col.ID, name(i), event(i, 0), eventFacts(i)); err != nil {
					return err
				}
				i++
			}
			return nil
		})
	}
	if err != nil {
		b.Fatal(err)
	}
	return s, col
}

func name(i int) string { return fmt.Sprintf("0f7a1c52-8e0e-4b33-9c70-%012d.ics", i) }

func event(i, rev int) []byte {
	return fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:%d\r\nX:%d\r\nDESCRIPTION:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		i, rev, strings.Repeat("word ", 150))
}

func eventFacts(i int) backend.Facts {
	at := int64(i) * 3600
	return backend.Facts{
		Version: backend.FactsVersion, UID: fmt.Sprintf("0f7a1c52-8e0e-4b33-9c70-%012d", i), Component: "VEVENT",
		Text: strings.Repeat("word ", 150), Spans: []backend.Span{{From: at, To: at + 100_000}},
	}
}

func BenchmarkUpdate(b *testing.B) {
	for _, clients := range []int{1, 8} {
		b.Run(fmt.Sprintf("%dclients", clients), func(b *testing.B) {
			s, col := filled(b, 1000)
			b.ReportAllocs()
			var n atomic.Int64
			b.SetParallelism(clients)
			run := func() {
				i := int(n.Add(1))
				err := s.Update(context.Background(), backend.Server, func(w backend.Writer) error {
					_, _, err := w.PutItem(col.ID, name(i%1000), event(i%1000, i), eventFacts(i%1000))
					return err
				})
				if err != nil {
					b.Error(err)
				}
			}
			if clients == 1 {
				for b.Loop() {
					run()
				}
				return
			}
			b.SetParallelism(clients / 2)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					run()
				}
			})
		})
	}
}

func BenchmarkViewEmpty(b *testing.B) {
	s, _ := filled(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.View(context.Background(), func(backend.Reader) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkViewCollection(b *testing.B) {
	s, col := filled(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		err := s.View(context.Background(), func(r backend.Reader) error {
			_, err := r.Collection(col.Owner, backend.Calendar, "work")
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkViewItem(b *testing.B) {
	s, col := filled(b, 10_000)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i += 7919
		err := s.View(context.Background(), func(r backend.Reader) error {
			it, err := r.Item(col.ID, name(i%10_000))
			if err != nil {
				return err
			}
			_, err = r.Body(it.Body)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkListing(b *testing.B) {
	s, col := filled(b, 10_000)
	from, to := int64(5000*3600), int64(5030*3600)
	for what, q := range map[string]backend.Query{
		"all": {}, "component": {Components: []string{"VEVENT"}}, "time": {From: &from, To: &to},
		"future": {From: &from}, "past": {To: &from}, "text": {Texts: []string{"nowhere"}},
	} {
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				err := s.View(context.Background(), func(r backend.Reader) error {
					for _, err := range r.Items(col.ID, q) {
						if err != nil {
							return err
						}
						n++
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(n), "items")
			}
		})
	}
	b.Run("changes", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			err := s.View(context.Background(), func(r backend.Reader) error {
				for _, err := range r.Changes(col.ID, 0, 1<<60) {
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
