package sqlite

import (
	"fmt"

	"daycairn/backend"
)

const (
	sqlAddCollection = `INSERT INTO collection (id, public_id, owner, kind, slug, components, home_seq, changed, mark,
	is_default, created, modified) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	sqlSetSlug   = "UPDATE collection SET slug = ?, home_seq = ?, changed = ?, mark = ?, modified = ? WHERE id = ?"
	sqlLeaveSlug = `INSERT INTO collection (id, public_id, owner, kind, slug, home_seq, changed, mark, is_default, created,
	modified, deleted, renamed)
	SELECT ?1, public_id || '-' || ?1, owner, kind, slug, ?2, ?1, ?3, 0, ?4, ?4, 1, id FROM collection WHERE id = ?5`
	sqlSetComponents  = "UPDATE collection SET components = ?, home_seq = ?, changed = ?, mark = ?, modified = ? WHERE id = ?"
	sqlDropCollection = "UPDATE collection SET deleted = 1, home_seq = ?, changed = ?, mark = ?, modified = ? WHERE id = ?"
	sqlTouchHome      = "UPDATE collection SET home_seq = ?, changed = ?, mark = ?, modified = ? WHERE id = ?"
	sqlLiving         = "SELECT items, bytes FROM collection WHERE id = ?"
)

func (a *applier) createCollection(r *record) (change, error) {
	d := &r.Detail
	if err := a.c.Exec(sqlAddCollection, r.Collection, d.UUID, r.Principal, string(d.Kind), r.Name,
		joinComponents(d.Components), d.HomeSeq, r.ID, r.mark(), d.Default, r.micros(), r.micros()); err != nil {
		return change{}, err
	}
	if err := a.setProperties(scopeCollection, r.Collection, d.Properties); err != nil {
		return change{}, err
	}
	return change{collections: 1}, nil
}

// changeCollection leaves a tombstone under a slug that is given up, so that the home can tell (RFC 6578 §3.5.2). Its id is
// the version's, as every id is.
func (a *applier) changeCollection(r *record) (change, error) {
	d := &r.Detail
	if d.SetComponents {
		return change{}, a.c.Exec(sqlSetComponents, joinComponents(d.Components), d.HomeSeq, r.ID, r.mark(), r.micros(),
			r.Collection)
	}
	if err := a.c.Exec(sqlLeaveSlug, r.ID, d.HomeSeq, r.mark(), r.micros(), r.Collection); err != nil {
		return change{}, err
	}
	return change{}, a.c.Exec(sqlSetSlug, r.Name, d.HomeSeq, r.ID, r.mark(), r.micros(), r.Collection)
}

// deleteCollection leaves the items as they are, out of reach with their collection.
func (a *applier) deleteCollection(r *record) (change, error) {
	st, err := a.c.Query(sqlLiving, r.Collection)
	if err != nil {
		return change{}, err
	}
	defer st.Close()
	ok, err := st.Next()
	if err != nil {
		return change{}, err
	}
	if !ok {
		return change{}, fmt.Errorf("collection %d: %w", r.Collection, backend.ErrNotFound)
	}
	c := change{collections: -1, items: -st.Int(0), bytes: -st.Int(1)}
	return c, a.c.Exec(sqlDropCollection, r.Detail.HomeSeq, r.ID, r.mark(), r.micros(), r.Collection)
}

// Scopes of properties, besides the kinds of homes.
const (
	scopeCollection = "collection"
	scopeObject     = "object"
	scopePrincipal  = "principal"
)

// scope tells how a subject is stored.
func scope(s backend.Subject) (scope string, id int64, err error) {
	switch {
	case s.Collection > 0 && s.Object == 0 && s.Principal == 0 && s.Kind == "":
		return scopeCollection, s.Collection, nil
	case s.Object > 0 && s.Collection == 0 && s.Principal == 0 && s.Kind == "":
		return scopeObject, s.Object, nil
	case s.Principal > 0 && s.Collection == 0 && s.Object == 0 && s.Kind == "":
		return scopePrincipal, s.Principal, nil
	case s.Principal > 0 && s.Collection == 0 && s.Object == 0 && (s.Kind == backend.Calendar || s.Kind == backend.AddressBook):
		return string(s.Kind), s.Principal, nil
	}
	return "", 0, fmt.Errorf("subject %+v is not one thing", s)
}

const (
	sqlSetProperty = `INSERT INTO property (scope, subject, space, local, xml) VALUES (?, ?, ?, ?, ?)
	ON CONFLICT DO UPDATE SET xml = excluded.xml`
	sqlDropProperty    = "DELETE FROM property WHERE scope = ? AND subject = ? AND own = 0 AND space = ? AND local = ?"
	sqlCountProperties = `UPDATE item SET properties = (SELECT count(*) FROM property WHERE scope = 'object' AND subject = ?1)
	WHERE object = ?1 AND id = (SELECT item FROM object WHERE id = ?1)`
)

// properties of an item move no sequence; those of a collection move its home's.
func (a *applier) properties(r *record) (change, error) {
	sc, id, err := scope(*r.Detail.Subject)
	if err != nil {
		return change{}, err
	}
	if err := a.setProperties(sc, id, r.Detail.Properties); err != nil {
		return change{}, err
	}
	switch sc {
	case scopeCollection:
		err = a.c.Exec(sqlTouchHome, r.Detail.HomeSeq, r.ID, r.mark(), r.micros(), id)
	case scopeObject:
		err = a.c.Exec(sqlCountProperties, id)
	}
	return change{}, err
}

func (a *applier) setProperties(scope string, id int64, props []backend.Property) error {
	for _, p := range props {
		var err error
		if p.XML == nil {
			err = a.c.Exec(sqlDropProperty, scope, id, p.Name.Space, p.Name.Local)
		} else {
			err = a.c.Exec(sqlSetProperty, scope, id, p.Name.Space, p.Name.Local, p.XML)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
