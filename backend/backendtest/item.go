package backendtest

import (
	"errors"
	"iter"
	"strings"

	"daycairn/backend"
)

var itemPromises = []promise{
	{"bytes come back as they went in", bytesComeBack},
	{"the same bytes change nothing", sameBytes},
	{"a put is a new version of the same object", putAgain},
	{"a deleted item is a tombstone", deleted},
	{"a name used again is another object", usedAgain},
	{"sequences are unique and grow", sequences},
	{"old bodies stay", oldBodies},
	{"many bodies in one look", manyBodies},
	{"items by name", itemsByName},
	{"items by uid", itemsByUID},
	{"counts follow", counts},
}

func bytesComeBack(f *fixture) {
	for name, body := range map[string]string{
		"empty.ics": "", "zero.ics": "a\x00b", "bad.ics": "\xff\xfe\x80", "lf.ics": "A\nB\r\nC\r", "ü ?#/%2F.ics": "name",
		"large.ics": strings.Repeat("0123456789", 300_000),
	} {
		it := f.put(f.work, name, body)
		if got := f.body(it); got != body {
			f.Errorf("%s: %d bytes came back, %d went in", name, len(got), len(body))
		}
		got := f.item(f.work, name)
		want(f, "item", got, it)
		want(f, "hash", got.Hash, backend.Hash([]byte(body)))
		want(f, "size", got.Size, int64(len(body)))
		want(f, "etag", got.ETag(), backend.ETag(backend.Hash([]byte(body))))
	}
}

func sameBytes(f *fixture) {
	first := f.put(f.work, "a.ics", "one")
	f.update(func(w backend.Writer) error {
		again, created, err := w.PutItem(f.work.ID, "a.ics", []byte("one"), facts("a.ics"))
		want(f, "item", again, first)
		want(f, "created", created, false)
		return err
	})
	want(f, "item", f.item(f.work, "a.ics"), first)
	want(f, "versions", len(f.versions(backend.VersionQuery{Object: first.Object})), 1)
}

func putAgain(f *fixture) {
	first := f.put(f.work, "a.ics", "one")
	f.update(func(w backend.Writer) error {
		second, created, err := w.PutItem(f.work.ID, "a.ics", []byte("two"), facts("other"))
		if err != nil {
			return err
		}
		want(f, "created", created, false)
		want(f, "object", second.Object, first.Object)
		want(f, "uuid", second.ObjectUUID, first.ObjectUUID)
		want(f, "creation", second.Created, first.Created)
		want(f, "uid", second.UID, "other")
		if second.Seq <= first.Seq || second.Hash == first.Hash || second.Modified.Before(first.Modified) {
			f.Errorf("after %+v came %+v", first, second)
		}
		return nil
	})
	want(f, "changes", names(f.changes(f.work, 0)), []string{"a.ics"})
}

func deleted(f *fixture) {
	it := f.put(f.work, "a.ics", "one")
	f.delete(f.work, "a.ics")
	f.noItem(f.work, "a.ics")
	f.refused(backend.ErrNotFound, func(w backend.Writer) error { return w.DeleteItem(f.work.ID, "a.ics") })
	f.refused(backend.ErrNotFound, func(w backend.Writer) error { return w.DeleteItem(f.work.ID, "never.ics") })
	changes := f.changes(f.work, it.Seq)
	if len(changes) != 1 || !changes[0].Deleted || changes[0].Name != "a.ics" || changes[0].Seq <= it.Seq {
		f.Errorf("changes after deletion: %+v", changes)
	}
	want(f, "listing", f.query(f.work, backend.Query{}), []string{})
	want(f, "body of the deleted", f.body(it), "one")
}

func usedAgain(f *fixture) {
	first := f.put(f.work, "a.ics", "one")
	f.update(func(w backend.Writer) error {
		return w.SetProperties(backend.Subject{Object: first.Object}, []backend.Property{property("x", "<x/>")})
	})
	f.delete(f.work, "a.ics")
	tomb := f.changes(f.work, 0)[0]
	f.update(func(w backend.Writer) error {
		second, created, err := w.PutItem(f.work.ID, "a.ics", []byte("one"), facts("a.ics"))
		if err != nil {
			return err
		}
		want(f, "created", created, true)
		if second.Object == first.Object || second.ObjectUUID == first.ObjectUUID || second.Seq <= tomb.Seq {
			f.Errorf("after %+v and its deletion came %+v", first, second)
		}
		props, err := w.Properties(backend.Subject{Object: second.Object})
		want(f, "properties of the new object", len(props), 0)
		return err
	})
	changes := f.changes(f.work, 0)
	want(f, "changes", len(changes), 1)
	want(f, "deleted", changes[0].Deleted, false)
	f.update(func(w backend.Writer) error {
		objects, err := w.ObjectsWithProperties(f.work.ID)
		want(f, "with properties in listings", len(objects), 0)
		return err
	})
}

func sequences(f *fixture) {
	f.put(f.work, "a.ics", "1")
	f.put(f.work, "b.ics", "1")
	f.put(f.people, "a.vcf", "1")
	f.delete(f.work, "a.ics")
	f.put(f.work, "c.ics", "1")
	f.put(f.work, "a.ics", "2")
	f.update(func(w backend.Writer) error {
		for _, name := range []string{"d.ics", "e.ics", "f.ics"} {
			if _, _, err := w.PutItem(f.work.ID, name, []byte("1"), facts(name)); err != nil {
				return err
			}
		}
		return nil
	})
	last := int64(0)
	for _, it := range f.changes(f.work, 0) {
		if it.Seq <= last {
			f.Errorf("%s has sequence %d after %d", it.Name, it.Seq, last)
		}
		last = it.Seq
	}
	want(f, "order of changes", names(f.changes(f.work, 0)), []string{"b.ics", "c.ics", "a.ics", "d.ics", "e.ics", "f.ics"})
	want(f, "sequence of the collection", f.collection(f.work.ID).Seq, last)
	f.view(func(r backend.Reader) error {
		got := []string{}
		for it, err := range r.Changes(f.work.ID, f.item(f.work, "c.ics").Seq, f.item(f.work, "e.ics").Seq) {
			if err != nil {
				return err
			}
			got = append(got, it.Name)
		}
		want(f, "changes between", got, []string{"a.ics", "d.ics", "e.ics"})
		return nil
	})
}

func oldBodies(f *fixture) {
	first := f.put(f.work, "a.ics", "one")
	second := f.put(f.work, "a.ics", "two")
	f.delete(f.work, "a.ics")
	want(f, "first body", f.body(first), "one")
	want(f, "second body", f.body(second), "two")
	f.view(func(r backend.Reader) error {
		if _, err := r.Body(1 << 40); !errors.Is(err, backend.ErrNotFound) {
			f.Errorf("a body that never was: %v", err)
		}
		return nil
	})
}

func manyBodies(f *fixture) {
	a, b := f.put(f.work, "a.ics", "one"), f.put(f.work, "b.ics", "two")
	f.view(func(r backend.Reader) error {
		got := map[int64]string{}
		err := r.Bodies([]int64{a.Body, 1 << 40, b.Body, a.Body}, func(id int64, body []byte) error {
			if _, twice := got[id]; twice {
				f.Errorf("body %d came twice", id)
			}
			got[id] = string(body)
			return nil
		})
		want(f, "bodies", got, map[int64]string{a.Body: "one", b.Body: "two"})
		if err != nil {
			return err
		}
		stop := errors.New("stop")
		err = r.Bodies([]int64{a.Body, b.Body}, func(int64, []byte) error { return stop })
		if !errors.Is(err, stop) {
			f.Errorf("an error of the function became %v", err)
		}
		if r.Bodies(make([]int64, backend.NamesChunk+1), func(int64, []byte) error { return nil }) == nil {
			f.Error("too many ids were taken")
		}
		return nil
	})
}

func itemsByName(f *fixture) {
	f.put(f.work, "a.ics", "one")
	f.put(f.work, "b.ics", "two")
	f.delete(f.work, "b.ics")
	f.put(f.work, "c.ics", "three")
	got := all(f, func(r backend.Reader) iter.Seq2[backend.Item, error] {
		return r.ItemsNamed(f.work.ID, []string{"c.ics", "a.ics", "b.ics", "c.ics", "never.ics"})
	})
	want(f, "items", len(got), 2)
	for _, it := range got {
		want(f, "item", it, f.item(f.work, it.Name))
	}
	f.view(func(r backend.Reader) error {
		for _, err := range r.ItemsNamed(f.work.ID, make([]string, backend.NamesChunk+1)) {
			if err != nil {
				return nil
			}
		}
		f.Error("too many names were taken")
		return nil
	})
}

func itemsByUID(f *fixture) {
	f.putFacts(f.work, "b.ics", "one", facts("same"))
	f.putFacts(f.work, "a.ics", "two", facts("same"))
	f.putFacts(f.people, "c.vcf", "three", facts("other"))
	uid := func(col backend.Collection, uid string) (name string) {
		f.view(func(r backend.Reader) error {
			it, err := r.ItemByUID(col.ID, uid)
			name = it.Name
			if errors.Is(err, backend.ErrNotFound) {
				return nil
			}
			return err
		})
		return name
	}
	want(f, "first with the uid", uid(f.work, "same"), "b.ics")
	want(f, "uid of another collection", uid(f.work, "other"), "")
	want(f, "uid in the other collection", uid(f.people, "other"), "c.vcf")
	f.delete(f.work, "b.ics")
	want(f, "after a deletion", uid(f.work, "same"), "a.ics")
	f.delete(f.work, "a.ics")
	want(f, "after both", uid(f.work, "same"), "")
}

func counts(f *fixture) {
	f.put(f.work, "a.ics", "12345")
	f.put(f.work, "a.ics", "123")
	f.put(f.work, "b.ics", "1")
	f.delete(f.work, "b.ics")
	card := backend.Facts{Version: backend.FactsVersion, UID: "c", Component: "VCARD", V4: true}
	f.putFacts(f.people, "c.vcf", "1234567", card)
	want(f, "items", f.collection(f.work.ID).Items, int64(1))
	want(f, "v4", f.collection(f.people.ID).HasV4, true)
	f.view(func(r backend.Reader) error {
		u, err := r.Usage(f.principal.ID)
		want(f, "usage", [3]int64{u.Collections, u.Items, u.Bytes}, [3]int64{2, 2, 10})
		if u.History < 5+3+1+7 {
			f.Errorf("history has %d bytes, less than all bodies", u.History)
		}
		return err
	})
	f.delete(f.people, "c.vcf")
	want(f, "v4 after deletion", f.collection(f.people.ID).HasV4, false)
}
