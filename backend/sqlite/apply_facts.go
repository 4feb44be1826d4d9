package sqlite

import "daycairn/backend"

const (
	sqlKind       = "SELECT kind FROM collection WHERE id = ?"
	sqlDropSpans  = "DELETE FROM span WHERE item = ?"
	sqlDropText   = "DELETE FROM item_text WHERE item = ?"
	sqlAddSpan    = "INSERT OR IGNORE INTO span (collection, alarm, until, since, item) VALUES (?, ?, ?, ?, ?)"
	sqlAddText    = "INSERT INTO item_text (item, text) VALUES (?, ?)"
	sqlReplace    = "INSERT INTO item_text (item, text) VALUES (?, ?) ON CONFLICT (item) DO UPDATE SET text = excluded.text"
	sqlSetFacts   = "UPDATE item SET v4 = ?, facts_version = ?, uid = ?, component = ? WHERE id = ?"
	sqlSetCounted = "UPDATE collection SET v4 = v4 + ? WHERE id = ?"
)

// facts of a record's bytes. A body from the journal is described anew; one that today's parser dislikes keeps
// version 0, which makes no filter drop it: existence is not parseability.
func (a *applier) facts(r *record) (*backend.Facts, error) {
	if r.Facts != nil {
		return r.Facts, nil
	}
	kind, err := a.c.Text(sqlKind, r.Collection)
	if err != nil {
		return nil, err
	}
	f, err := a.describe(backend.Kind(kind), r.Bytes)
	if err != nil {
		return &backend.Facts{}, nil
	}
	return &f, nil
}

// index notes where filters will find an item. was is 1 when the item was living, and so may have rows already.
func (a *applier) index(item, collection int64, f *backend.Facts, was int64) error {
	if was > 0 {
		if err := a.c.Exec(sqlDropSpans, item); err != nil {
			return err
		}
	}
	for _, s := range f.Spans {
		if err := a.c.Exec(sqlAddSpan, collection, s.Alarm, s.To, s.From, item); err != nil {
			return err
		}
	}
	if was > 0 {
		return a.c.Exec(sqlReplace, item, f.Text)
	}
	return a.c.Exec(sqlAddText, item, f.Text)
}

func (a *applier) unindex(item int64) error {
	if err := a.c.Exec(sqlDropSpans, item); err != nil {
		return err
	}
	return a.c.Exec(sqlDropText, item)
}
