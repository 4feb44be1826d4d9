package backendtest

import (
	"errors"

	"daycairn/backend"
)

var propertyPromises = []promise{
	{"properties come back as they went in", propertiesComeBack},
	{"properties are read by their names", propertiesByName},
	{"properties of an item are no change of it", itemProperties},
	{"a property set to what it is changes nothing", propertyUnchanged},
	{"properties need a subject", propertySubject},
}

func property(local, xml string) backend.Property {
	return backend.Property{Name: backend.PropertyName{Space: "urn:x", Local: local}, XML: []byte(xml)}
}

func removed(local string) backend.Property {
	return backend.Property{Name: backend.PropertyName{Space: "urn:x", Local: local}}
}

func (f *fixture) properties(of backend.Subject) (list []string) {
	f.Helper()
	list = []string{}
	f.view(func(r backend.Reader) error {
		props, err := r.Properties(of)
		for _, p := range props {
			list = append(list, p.Name.Space+" "+p.Name.Local+" "+string(p.XML))
		}
		return err
	})
	return list
}

func (f *fixture) set(of backend.Subject, props ...backend.Property) {
	f.Helper()
	f.update(func(w backend.Writer) error { return w.SetProperties(of, props) })
}

func propertiesComeBack(f *fixture) {
	it := f.put(f.work, "a.ics", "body")
	other := backend.PropertyName{Space: "DAV:", Local: "displayname"}
	for _, of := range []backend.Subject{
		{Collection: f.work.ID}, {Object: it.Object}, {Principal: f.principal.ID},
		{Principal: f.principal.ID, Kind: backend.Calendar}, {Principal: f.principal.ID, Kind: backend.AddressBook},
	} {
		want(f, "before", f.properties(of), []string{})
		f.set(of, property("b", `<b xmlns="urn:x" a=" &#10;"/>`), backend.Property{Name: other, XML: []byte("<d>é\x00</d>")},
			property("empty", ""))
		want(f, "set", f.properties(of), []string{
			"DAV: displayname <d>é\x00</d>", `urn:x b <b xmlns="urn:x" a=" &#10;"/>`, "urn:x empty ",
		})
		f.set(of, property("b", "<b/>"), backend.Property{Name: other}, removed("never"))
		want(f, "changed", f.properties(of), []string{"urn:x b <b/>", "urn:x empty "})
	}
	c := f.create(backend.NewCollection{
		Kind: backend.Calendar, Slug: "new", Properties: []backend.Property{property("a", "<a/>"), removed("b")},
	})
	want(f, "set at creation", f.properties(backend.Subject{Collection: c.ID}), []string{"urn:x a <a/>"})
}

func propertiesByName(f *fixture) {
	of := backend.Subject{Collection: f.work.ID}
	other := backend.Property{Name: backend.PropertyName{Space: "urn:y", Local: "b"}, XML: []byte("<other/>")}
	f.set(of, property("a", "<a/>"), property("b", "<b/>"), property("c", "<c/>"), other)
	name := func(local string) backend.PropertyName { return backend.PropertyName{Space: "urn:x", Local: local} }
	f.view(func(r backend.Reader) error {
		props, err := r.Properties(of, name("c"), name("b"), name("c"), name("none"))
		want(f, "two of them", props, []backend.Property{property("b", "<b/>"), property("c", "<c/>")})
		if err != nil {
			return err
		}
		props, err = r.Properties(of, name("none"))
		want(f, "none of them", len(props), 0)
		return err
	})
}

func itemProperties(f *fixture) {
	it := f.put(f.work, "a.ics", "body")
	f.put(f.work, "b.ics", "body")
	before := f.collection(f.work.ID)
	f.set(backend.Subject{Object: it.Object}, property("a", "<a/>"))
	want(f, "item", f.item(f.work, "a.ics"), it)
	want(f, "sequence", f.collection(f.work.ID).Seq, before.Seq)
	f.view(func(r backend.Reader) error {
		objects, err := r.ObjectsWithProperties(f.work.ID)
		want(f, "in listings", objects, map[int64]bool{it.Object: true})
		return err
	})
	f.put(f.work, "a.ics", "changed")
	want(f, "after a put", f.properties(backend.Subject{Object: it.Object}), []string{"urn:x a <a/>"})
	f.set(backend.Subject{Object: it.Object}, removed("a"))
	f.view(func(r backend.Reader) error {
		objects, err := r.ObjectsWithProperties(f.work.ID)
		want(f, "in listings after removal", objects, map[int64]bool{})
		return err
	})
}

func propertyUnchanged(f *fixture) {
	of := backend.Subject{Collection: f.work.ID}
	f.set(of, property("a", "<a/>"), property("b", "<b/>"))
	before := f.collection(f.work.ID)
	f.set(of, property("b", "<b/>"), property("a", "<a/>"), removed("c"))
	want(f, "collection", f.collection(f.work.ID), before)
	f.set(of, property("a", "<a2/>"), property("b", "<b/>"))
	after := f.collection(f.work.ID)
	if after.Changed <= before.Changed || after.HomeSeq <= before.HomeSeq || after.Seq != before.Seq {
		f.Errorf("after %+v came %+v", before, after)
	}
}

func propertySubject(f *fixture) {
	it := f.put(f.work, "a.ics", "body")
	f.delete(f.work, "a.ics")
	for _, of := range []backend.Subject{
		{Collection: 1 << 40}, {Object: 1 << 40}, {Principal: 1 << 40}, {Object: it.Object},
	} {
		f.refused(backend.ErrNotFound, func(w backend.Writer) error {
			return w.SetProperties(of, []backend.Property{property("a", "<a/>")})
		})
	}
	for _, of := range []backend.Subject{{}, {Collection: f.work.ID, Object: it.Object}, {Kind: backend.Calendar}} {
		err := f.store.Update(f.ctx, alice, func(w backend.Writer) error {
			return w.SetProperties(of, []backend.Property{property("a", "<a/>")})
		})
		if err == nil || errors.Is(err, backend.ErrNotFound) {
			f.Errorf("subject %+v: %v", of, err)
		}
	}
}
