package backendtest

import (
	"slices"

	"daycairn/backend"
)

var movePromises = []promise{
	{"a move keeps the object", moveKeeps},
	{"a move within a collection", moveWithin},
	{"a move onto a tombstone", moveOntoTombstone},
	{"a move onto something that lives", moveOntoLiving},
	{"a move there and back", moveBack},
}

func (f *fixture) move(from backend.Collection, name string, to backend.Collection, toName string) (it backend.Item) {
	f.Helper()
	f.update(func(w backend.Writer) (err error) {
		it, err = w.MoveItem(from.ID, name, to.ID, toName)
		return err
	})
	return it
}

// calendar makes another calendar.
func (f *fixture) calendar(slug string) (c backend.Collection) {
	f.Helper()
	f.update(func(w backend.Writer) (err error) {
		c, err = w.CreateCollection(backend.NewCollection{Owner: f.principal.ID, Kind: backend.Calendar, Slug: slug})
		return err
	})
	return c
}

func moveKeeps(f *fixture) {
	home := f.calendar("home")
	info := facts("u")
	info.Text, info.Spans = "meeting", []backend.Span{at(0, 10)}
	before := f.putFacts(f.work, "a.ics", "body", info)
	prop := property("color", "<c/>")
	f.update(func(w backend.Writer) error {
		return w.SetProperties(backend.Subject{Object: before.Object}, []backend.Property{prop})
	})
	after := f.move(f.work, "a.ics", home, "b.ics")
	want(f, "object", after.Object, before.Object)
	want(f, "uuid", after.ObjectUUID, before.ObjectUUID)
	want(f, "hash", after.Hash, before.Hash)
	want(f, "body", f.body(after), "body")
	want(f, "uid", after.UID, "u")
	f.noItem(f.work, "a.ics")
	tombs := f.changes(f.work, before.Seq)
	if len(tombs) != 1 || !tombs[0].Deleted || tombs[0].Name != "a.ics" {
		f.Errorf("what the move left behind: %+v", tombs)
	}
	want(f, "source", f.collection(f.work.ID).Items, int64(0))
	want(f, "target", f.collection(home.ID).Items, int64(1))
	zero, ten := int64(0), int64(10)
	want(f, "found by time", f.query(home, backend.Query{From: &zero, To: &ten}), []string{"b.ics"})
	want(f, "found by text", f.query(home, backend.Query{Texts: []string{"meeting"}}), []string{"b.ics"})
	want(f, "not found at the source", f.query(f.work, backend.Query{From: &zero, To: &ten}), []string{})
	f.view(func(r backend.Reader) error {
		objects, err := r.ObjectsWithProperties(home.ID)
		want(f, "with properties", objects, map[int64]bool{before.Object: true})
		if err != nil {
			return err
		}
		props, err := r.Properties(backend.Subject{Object: before.Object})
		want(f, "properties", props, []backend.Property{prop})
		return err
	})
	var events []backend.Event
	for _, v := range f.versions(backend.VersionQuery{Object: before.Object}) {
		events = append(events, v.Event)
	}
	want(f, "history", events, []backend.Event{backend.EventPut, backend.EventProperties, backend.EventMove})
}

func moveWithin(f *fixture) {
	before := f.put(f.work, "a.ics", "body")
	after := f.move(f.work, "a.ics", f.work, "b.ics")
	changes := f.changes(f.work, before.Seq)
	want(f, "changes", names(changes), []string{"a.ics", "b.ics"})
	want(f, "tombstone", changes[0].Deleted, true)
	if changes[0].Seq >= changes[1].Seq || after.Seq != f.collection(f.work.ID).Seq {
		f.Errorf("sequences %d, %d", changes[0].Seq, changes[1].Seq)
	}
	f.refused(backend.ErrNotFound, func(w backend.Writer) error {
		_, err := w.MoveItem(f.work.ID, "a.ics", f.work.ID, "c.ics")
		return err
	})
}

func moveOntoTombstone(f *fixture) {
	f.put(f.work, "b.ics", "old")
	f.delete(f.work, "b.ics")
	moved := f.put(f.work, "a.ics", "body")
	after := f.move(f.work, "a.ics", f.work, "b.ics")
	want(f, "object", after.Object, moved.Object)
	want(f, "body", f.body(f.item(f.work, "b.ics")), "body")
	want(f, "deleted", f.item(f.work, "b.ics").Deleted, false)
}

func moveOntoLiving(f *fixture) {
	f.put(f.work, "a.ics", "a")
	f.put(f.work, "b.ics", "b")
	f.refused(backend.ErrExists, func(w backend.Writer) error {
		_, err := w.MoveItem(f.work.ID, "a.ics", f.work.ID, "b.ics")
		return err
	})
	want(f, "source", f.body(f.item(f.work, "a.ics")), "a")
	want(f, "target", f.body(f.item(f.work, "b.ics")), "b")
	f.update(func(w backend.Writer) error {
		if err := w.DeleteItem(f.work.ID, "b.ics"); err != nil {
			return err
		}
		_, err := w.MoveItem(f.work.ID, "a.ics", f.work.ID, "b.ics")
		return err
	})
	want(f, "target after", f.body(f.item(f.work, "b.ics")), "a")
}

func moveBack(f *fixture) {
	home := f.calendar("home")
	first := f.put(f.work, "a.ics", "body")
	f.move(f.work, "a.ics", home, "a.ics")
	last := f.move(home, "a.ics", f.work, "a.ics")
	want(f, "object", last.Object, first.Object)
	if last.Seq <= first.Seq {
		f.Errorf("sequence %d after %d", last.Seq, first.Seq)
	}
	again := f.put(f.work, "a.ics", "changed")
	want(f, "object after a put", again.Object, first.Object)
	if changes := names(f.changes(home, 0)); !slices.Equal(changes, []string{"a.ics"}) {
		f.Errorf("changes of the visited: %q", changes)
	}
}
