package sqlite

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"iter"

	"github.com/google/uuid"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// itemColumns are all that listings need; scanItem reads them.
const itemColumns = `item.collection, item.name, item.object, item.uuid, item.seq, item.body, item.hash, item.size, item.uid,
	item.component, item.created, item.modified, item.deleted, item.facts_version`

// Columns behind those of the item itself.
const (
	columnFacts = 13
	columnText  = 14
)

func scanItem(st *db.Stmt, it *backend.Item) bool {
	var id uuid.UUID
	it.Collection = st.Int(0)
	it.Name = st.Text(1)
	it.Object = st.Int(2)
	st.Copy(3, id[:])
	it.ObjectUUID = id.String()
	it.Seq = st.Int(4)
	it.Body = st.Int(5)
	st.Copy(6, it.Hash[:])
	it.Size = st.Int(7)
	it.UID = st.Text(8)
	it.Component = component(st.View(9))
	it.Created = fromMicros(st.Int(10))
	it.Modified = fromMicros(st.Int(11))
	it.Deleted = st.Bool(12)
	return true
}

const (
	sqlItem      = "SELECT " + itemColumns + " FROM item WHERE collection = ? AND name = ? AND deleted = 0"
	sqlItemByUID = "SELECT " + itemColumns + " FROM item WHERE collection = ? AND uid = ? AND deleted = 0 ORDER BY seq LIMIT 1"
	sqlChanges   = "SELECT " + itemColumns + " FROM item WHERE collection = ? AND seq > ? AND seq <= ? ORDER BY seq"
)

func (r *reader) Item(collection int64, name string) (it backend.Item, err error) {
	ok, err := r.look(sqlItem, func(st *db.Stmt) { scanItem(st, &it) }, collection, name)
	if err == nil && !ok {
		err = fmt.Errorf("item %q: %w", name, backend.ErrNotFound)
	}
	return it, err
}

func (r *reader) ItemByUID(collection int64, uid string) (it backend.Item, err error) {
	ok, err := r.look(sqlItemByUID, func(st *db.Stmt) { scanItem(st, &it) }, collection, uid)
	if err == nil && !ok {
		err = fmt.Errorf("item with uid %q: %w", uid, backend.ErrNotFound)
	}
	return it, err
}

func (r *reader) ItemsNamed(collection int64, names []string) iter.Seq2[backend.Item, error] {
	return func(yield func(backend.Item, error) bool) {
		if len(names) > backend.NamesChunk {
			yield(backend.Item{}, fmt.Errorf("%d names, at most %d", len(names), backend.NamesChunk))
			return
		}
		seen := make(map[string]bool, len(names))
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			var it backend.Item
			ok, err := r.look(sqlItem, func(st *db.Stmt) { scanItem(st, &it) }, collection, name)
			if err != nil {
				yield(backend.Item{}, err)
				return
			}
			if ok && !yield(it, nil) {
				return
			}
		}
	}
}

func (r *reader) Changes(collection int64, since, until int64) iter.Seq2[backend.Item, error] {
	return rows(r, sqlChanges, scanItem, collection, since, until)
}

const sqlBody = "SELECT bytes, hash FROM body WHERE id = ?"

func (r *reader) Body(id int64) ([]byte, error) {
	body, ok, err := r.body(id)
	if err == nil && !ok {
		err = fmt.Errorf("body %d: %w", id, backend.ErrNotFound)
	}
	return body, err
}

func (r *reader) body(id int64) (body []byte, ok bool, err error) {
	sound := false
	ok, err = r.look(sqlBody, func(st *db.Stmt) {
		body = st.Blob(0)
		sum := sha256.Sum256(body)
		sound = bytes.Equal(st.View(1), sum[:])
	}, id)
	if err == nil && ok && !sound {
		return nil, true, fmt.Errorf("body %d: %w", id, backend.ErrDamaged)
	}
	return body, ok, err
}

func (r *reader) Bodies(ids []int64, fn func(id int64, body []byte) error) error {
	if len(ids) > backend.NamesChunk {
		return fmt.Errorf("%d ids, at most %d", len(ids), backend.NamesChunk)
	}
	seen := make(map[int64]bool, len(ids))
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		body, ok, err := r.body(id)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := fn(id, body); err != nil {
			return err
		}
	}
	return nil
}
