package backendtest

import (
	"errors"
	"iter"
	"slices"

	"daycairn/backend"
)

var collectionPromises = []promise{
	{"a slug is free or taken", slugs},
	{"a deleted collection takes nothing", deletedCollection},
	{"a renamed collection stays the same", renamed},
	{"components of a calendar", components},
}

var homePromises = []promise{
	{"a home has an order", homeOrder},
	{"a home knows what changed", homeChanges},
	{"a home tells a rename", homeTellsRename},
	{"a deleted collection is a tombstone of its home", homeTombstone},
}

func (f *fixture) create(n backend.NewCollection) (c backend.Collection) {
	f.Helper()
	n.Owner = f.principal.ID
	f.update(func(w backend.Writer) (err error) {
		c, err = w.CreateCollection(n)
		return err
	})
	return c
}

func (f *fixture) deleteCollection(c backend.Collection) {
	f.Helper()
	f.update(func(w backend.Writer) error { return w.DeleteCollection(c.ID) })
}

func (f *fixture) createRefused(wanted error, n backend.NewCollection) {
	f.Helper()
	f.refused(wanted, func(w backend.Writer) error {
		_, err := w.CreateCollection(n)
		return err
	})
}

func slugs(f *fixture) {
	id := f.principal.ID
	f.createRefused(backend.ErrExists, backend.NewCollection{Owner: id, Kind: backend.Calendar, Slug: "work"})
	book := f.create(backend.NewCollection{Kind: backend.AddressBook, Slug: "work"})
	if book.PublicID == f.work.PublicID || book.ID == f.work.ID {
		f.Errorf("two collections are one: %+v", book)
	}
	for _, slug := range backend.ReservedSlugs {
		f.createRefused(backend.ErrExists, backend.NewCollection{Owner: id, Kind: backend.Calendar, Slug: slug})
	}
	f.createRefused(backend.ErrNotFound, backend.NewCollection{Owner: 1 << 40, Kind: backend.Calendar, Slug: "x"})
	f.deleteCollection(f.work)
	again := f.create(backend.NewCollection{Kind: backend.Calendar, Slug: "work"})
	if again.ID == f.work.ID || again.PublicID == f.work.PublicID {
		f.Error("a slug used again gave the old collection")
	}
	f.view(func(r backend.Reader) error {
		got, err := r.Collection(id, backend.Calendar, "work")
		want(f, "by slug", got, again)
		return err
	})
}

func deletedCollection(f *fixture) {
	it := f.put(f.work, "a.ics", "body")
	f.deleteCollection(f.work)
	f.view(func(r backend.Reader) error {
		_, bySlug := r.Collection(f.principal.ID, backend.Calendar, "work")
		_, byID := r.CollectionByID(f.work.ID)
		if !errors.Is(bySlug, backend.ErrNotFound) || !errors.Is(byID, backend.ErrNotFound) {
			f.Errorf("a deleted collection is found: %v, %v", bySlug, byID)
		}
		u, err := r.Usage(f.principal.ID)
		want(f, "usage", [3]int64{u.Collections, u.Items, u.Bytes}, [3]int64{1, 0, 0})
		return err
	})
	for what, fn := range map[string]func(w backend.Writer) error{
		"put":        func(w backend.Writer) error { _, _, err := w.PutItem(f.work.ID, "b.ics", nil, facts("b")); return err },
		"delete":     func(w backend.Writer) error { return w.DeleteItem(f.work.ID, "a.ics") },
		"move out":   func(w backend.Writer) error { _, err := w.MoveItem(f.work.ID, "a.ics", f.people.ID, "a"); return err },
		"rename":     func(w backend.Writer) error { return w.RenameCollection(f.work.ID, "new") },
		"components": func(w backend.Writer) error { return w.SetComponents(f.work.ID, nil) },
		"properties": func(w backend.Writer) error {
			return w.SetProperties(backend.Subject{Collection: f.work.ID}, []backend.Property{property("a", "<a/>")})
		},
		"properties of an item": func(w backend.Writer) error {
			return w.SetProperties(backend.Subject{Object: it.Object}, []backend.Property{property("a", "<a/>")})
		},
		"delete again": func(w backend.Writer) error { return w.DeleteCollection(f.work.ID) },
	} {
		if err := f.store.Update(f.ctx, alice, fn); !errors.Is(err, backend.ErrNotFound) {
			f.Errorf("%s: got %v, want not found", what, err)
		}
	}
	want(f, "body", f.body(it), "body")
}

func renamed(f *fixture) {
	it := f.put(f.work, "a.ics", "body")
	f.update(func(w backend.Writer) error { return w.RenameCollection(f.work.ID, "job") })
	f.view(func(r backend.Reader) error {
		c, err := r.Collection(f.principal.ID, backend.Calendar, "job")
		want(f, "public id", c.PublicID, f.work.PublicID)
		if c.Changed <= f.work.Changed || c.HomeSeq <= f.work.HomeSeq || c.Seq != it.Seq {
			f.Errorf("renamed to %+v", c)
		}
		return err
	})
	f.create(backend.NewCollection{Kind: backend.Calendar, Slug: "work"})
	f.refused(backend.ErrExists, func(w backend.Writer) error { return w.RenameCollection(f.work.ID, "work") })
	f.refused(backend.ErrExists, func(w backend.Writer) error { return w.RenameCollection(f.work.ID, "inbox") })
	f.update(func(w backend.Writer) error { return w.RenameCollection(f.work.ID, "job") })
}

func components(f *fixture) {
	for _, list := range [][]string{nil, {"VEVENT"}, {"VTODO", "VJOURNAL"}, {}} {
		c := f.create(backend.NewCollection{Kind: backend.Calendar, Slug: "c" + slugOf(list), Components: list})
		want(f, "components", c.Components, list)
		before := f.collection(f.work.ID)
		f.update(func(w backend.Writer) error { return w.SetComponents(f.work.ID, list) })
		after := f.collection(f.work.ID)
		want(f, "set components", after.Components, list)
		same := slices.Equal(before.Components, list) && (before.Components == nil) == (list == nil)
		if (after.Changed > before.Changed) == same {
			f.Errorf("components %q after %q: changed %d after %d", list, before.Components, after.Changed, before.Changed)
		}
	}
}

func slugOf(list []string) string {
	s := "all"
	if list != nil {
		s = "some"
	}
	for _, c := range list {
		s += "-" + c
	}
	return s
}

func (f *fixture) home() []string {
	f.Helper()
	var list []string
	f.view(func(r backend.Reader) error {
		cols, err := r.Home(f.principal.ID, backend.Calendar)
		for _, c := range cols {
			list = append(list, c.Slug)
		}
		return err
	})
	return list
}

func homeOrder(f *fixture) {
	f.create(backend.NewCollection{Kind: backend.Calendar, Slug: "b"})
	f.create(backend.NewCollection{Kind: backend.Calendar, Slug: "main", Default: true})
	f.create(backend.NewCollection{Kind: backend.Calendar, Slug: "a"})
	want(f, "home", f.home(), []string{"main", "work", "b", "a"})
	f.put(f.work, "x.ics", "x")
	want(f, "home after a write", f.home(), []string{"main", "work", "b", "a"})
}

// homeState gives the state of the home of calendars and what changed since another state.
func (f *fixture) homeState(since int64) (state int64, changed []backend.Collection) {
	f.Helper()
	changed = all(f, func(r backend.Reader) iter.Seq2[backend.Collection, error] {
		var err error
		if state, _, err = r.HomeState(f.principal.ID, backend.Calendar); err != nil {
			f.Error(err)
		}
		return r.HomeChanges(f.principal.ID, backend.Calendar, since)
	})
	return state, changed
}

// homeTellsRename: a rename is a new member and the end of the old one (RFC 6578 §3.5.1, §3.5.2).
func homeTellsRename(f *fixture) {
	state, _ := f.homeState(0)
	f.update(func(w backend.Writer) error { return w.RenameCollection(f.work.ID, "job") })
	_, changed := f.homeState(state)
	told := map[string]bool{}
	for _, c := range changed {
		told[c.Slug] = c.Deleted
	}
	want(f, "deleted by slug", told, map[string]bool{"job": false, "work": true})
	want(f, "home", f.home(), []string{"job"})
	f.create(backend.NewCollection{Kind: backend.Calendar, Slug: "work"})
	want(f, "home after re-creation", f.home(), []string{"job", "work"})
}

func homeChanges(f *fixture) {
	other := f.calendar("other")
	state, _ := f.homeState(0)
	for what, fn := range map[string]func(){
		"put":    func() { f.put(f.work, "a.ics", "body") },
		"delete": func() { f.put(f.work, "d.ics", "body"); f.delete(f.work, "d.ics") },
		"components": func() {
			f.update(func(w backend.Writer) error { return w.SetComponents(f.work.ID, []string{"VTODO"}) })
		},
		"properties": func() {
			f.update(func(w backend.Writer) error {
				return w.SetProperties(backend.Subject{Collection: f.work.ID}, []backend.Property{property("a", "<a/>")})
			})
		},
	} {
		fn()
		now, changed := f.homeState(state)
		if now <= state || len(changed) != 1 || changed[0].ID != f.work.ID || changed[0].Changed != now {
			f.Errorf("%s: state %d after %d, changed %+v", what, now, state, changed)
		}
		state = now
	}
	f.put(f.people, "a.vcf", "card")
	now, changed := f.homeState(state)
	want(f, "after a write to another home", now, state)
	want(f, "changed", len(changed), 0)
	f.put(other, "x.ics", "x")
	f.put(f.work, "y.ics", "y")
	_, changed = f.homeState(state)
	if len(changed) != 2 || changed[0].ID != other.ID || changed[1].ID != f.work.ID {
		f.Errorf("order of changes: %+v", changed)
	}
	f.update(func(w backend.Writer) error {
		p, err := w.CreatePrincipal(backend.NewPrincipal{Name: "empty"})
		if err != nil {
			return err
		}
		if n, _, err := w.HomeState(p.ID, backend.Calendar); err != nil || n <= now {
			f.Errorf("state of a new home: %d, %v", n, err)
		}
		return nil
	})
}

func homeTombstone(f *fixture) {
	f.put(f.work, "a.ics", "body")
	state, _ := f.homeState(0)
	f.deleteCollection(f.work)
	now, changed := f.homeState(state)
	if now <= state || len(changed) != 1 || !changed[0].Deleted || changed[0].Slug != "work" || changed[0].ID != f.work.ID {
		f.Errorf("after the deletion: state %d, changed %+v", now, changed)
	}
	want(f, "home", len(f.home()), 0)
}
