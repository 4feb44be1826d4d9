package sqlite

import (
	"bytes"
	"iter"
	"slices"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

const (
	sqlItems = "SELECT " + itemColumns + ` FROM item INDEXED BY item_name
	WHERE collection = ? AND deleted = 0 ORDER BY name`
	sqlItemsText = "SELECT " + itemColumns + `, item_text.text FROM item INDEXED BY item_name
	LEFT JOIN item_text ON item_text.item = item.id WHERE collection = ? AND deleted = 0 ORDER BY name`
	sqlItemsUID = "SELECT " + itemColumns + ", item_text.text FROM item LEFT JOIN item_text ON item_text.item = item.id" +
		" WHERE collection = ? AND uid = ? AND deleted = 0 ORDER BY name"
	sqlItemsSpan = "SELECT " + itemColumns + `, item_text.text FROM item LEFT JOIN item_text ON item_text.item = item.id
	WHERE item.id IN (SELECT item FROM span WHERE collection = ?1 AND alarm = ?2 AND until >= ?3 AND since <= ?4)
	AND deleted = 0 ORDER BY name`
	sqlSpanItems = "SELECT DISTINCT item FROM span WHERE collection = ? AND alarm = ? AND until >= ? AND since <= ?"
	sqlStale     = "SELECT 1 FROM item WHERE facts_version < ? LIMIT 1"
)

// Bounds of time for a query without them.
const (
	minTime = -1 << 63
	maxTime = 1<<63 - 1
)

func (r *reader) Items(collection int64, q backend.Query) iter.Seq2[backend.Item, error] {
	timed := q.From != nil || q.To != nil
	if !timed && len(q.Components) == 0 && len(q.Texts) == 0 && q.UID == "" {
		return rows(r, sqlItems, scanItem, collection)
	}
	from, to := int64(minTime), int64(maxTime)
	if q.From != nil {
		from = *q.From
	}
	if q.To != nil {
		to = *q.To
	}
	f := filter{components: q.Components}
	for _, t := range q.Texts {
		f.texts = append(f.texts, []byte(t))
	}
	return func(yield func(backend.Item, error) bool) {
		stale, err := r.stale()
		switch {
		case err != nil:
		case stale:
			// An item whose facts are old may be anywhere: all are looked at.
			f.uid, f.timed = q.UID, timed
			f.inSpan, err = r.spanItems(timed, collection, q.Alarm, from, to)
		}
		if err != nil {
			yield(backend.Item{}, err)
			return
		}
		switch {
		case stale:
			rows(r, sqlItemsText, f.scan, collection)(yield)
		case q.UID != "":
			f.timed = timed
			if f.inSpan, err = r.spanItems(timed, collection, q.Alarm, from, to); err != nil {
				yield(backend.Item{}, err)
				return
			}
			rows(r, sqlItemsUID, f.scan, collection, q.UID)(yield)
		case timed:
			rows(r, sqlItemsSpan, f.scan, collection, q.Alarm, from, to)(yield)
		default:
			rows(r, sqlItemsText, f.scan, collection)(yield)
		}
	}
}

// stale tells whether any item waits for its facts to be read again.
func (r *reader) stale() (stale bool, err error) {
	return r.look(sqlStale, func(*db.Stmt) {}, backend.FactsVersion)
}

func (r *reader) spanItems(timed bool, collection int64, alarm bool, from, to int64) (map[int64]bool, error) {
	if !timed {
		return nil, nil
	}
	set := map[int64]bool{}
	st, err := r.c.Query(sqlSpanItems, collection, alarm, from, to)
	if err != nil {
		return nil, r.failed(err)
	}
	defer st.Close()
	for {
		ok, err := st.Next()
		if err != nil || !ok {
			return set, err
		}
		set[st.Int(0)] = true
	}
}

// A filter is the part of a query that is decided row by row. Items with old facts pass it.
type filter struct {
	components []string
	texts      [][]byte
	uid        string
	timed      bool
	inSpan     map[int64]bool
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
	if f.uid != "" && string(st.View(8)) != f.uid {
		return false
	}
	if f.timed && f.inSpan != nil && !f.inSpan[st.Int(columnID)] {
		return false
	}
	for _, t := range f.texts {
		if !bytes.Contains(st.View(columnText), t) {
			return false
		}
	}
	return true
}
