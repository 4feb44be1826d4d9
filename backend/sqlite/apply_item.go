package sqlite

import (
	"fmt"

	"github.com/google/uuid"

	"daycairn/backend"
)

const (
	sqlAddBody   = "INSERT INTO body (id, hash, bytes) VALUES (?, ?, ?)"
	sqlAddObject = "INSERT INTO object (id, uuid, item) VALUES (?, ?, ?)"
	sqlSetHome   = "UPDATE object SET item = ? WHERE id = ?"
	sqlOldItem   = "SELECT deleted, size, v4 FROM item WHERE id = ?"
	sqlAddItem   = `INSERT INTO item (id, collection, seq, object, body, size, created, modified, v4, facts_version, name,
	uid, component, hash, uuid) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	sqlSetItem = `UPDATE item SET seq = ?, body = ?, size = ?, modified = ?, v4 = ?, facts_version = ?, uid = ?,
	component = ?, hash = ? WHERE id = ?`
	sqlReuseItem = `UPDATE item SET seq = ?, object = ?, body = ?, size = ?, created = ?, modified = ?, deleted = 0, v4 = ?,
	properties = 0, facts_version = ?, uid = ?, component = ?, schedule_tag = '', hash = ?, uuid = ? WHERE id = ?`
	sqlTombstone  = "UPDATE item SET deleted = 1, seq = ?, modified = ? WHERE id = ?"
	sqlCollection = `UPDATE collection SET seq = ?, changed = ?, mark = ?, modified = ?, items = items + ?,
	bytes = bytes + ?, v4 = v4 + ? WHERE id = ?`
)

// put stores a body under a name. Object and Item equal to the version's own id are new ones.
func (a *applier) put(r *record) (change, error) {
	facts, err := a.facts(r)
	if err != nil {
		return change{}, err
	}
	if err := a.c.Exec(sqlAddBody, r.Body, r.Hash[:], r.Bytes); err != nil {
		return change{}, err
	}
	old, err := a.oldItem(r.Item)
	if err != nil {
		return change{}, err
	}
	size := int64(len(r.Bytes))
	at := r.micros()
	if r.Object != r.ID {
		err = a.c.Exec(sqlSetItem, r.Seq, r.Body, size, at, facts.V4, facts.Version, facts.UID, facts.Component, r.Hash[:],
			r.Item)
	} else {
		err = a.newObject(r, facts)
	}
	if err != nil {
		return change{}, err
	}
	if err := a.index(r.Item, r.Collection, facts, old.living); err != nil {
		return change{}, err
	}
	c := change{items: 1 - old.living, bytes: size - old.size}
	err = a.c.Exec(sqlCollection, r.Seq, r.ID, r.mark(), at, c.items, c.bytes, one(facts.V4)-old.v4, r.Collection)
	return c, err
}

// newObject makes the object of a put, in a row of its own or in that of a tombstone.
func (a *applier) newObject(r *record, facts *backend.Facts) error {
	id, err := uuid.Parse(r.Detail.UUID)
	if err != nil {
		return err
	}
	if err := a.c.Exec(sqlAddObject, r.Object, id[:], r.Item); err != nil {
		return err
	}
	at, size := r.micros(), int64(len(r.Bytes))
	if r.Item == r.ID {
		return a.c.Exec(sqlAddItem, r.Item, r.Collection, r.Seq, r.Object, r.Body, size, at, at, facts.V4, facts.Version,
			r.Name, facts.UID, facts.Component, r.Hash[:], id[:])
	}
	return a.c.Exec(sqlReuseItem, r.Seq, r.Object, r.Body, size, at, at, facts.V4, facts.Version, facts.UID,
		facts.Component, r.Hash[:], id[:], r.Item)
}

// An oldItem is what a row counted for before a record: all zero for a tombstone or no row.
type oldItem struct{ living, size, v4 int64 }

func (a *applier) oldItem(id int64) (o oldItem, err error) {
	st, err := a.c.Query(sqlOldItem, id)
	if err != nil {
		return o, err
	}
	defer st.Close()
	ok, err := st.Next()
	if err != nil || !ok || st.Bool(0) {
		return o, err
	}
	return oldItem{living: 1, size: st.Int(1), v4: st.Int(2)}, nil
}

func (a *applier) delete(r *record) (change, error) {
	old, err := a.oldItem(r.Item)
	if err != nil {
		return change{}, err
	}
	if err := a.c.Exec(sqlTombstone, r.Seq, r.micros(), r.Item); err != nil {
		return change{}, err
	}
	if err := a.unindex(r.Item); err != nil {
		return change{}, err
	}
	if err := a.c.Exec(sqlSetHome, nil, r.Object); err != nil {
		return change{}, err
	}
	err = a.c.Exec(sqlCollection, r.Seq, r.ID, r.mark(), r.micros(), -old.living, -old.size, -old.v4, r.Collection)
	return change{items: -old.living, bytes: -old.size}, err
}

const (
	sqlMoveNew = `INSERT INTO item (id, collection, seq, object, body, size, created, modified, v4, properties,
	facts_version, name, uid, component, schedule_tag, hash, uuid)
	SELECT ?, ?, ?, object, body, size, created, ?, v4, properties, facts_version, ?, uid, component, schedule_tag, hash, uuid
	FROM item WHERE id = ?`
	sqlMoveOver = `UPDATE item SET (seq, modified, deleted, object, body, size, created, v4, properties, facts_version, uid,
	component, schedule_tag, hash, uuid) = (SELECT ?, ?, 0, object, body, size, created, v4, properties, facts_version, uid,
	component, schedule_tag, hash, uuid FROM item WHERE id = ?) WHERE id = ?`
	sqlMoveSpans = "UPDATE span SET collection = ?, item = ? WHERE item = ?"
	sqlMoveText  = "UPDATE item_text SET item = ? WHERE item = ?"
	sqlOwner     = "SELECT owner FROM collection WHERE id = ?"
)

// move takes an object to another name and leaves a tombstone under the old one.
func (a *applier) move(r *record) (change, error) {
	d, at := &r.Detail, r.micros()
	old, err := a.oldItem(d.FromItem)
	if err != nil {
		return change{}, err
	}
	if old.living == 0 {
		return change{}, fmt.Errorf("item %d: %w", d.FromItem, backend.ErrNotFound)
	}
	if r.Item == r.ID {
		err = a.c.Exec(sqlMoveNew, r.Item, r.Collection, r.Seq, at, r.Name, d.FromItem)
	} else {
		err = a.c.Exec(sqlMoveOver, r.Seq, at, d.FromItem, r.Item)
	}
	if err != nil {
		return change{}, err
	}
	if err := a.c.Exec(sqlTombstone, d.FromSeq, at, d.FromItem); err != nil {
		return change{}, err
	}
	if err := a.c.Exec(sqlMoveSpans, r.Collection, r.Item, d.FromItem); err != nil {
		return change{}, err
	}
	if err := a.c.Exec(sqlMoveText, r.Item, d.FromItem); err != nil {
		return change{}, err
	}
	if err := a.c.Exec(sqlSetHome, r.Item, r.Object); err != nil {
		return change{}, err
	}
	if err := a.c.Exec(sqlCollection, d.FromSeq, r.ID, r.mark(), at, -1, -old.size, -old.v4, d.FromCollection); err != nil {
		return change{}, err
	}
	if err := a.c.Exec(sqlCollection, r.Seq, r.ID, r.mark(), at, 1, old.size, old.v4, r.Collection); err != nil {
		return change{}, err
	}
	return a.moveSums(d.FromCollection, r.Principal, old)
}

// moveSums books a move between two roofs: the source's owner here, the target's with the version.
func (a *applier) moveSums(from, to int64, old oldItem) (change, error) {
	owner, err := a.c.Int(sqlOwner, from)
	if err != nil || owner == to {
		return change{}, err
	}
	chain, err := a.chain(owner)
	if err != nil {
		return change{}, err
	}
	if err := a.c.Exec(sqlSums, 0, -1, -old.size, 0, chain[:], owner); err != nil {
		return change{}, err
	}
	return change{items: 1, bytes: old.size}, nil
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
