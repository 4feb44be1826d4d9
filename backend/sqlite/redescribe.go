package sqlite

import (
	"context"
	"errors"
	"time"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

const (
	describeBatch = 100
	describeBytes = 4 << 20 // of bodies in a batch, or one that is larger
	describePause = 50 * time.Millisecond
	describeEvery = time.Minute
)

// describeAgain reads the facts of bodies again that an older Describe found, a few at a time.
func (s *Store) describeAgain(ctx context.Context) {
	wait := time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		n, err := s.describeSome(ctx)
		switch {
		case err != nil:
			if !errors.Is(err, backend.ErrHold) && !errors.Is(err, backend.ErrClosed) && ctx.Err() == nil {
				s.o.Log.Warn("describe items again", "err", err)
			}
			wait = describeEvery
		case n > 0:
			wait = describePause
		default:
			wait = describeEvery
		}
	}
}

const sqlOldFacts = `SELECT item.id, item.collection, collection.kind, item.body, item.size, item.v4, item.deleted, body.bytes
	FROM collection CROSS JOIN item INDEXED BY item_facts ON item.collection = collection.id
	AND item.facts_version >= 0 AND item.facts_version < ? JOIN body ON body.id = item.body LIMIT ?`

type oldFacts struct {
	item, collection, body, v4 int64
	kind                       backend.Kind
	bytes                      []byte
	deleted                    bool

	facts backend.Facts
	err   error // of Describe
}

// undescribable marks the facts of a body that today's parser refuses: its span stays everything, and it is not read
// again before the next version of Describe.
const undescribable = -backend.FactsVersion

func (s *Store) describeSome(ctx context.Context) (n int, err error) {
	var list []oldFacts
	size := int64(0)
	err = s.View(ctx, func(v backend.Reader) error {
		list, err = collect(v.(*reader), sqlOldFacts, func(st *db.Stmt, f *oldFacts) bool {
			if size > 0 && size+st.Int(4) > describeBytes {
				return false // in a later batch
			}
			size += max(1, st.Int(4))
			*f = oldFacts{
				item: st.Int(0), collection: st.Int(1), kind: backend.Kind(st.Text(2)), body: st.Int(3),
				v4: st.Int(5), deleted: st.Bool(6), bytes: st.Blob(7),
			}
			return true
		}, []any{backend.FactsVersion, describeBatch})
		return err
	})
	if err != nil || len(list) == 0 {
		return 0, err
	}
	for i := range list { // before the Update: nobody waits for it
		o := &list[i]
		o.facts, o.err = s.o.Describe(o.kind, o.bytes)
		o.bytes = nil
	}
	return len(list), s.update(ctx, backend.Server, func(w *writer) error {
		for i := range list {
			if err := w.describe(&list[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

const sqlSameBody = "SELECT 1 FROM item WHERE id = ? AND body = ? AND deleted = ?"

// describe writes new facts of an item, if it is still the one that was read.
func (w *writer) describe(o *oldFacts) error {
	same, err := w.look(sqlSameBody, func(*db.Stmt) {}, o.item, o.body, o.deleted)
	if err != nil || !same {
		return err
	}
	w.dirty = true
	if o.err != nil {
		return w.failedUnless(w.c.Exec("UPDATE item SET facts_version = ? WHERE id = ?", undescribable, o.item))
	}
	f := &o.facts
	if err := w.c.Exec(sqlSetFacts, f.V4, f.Version, f.UID, f.Component, o.item); err != nil {
		return w.failed(err)
	}
	if o.deleted {
		return nil
	}
	if err := w.c.Exec(sqlSetCounted, one(f.V4)-o.v4, o.collection); err != nil {
		return w.failed(err)
	}
	return w.failedUnless(w.a.index(o.item, o.collection, f, 1))
}

func (r *reader) failedUnless(err error) error {
	if err == nil {
		return nil
	}
	return r.failed(err)
}
