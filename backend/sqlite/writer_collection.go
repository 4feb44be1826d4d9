package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

func (w *writer) CreateCollection(n backend.NewCollection) (c backend.Collection, err error) {
	if n.Slug == "" || n.Kind != backend.Calendar && n.Kind != backend.AddressBook {
		return c, fmt.Errorf("create collection: kind %q, slug %q", n.Kind, n.Slug)
	}
	if slices.Contains(backend.ReservedSlugs, n.Slug) {
		return c, fmt.Errorf("slug %q is reserved: %w", n.Slug, backend.ErrExists)
	}
	if _, err := w.Collection(n.Owner, n.Kind, n.Slug); !errors.Is(err, backend.ErrNotFound) {
		return c, orExists(err, "slug", n.Slug)
	}
	u, err := w.Usage(n.Owner)
	if err != nil {
		return c, err
	}
	if u.Collections >= w.s.o.MaxCollections {
		return c, fmt.Errorf("%d collections: %w", u.Collections, backend.ErrQuota)
	}
	props := firstValues(n.Properties)
	if err := w.room(n.Owner, propertiesSize(props)); err != nil {
		return c, err
	}
	r, err := w.record(backend.EventCreateCollection, n.Owner)
	if err != nil {
		return c, err
	}
	id, err := newUUID(w.s.o.Rand)
	if err != nil {
		return c, w.failed(err)
	}
	r.Collection, r.Name = r.ID, n.Slug
	r.Detail.UUID, r.Detail.Kind, r.Detail.Default = id.String(), n.Kind, n.Default
	r.Detail.Components, r.Detail.Properties = n.Components, props
	if r.Detail.HomeSeq, err = w.homeSeq(n.Owner, n.Kind); err != nil {
		return c, err
	}
	if err := w.do(r); err != nil {
		return c, err
	}
	return w.CollectionByID(r.Collection)
}

// orExists makes ErrExists of a lookup that found something.
func orExists(err error, what, value string) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%s %q: %w", what, value, backend.ErrExists)
}

// changed begins a record that a collection's home shows.
func (w *writer) changed(event backend.Event, c *backend.Collection) (*record, error) {
	r, err := w.record(event, c.Owner)
	if err != nil {
		return nil, err
	}
	r.Collection, r.Name = c.ID, c.Slug
	r.Detail.HomeSeq, err = w.homeSeq(c.Owner, c.Kind)
	return r, err
}

func (w *writer) RenameCollection(id int64, slug string) error {
	c, err := w.CollectionByID(id)
	if err != nil {
		return err
	}
	if c.Slug == slug {
		return nil
	}
	if slug == "" || slices.Contains(backend.ReservedSlugs, slug) {
		return fmt.Errorf("slug %q is reserved: %w", slug, backend.ErrExists)
	}
	if _, err := w.Collection(c.Owner, c.Kind, slug); !errors.Is(err, backend.ErrNotFound) {
		return orExists(err, "slug", slug)
	}
	r, err := w.changed(backend.EventChangeCollection, &c)
	if err != nil {
		return err
	}
	r.Name = slug
	return w.do(r)
}

func (w *writer) SetComponents(id int64, components []string) error {
	c, err := w.CollectionByID(id)
	if err != nil {
		return err
	}
	if slices.Equal(c.Components, components) && (c.Components == nil) == (components == nil) {
		return nil
	}
	r, err := w.changed(backend.EventChangeCollection, &c)
	if err != nil {
		return err
	}
	r.Detail.Components, r.Detail.SetComponents = components, true
	return w.do(r)
}

func (w *writer) DeleteCollection(id int64) error {
	c, err := w.CollectionByID(id)
	if err != nil {
		return err
	}
	r, err := w.changed(backend.EventDeleteCollection, &c)
	if err != nil {
		return err
	}
	return w.do(r)
}

const sqlObjectHome = `SELECT item.id, item.collection, item.name, collection.owner FROM object
	JOIN item ON item.id = object.item AND item.deleted = 0
	JOIN collection ON collection.id = item.collection AND collection.deleted = 0
	WHERE object.id = ?`

func (w *writer) SetProperties(of backend.Subject, props []backend.Property) error {
	have, err := w.Properties(of)
	if err != nil {
		return err
	}
	props = differing(have, firstValues(props))
	if len(props) == 0 {
		return w.exists(of)
	}
	r, err := w.propertyRecord(of)
	if err != nil {
		return err
	}
	if n := propertiesSize(props); n > 0 {
		if err := w.room(r.Principal, n); err != nil {
			return err
		}
	}
	r.Detail.Subject, r.Detail.Properties = &of, props
	return w.do(r)
}

func (w *writer) exists(of backend.Subject) error {
	_, err := w.propertyRecord(of)
	return err
}

// propertyRecord begins a version of a subject's properties: in whose history, and where.
func (w *writer) propertyRecord(of backend.Subject) (*record, error) {
	switch {
	case of.Collection != 0:
		c, err := w.CollectionByID(of.Collection)
		if err != nil {
			return nil, err
		}
		return w.changed(backend.EventProperties, &c)
	case of.Object != 0:
		var at struct {
			item, collection, owner int64
			name                    string
		}
		ok, err := w.look(sqlObjectHome, func(st *db.Stmt) {
			at.item, at.collection, at.name, at.owner = st.Int(0), st.Int(1), st.Text(2), st.Int(3)
		}, of.Object)
		if err == nil && !ok {
			err = fmt.Errorf("object %d: %w", of.Object, backend.ErrNotFound)
		}
		if err != nil {
			return nil, err
		}
		r, err := w.record(backend.EventProperties, at.owner)
		if err == nil {
			r.Object, r.Item, r.Collection, r.Name = of.Object, at.item, at.collection, at.name
		}
		return r, err
	}
	if _, err := w.PrincipalByID(of.Principal); err != nil {
		return nil, err
	}
	return w.record(backend.EventProperties, of.Principal)
}

// firstValues drops all but the last value of a name, so that order does not matter.
func firstValues(props []backend.Property) []backend.Property {
	at := make(map[backend.PropertyName]int, len(props))
	list := make([]backend.Property, 0, len(props))
	for _, p := range props {
		if i, ok := at[p.Name]; ok {
			list[i] = p
			continue
		}
		at[p.Name] = len(list)
		list = append(list, p)
	}
	return list
}

// differing keeps the properties that would change something.
func differing(have, want []backend.Property) []backend.Property {
	now := make(map[backend.PropertyName][]byte, len(have))
	for _, p := range have {
		now[p.Name] = p.XML
	}
	var list []backend.Property
	for _, p := range want {
		xml, set := now[p.Name]
		if p.XML == nil && !set || p.XML != nil && set && bytes.Equal(xml, p.XML) {
			continue
		}
		list = append(list, p)
	}
	return list
}

func propertiesSize(props []backend.Property) int {
	n := 0
	for _, p := range props {
		n += len(p.XML)
	}
	return n
}
