package sqlite

import (
	"fmt"
	"iter"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

const collectionColumns = `id, public_id, owner, kind, slug, components, seq, home_seq, changed, is_default, created,
	modified, deleted, v4, items, mark`

func scanCollection(st *db.Stmt, c *backend.Collection) bool {
	*c = backend.Collection{
		ID: st.Int(0), PublicID: st.Text(1), Owner: st.Int(2), Kind: backend.Kind(st.Text(3)), Slug: st.Text(4),
		Seq: st.Int(6), HomeSeq: st.Int(7), Changed: st.Int(8), Default: st.Bool(9),
		Created: fromMicros(st.Int(10)), Modified: fromMicros(st.Int(11)), Deleted: st.Bool(12),
		HasV4: st.Bool(13), Items: st.Int(14),
	}
	st.Copy(15, c.Mark[:])
	if !st.Null(5) {
		c.Components = splitComponents(st.Text(5))
	}
	return true
}

const (
	sqlCollectionBySlug = "SELECT " + collectionColumns + " FROM collection WHERE owner = ? AND kind = ? AND slug = ? AND deleted = 0"
	sqlCollectionByID   = "SELECT " + collectionColumns + " FROM collection WHERE id = ? AND deleted = 0"
	sqlHome             = "SELECT " + collectionColumns + " FROM collection INDEXED BY collection_slug WHERE owner = ? AND kind = ? AND deleted = 0 ORDER BY is_default DESC, id"
	sqlHomeChanges      = "SELECT " + collectionColumns + " FROM collection WHERE owner = ? AND kind = ? AND changed > ? ORDER BY changed, id"
	sqlHomeState        = "SELECT changed, mark FROM collection WHERE owner = ? AND kind = ? ORDER BY changed DESC LIMIT 1"
)

func (r *reader) Collection(principal int64, kind backend.Kind, slug string) (c backend.Collection, err error) {
	ok, err := r.look(sqlCollectionBySlug, func(st *db.Stmt) { scanCollection(st, &c) }, principal, string(kind), slug)
	if err == nil && !ok {
		err = fmt.Errorf("collection %q: %w", slug, backend.ErrNotFound)
	}
	return c, err
}

func (r *reader) CollectionByID(id int64) (c backend.Collection, err error) {
	ok, err := r.look(sqlCollectionByID, func(st *db.Stmt) { scanCollection(st, &c) }, id)
	if err == nil && !ok {
		err = fmt.Errorf("collection %d: %w", id, backend.ErrNotFound)
	}
	return c, err
}

func (r *reader) Home(principal int64, kind backend.Kind) ([]backend.Collection, error) {
	return collect(r, sqlHome, scanCollection, []any{principal, string(kind)})
}

func (r *reader) HomeState(principal int64, kind backend.Kind) (state int64, mark backend.Mark, err error) {
	ok, err := r.look(sqlHomeState, func(st *db.Stmt) {
		state = st.Int(0)
		st.Copy(1, mark[:])
	}, principal, string(kind))
	if err != nil || ok {
		return state, mark, err
	}
	mark, err = r.Mark(principal) // an id is the version that made the principal
	return principal, mark, err
}

func (r *reader) HomeChanges(principal int64, kind backend.Kind, since int64) iter.Seq2[backend.Collection, error] {
	return rows(r, sqlHomeChanges, scanCollection, principal, string(kind), since)
}

const (
	sqlProperties            = "SELECT space, local, xml FROM property WHERE scope = ? AND subject = ? AND own = 0 ORDER BY space, local"
	sqlObjectsWithProperties = `SELECT object FROM item INDEXED BY item_properties
	WHERE collection = ? AND properties > 0 AND deleted = 0`
)

func (r *reader) Properties(of backend.Subject, names ...backend.PropertyName) ([]backend.Property, error) {
	sc, id, err := scope(of)
	if err != nil {
		return nil, err
	}
	wanted := make(map[backend.PropertyName]bool, len(names))
	for _, n := range names {
		wanted[n] = true
	}
	return collect(r, sqlProperties, func(st *db.Stmt, p *backend.Property) bool {
		p.Name = backend.PropertyName{Space: st.Text(0), Local: st.Text(1)}
		if len(names) > 0 && !wanted[p.Name] {
			return false
		}
		p.XML = st.Blob(2)
		return true
	}, []any{sc, id})
}

func (r *reader) ObjectsWithProperties(collection int64) (map[int64]bool, error) {
	all := map[int64]bool{}
	_, err := collect(r, sqlObjectsWithProperties, func(st *db.Stmt, _ *struct{}) bool {
		all[st.Int(0)] = true
		return false
	}, []any{collection})
	return all, err
}
