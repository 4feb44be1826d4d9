package sqlite

import (
	"errors"
	"fmt"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// A row is what a name stands for, living or not.
type row struct {
	id, object int64
	deleted    bool
}

const sqlRow = "SELECT id, object, deleted FROM item WHERE collection = ? AND name = ?"

func (w *writer) row(collection int64, name string) (r row, ok bool, err error) {
	ok, err = w.look(sqlRow, func(st *db.Stmt) {
		r = row{id: st.Int(0), object: st.Int(1), deleted: st.Bool(2)}
	}, collection, name)
	return r, ok, err
}

func (w *writer) PutItem(collection int64, name string, body []byte, facts backend.Facts) (it backend.Item, created bool, err error) {
	if name == "" {
		return it, false, errors.New("put item: empty name")
	}
	col, err := w.CollectionByID(collection)
	if err != nil {
		return it, false, err
	}
	if body == nil {
		body = []byte{}
	}
	hash := backend.Hash(body)
	old, known, err := w.row(collection, name)
	if err != nil {
		return it, false, err
	}
	living := known && !old.deleted
	if living {
		it, err = w.Item(collection, name)
		if err != nil || it.Hash == hash {
			return it, false, err
		}
	}
	if !living && col.Items >= w.s.o.MaxItems {
		return it, false, fmt.Errorf("%d items in a collection: %w", col.Items, backend.ErrQuota)
	}
	if err := w.room(col.Owner, len(body)); err != nil {
		return it, false, err
	}
	r, err := w.record(backend.EventPut, col.Owner)
	if err != nil {
		return it, false, err
	}
	r.Collection, r.Name, r.Seq = collection, name, col.Seq+1
	r.Body, r.Hash, r.Bytes, r.Facts = r.ID, hash, body, &facts
	r.Object, r.Item = old.object, old.id
	if !living {
		id, err := newUUID(w.s.o.Rand)
		if err != nil {
			return it, false, w.failed(err)
		}
		r.Object, r.Detail.UUID = r.ID, id.String()
	}
	if !known {
		r.Item = r.ID
	}
	if err := w.do(r); err != nil {
		return it, false, err
	}
	it, err = w.Item(collection, name)
	return it, !living, err
}

func (w *writer) DeleteItem(collection int64, name string) error {
	col, err := w.CollectionByID(collection)
	if err != nil {
		return err
	}
	old, known, err := w.row(collection, name)
	if err != nil {
		return err
	}
	if !known || old.deleted {
		return fmt.Errorf("item %q: %w", name, backend.ErrNotFound)
	}
	r, err := w.record(backend.EventDelete, col.Owner)
	if err != nil {
		return err
	}
	r.Collection, r.Name, r.Seq = collection, name, col.Seq+1
	r.Object, r.Item = old.object, old.id
	return w.do(r)
}

func (w *writer) MoveItem(collection int64, name string, toCollection int64, toName string) (it backend.Item, err error) {
	if toName == "" {
		return it, errors.New("move item: empty name")
	}
	from, err := w.CollectionByID(collection)
	if err != nil {
		return it, err
	}
	to, err := w.CollectionByID(toCollection)
	if err != nil {
		return it, err
	}
	source, known, err := w.row(collection, name)
	if err != nil {
		return it, err
	}
	if !known || source.deleted {
		return it, fmt.Errorf("item %q: %w", name, backend.ErrNotFound)
	}
	target, reuse, err := w.row(toCollection, toName)
	if err != nil {
		return it, err
	}
	if reuse && !target.deleted {
		return it, fmt.Errorf("item %q: %w", toName, backend.ErrExists)
	}
	if from.ID != to.ID && to.Items >= w.s.o.MaxItems {
		return it, fmt.Errorf("%d items in a collection: %w", to.Items, backend.ErrQuota)
	}
	if err := w.room(to.Owner, 0); err != nil {
		return it, err
	}
	r, err := w.record(backend.EventMove, to.Owner)
	if err != nil {
		return it, err
	}
	r.Collection, r.Name, r.Object = to.ID, toName, source.object
	r.Detail.FromCollection, r.Detail.FromItem, r.Detail.FromName = from.ID, source.id, name
	r.Detail.FromSeq, r.Seq = from.Seq+1, to.Seq+1
	if from.ID == to.ID {
		r.Seq++
	}
	r.Item = target.id
	if !reuse {
		r.Item = r.ID
	}
	if err := w.do(r); err != nil {
		return it, err
	}
	return w.Item(toCollection, toName)
}
