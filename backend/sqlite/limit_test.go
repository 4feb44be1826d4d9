package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"daycairn/backend"
)

func TestQuotas(t *testing.T) {
	sc := newScene(t, Options{MaxItems: 3, MaxCollections: 2})
	sc.batch(&member{name: "a", body: "1"}, &member{name: "b", body: "2"}, &member{name: "c", body: "3"})
	d := &member{name: "d", body: "4"}
	sc.batch(d)
	if !errors.Is(d.err, backend.ErrQuota) {
		t.Errorf("a fourth item: %v", d.err)
	}
	sc.batch(&member{name: "c", body: "changed"})
	create := func(slug string) (c backend.Collection, err error) {
		err = sc.s.Update(t.Context(), backend.Server, func(w backend.Writer) error {
			c, err = w.CreateCollection(backend.NewCollection{Owner: sc.col.Owner, Kind: backend.Calendar, Slug: slug})
			return err
		})
		return c, err
	}
	other, err := create("other")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := create("third"); !errors.Is(err, backend.ErrQuota) {
		t.Errorf("a third collection: %v", err)
	}
	move := func(name string, from, to int64) error {
		return sc.s.Update(t.Context(), backend.Server, func(w backend.Writer) error {
			_, err := w.MoveItem(from, name, to, name)
			return err
		})
	}
	if err := move("c", sc.col.ID, other.ID); err != nil {
		t.Fatal(err)
	}
	delete(sc.acks, "c")
	sc.batch(&member{name: "d", body: "4"})
	if err := move("c", other.ID, sc.col.ID); !errors.Is(err, backend.ErrQuota) {
		t.Errorf("a fourth item by a move: %v", err)
	}
	err = sc.s.Update(t.Context(), backend.Server, func(w backend.Writer) error { return w.DeleteCollection(other.ID) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := create("third"); err != nil {
		t.Errorf("after a deletion: %v", err)
	}
	sc.check()
}

// One item written for ever is bounded, and only for its own account.
func TestHistoryBudget(t *testing.T) {
	sc := newScene(t, Options{HistoryBase: 100_000, HistoryFactor: 2})
	size := 10_000
	var m *member
	for i := range 40 {
		m = &member{name: "a", body: fmt.Sprint(i) + strings.Repeat("x", size)}
		sc.batch(m)
		if m.err != nil {
			break
		}
	}
	if !errors.Is(m.err, backend.ErrQuota) {
		t.Fatalf("got %v", m.err)
	}
	err := sc.s.View(t.Context(), func(r backend.Reader) error {
		u, err := r.Usage(sc.col.Owner)
		if u.History > u.Allowed || u.History < 100_000 || u.Allowed < 100_000+2*int64(size) {
			t.Errorf("usage %+v", u)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = sc.s.Update(t.Context(), backend.Server, func(w backend.Writer) error {
		// Kept or not, a refusal is no error.
		if err := w.Refuse(backend.Refused{Principal: sc.col.Owner, Body: []byte(strings.Repeat("x", 50_000))}); err != nil {
			return err
		}
		p, err := w.CreatePrincipal(backend.NewPrincipal{Name: "bob"})
		if err != nil {
			return err
		}
		c, err := w.CreateCollection(backend.NewCollection{Owner: p.ID, Kind: backend.Calendar, Slug: "x"})
		if err != nil {
			return err
		}
		if _, _, err := w.PutItem(c.ID, "b", []byte(strings.Repeat("x", size)), backend.Facts{}); err != nil {
			return err
		}
		return w.DeleteItem(sc.col.ID, "a")
	})
	if err != nil {
		t.Errorf("what the budget does not concern: %v", err)
	}
}

func TestRefusedAreCapped(t *testing.T) {
	clock := time.Now()
	sc := newScene(t, Options{MaxRefused: 5, MaxRefusedBytes: 1000, Now: func() time.Time { return clock }})
	refuse := func(body string) {
		t.Helper()
		clock = clock.Add(refusedSpan)
		err := sc.s.Update(t.Context(), backend.Server, func(w backend.Writer) error {
			return w.Refuse(backend.Refused{Principal: sc.col.Owner, Condition: "If-Match", Body: []byte(body)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	kept := func() (list []string) {
		err := sc.s.View(t.Context(), func(r backend.Reader) error {
			for f, err := range r.Refused(sc.col.Owner) {
				if err != nil {
					return err
				}
				list = append(list, fmt.Sprintf("%.2s", f.Body))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for i := range 8 {
		refuse(fmt.Sprintf("%02d", i))
	}
	if got := fmt.Sprint(kept()); got != "[03 04 05 06 07]" {
		t.Errorf("by count: %s", got)
	}
	refuse("08" + strings.Repeat("x", 992))
	if got := fmt.Sprint(kept()); got != "[05 06 07 08]" {
		t.Errorf("by bytes: %s", got)
	}
	refuse("09" + strings.Repeat("x", 5000))
	if got := fmt.Sprint(kept()); got != "[09]" {
		t.Errorf("one that is too large by itself: %s", got)
	}
	mustVerify(t, sc.s)
	sc.reopen()
	mustVerify(t, sc.s)
}

// A client that repeats a refused PUT for ever costs its owner neither the right to write nor the refused bodies of
// other names, and the disk no more than a day's share.
func TestRefusedForEver(t *testing.T) {
	clock := time.Now()
	sc := newScene(t, Options{
		MaxRefused: 40, MaxRefusedBytes: 1000, HistoryBase: 20_000, HistoryFactor: 1, Now: func() time.Time { return clock },
	})
	refuse := func(name, body string) (kept bool) {
		t.Helper()
		err := sc.s.Update(t.Context(), backend.Server, func(w backend.Writer) error {
			return w.Refuse(backend.Refused{Principal: sc.col.Owner, Name: name, Condition: "no-uid-conflict", Body: []byte(body)})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = sc.s.View(t.Context(), func(r backend.Reader) error {
			for f, err := range r.Refused(sc.col.Owner) {
				if err != nil {
					return err
				}
				kept = kept || string(f.Body) == body
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	if !refuse("again", "0") {
		t.Error("the first was not kept")
	}
	for i := range 100 {
		refuse("again", fmt.Sprint(i))
	}
	if refuse("again", "one more") {
		t.Error("one name takes more than its share")
	}
	if !refuse("other", "an edit of another device") {
		t.Error("a name that repeats itself keeps others out")
	}
	refuse("large", strings.Repeat("x", 900))
	if refuse("large too", strings.Repeat("y", 900)) {
		t.Error("more was kept than a day's share")
	}
	clock = clock.Add(refusedSpan)
	for i := range 50 {
		clock = clock.Add(refusedSpan)
		if !refuse("large", fmt.Sprint(i)+strings.Repeat("x", 900)) {
			t.Fatalf("day %d: not kept", i)
		}
	}
	mustVerify(t, sc.s)
	m := &member{name: "a", body: strings.Repeat("x", 5000)}
	if sc.batch(m); m.err != nil {
		t.Errorf("after many refusals: %v", m.err)
	}
}
