package sqlite

import (
	"iter"
	"math"
	"slices"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// An item whose facts are of an older Describe, or that none understands, may be anything and anywhere: each of these
// yields it, too.
const (
	sqlItems = "SELECT " + itemColumns + ` FROM item INDEXED BY item_name
	WHERE collection = ? AND deleted = 0 ORDER BY name`
	sqlItemsText = "SELECT " + itemColumns + `, item_text.text FROM item INDEXED BY item_name
	LEFT JOIN item_text ON item_text.item = item.id WHERE collection = ? AND deleted = 0 ORDER BY name`
	sqlItemsUID = "SELECT " + itemColumns + `, item_text.text FROM item LEFT JOIN item_text ON item_text.item = item.id
	WHERE item.id IN (SELECT id FROM item INDEXED BY item_uid WHERE collection = ?1 AND uid = ?2 AND deleted = 0
	UNION ALL SELECT id FROM item INDEXED BY item_facts WHERE collection = ?1 AND facts_version < ?3)
	AND deleted = 0 ORDER BY name`
	sqlItemsSpan = "SELECT " + itemColumns + `, item_text.text FROM item LEFT JOIN item_text ON item_text.item = item.id
	WHERE item.id IN (SELECT item FROM span WHERE collection = ?1 AND alarm = ?2 AND until >= ?3 AND since <= ?4
	UNION ALL SELECT id FROM item INDEXED BY item_facts WHERE collection = ?1 AND facts_version < ?5)
	AND deleted = 0 ORDER BY name`
)

func (r *reader) Items(collection int64, q backend.Query) iter.Seq2[backend.Item, error] {
	f := filter{components: q.Components}
	for _, t := range q.Texts {
		f.texts = append(f.texts, []byte(t))
	}
	switch {
	case q.UID != "":
		return rows(r, sqlItemsUID, f.scan, collection, q.UID, backend.FactsVersion)
	case q.From != nil || q.To != nil:
		from, to := int64(math.MinInt64), int64(math.MaxInt64)
		if q.From != nil {
			from = *q.From
		}
		if q.To != nil {
			to = *q.To
		}
		return rows(r, sqlItemsSpan, f.scan, collection, q.Alarm, from, to, backend.FactsVersion)
	case len(f.components) > 0 || len(f.texts) > 0:
		return rows(r, sqlItemsText, f.scan, collection)
	}
	return rows(r, sqlItems, scanItem, collection)
}

// A filter is the part of a query that is decided row by row.
type filter struct {
	components []string
	texts      [][]byte
}

func (f *filter) scan(st *db.Stmt, it *backend.Item) bool {
	if st.Int(columnFacts) >= backend.FactsVersion && !f.matches(st) {
		return false
	}
	return scanItem(st, it)
}

func (f *filter) matches(st *db.Stmt) bool {
	if len(f.components) > 0 && !slices.Contains(f.components, component(st.View(9))) {
		return false
	}
	for _, t := range f.texts {
		if !backend.MayHold(st.View(columnText), t) {
			return false
		}
	}
	return true
}
