package sqlite

import (
	"fmt"
	"slices"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// agreements are queries that yield a row (what, id) only where two things that must agree do not.
var agreements = [...]struct{ sql, what string }{
	{`SELECT 'collection', id FROM collection AS c WHERE
	(items, bytes, v4) <> (SELECT count(*), coalesce(sum(size), 0), coalesce(sum(v4), 0) FROM item
	WHERE item.collection = c.id AND item.deleted = 0)`, "does not count its items right"},
	{`SELECT 'collection', id FROM collection AS c WHERE
	seq <> (SELECT coalesce(max(seq), 0) FROM item WHERE item.collection = c.id)`, "is not at the sequence of its last change"},
	{`SELECT 'collection', id FROM collection
	WHERE mark IS NOT (SELECT substr(root, 1, 6) FROM version WHERE version.id = changed)`,
		"does not have the mark of the version that changed it"},
	{`SELECT 'principal', id FROM principal AS p WHERE (collections, items, bytes) <>
	(SELECT count(*), coalesce(sum(items), 0), coalesce(sum(bytes), 0) FROM collection
	WHERE collection.owner = p.id AND collection.deleted = 0)`, "does not count its collections right"},
	{`SELECT 'item', item.id FROM item JOIN body ON body.id = item.body
	WHERE item.hash <> body.hash OR item.size <> length(body.bytes)`, "does not have the hash or size of its body"},
	{`SELECT 'item', item.id FROM item JOIN object ON object.id = item.object
	WHERE item.deleted = 0 AND (object.item IS NOT item.id OR object.uuid <> item.uuid)`, "is not where its object lives"},
	{`SELECT 'object', object.id FROM object LEFT JOIN item ON item.id = object.item
	WHERE object.item IS NOT NULL AND (item.id IS NULL OR item.deleted = 1 OR item.object <> object.id)`, "lives nowhere"},
	{`SELECT 'item', item.id FROM item LEFT JOIN version ON version.object = item.object AND version.seq = item.seq
	AND version.collection = item.collection WHERE item.deleted = 0 AND version.id IS NULL`, "has no version of its last change"},
	{`SELECT 'body', body.id FROM body LEFT JOIN version ON version.id = body.id
	WHERE version.id IS NULL OR version.body <> body.id OR version.hash IS NOT NULL AND version.hash <> body.hash`,
		"is not what its version put"},
	{`SELECT 'version', version.id FROM version LEFT JOIN body ON body.id = version.body
	WHERE version.body > 0 AND body.id IS NULL`, "has lost its body"},
	{`SELECT 'span of item', span.item FROM span JOIN item ON item.id = span.item
	WHERE item.deleted = 1 OR item.collection <> span.collection`, "is in the wrong place"},
	{`SELECT 'text of item', item_text.item FROM item_text JOIN item ON item.id = item_text.item WHERE item.deleted = 1`,
		"is of a deleted item"},
	{`SELECT 'item', item.id FROM item LEFT JOIN item_text ON item_text.item = item.id
	WHERE item.deleted = 0 AND item_text.item IS NULL`, "has no text"},
	{`SELECT 'item', id FROM item WHERE deleted = 0 AND properties <> (SELECT count(*) FROM property
	WHERE scope = 'object' AND subject = item.object)`, "does not count its properties right"},
}

func (v *verifier) agreements() error {
	for _, a := range agreements {
		err := v.each(a.sql, func(st *db.Stmt) {
			v.damage(fmt.Sprintf("%s %d", st.Text(0), st.Int(1)), "%s", a.what)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	sqlLivingFacts = `SELECT item.id, collection.kind, body.bytes, item.uid, item.component, item.v4, item_text.text
	FROM item JOIN collection ON collection.id = item.collection JOIN body ON body.id = item.body
	LEFT JOIN item_text ON item_text.item = item.id
	WHERE item.deleted = 0 AND item.facts_version = ?`
)

// facts are made again from the bodies. A difference is no damage: nothing is lost, filters may miss the item.
func (v *verifier) facts() error {
	var err error
	eerr := v.each(sqlLivingFacts, func(st *db.Stmt) {
		if err != nil {
			return
		}
		where := fmt.Sprintf("item %d", st.Int(0))
		f, derr := v.s.o.Describe(backend.Kind(st.Text(1)), st.View(2))
		if derr != nil {
			v.note(where, "cannot be described any more: %v", derr)
			return
		}
		if f.UID != st.Text(3) || f.Component != st.Text(4) || f.V4 != st.Bool(5) || f.Text != st.Text(6) {
			v.note(where, "its facts are not those of its body")
			return
		}
		var same bool
		if same, err = v.sameSpans(st.Int(0), f.Spans); err == nil && !same {
			v.note(where, "its spans are not those of its body")
		}
	}, backend.FactsVersion)
	if eerr != nil {
		return eerr
	}
	return err
}

func (v *verifier) sameSpans(item int64, want []backend.Span) (bool, error) {
	a := v.s.applier(v.c)
	have, err := a.spans(item)
	return slices.Equal(have, slices.Compact(slices.SortedFunc(slices.Values(want), compareSpans))), err
}
