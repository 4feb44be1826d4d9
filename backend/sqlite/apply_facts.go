package sqlite

import (
	"slices"

	"daycairn/backend"
)

const (
	sqlKind        = "SELECT kind FROM collection WHERE id = ?"
	sqlDropSpans   = "DELETE FROM span WHERE item = ?"
	sqlDropText    = "DELETE FROM item_text WHERE item = ?"
	sqlSpansOf     = "SELECT since, until, alarm FROM span INDEXED BY span_item WHERE item = ? ORDER BY alarm, until, since"
	sqlAddSpan     = "INSERT INTO span (collection, alarm, until, since, item) VALUES (?, ?, ?, ?, ?)"
	sqlAddText     = "INSERT INTO item_text (item, text) VALUES (?, ?)"
	sqlReplaceText = "INSERT INTO item_text (item, text) VALUES (?, ?) ON CONFLICT (item) DO UPDATE SET text = excluded.text WHERE text <> excluded.text"
	sqlSetFacts    = "UPDATE item SET v4 = ?, facts_version = ?, uid = ?, component = ? WHERE id = ?"
	sqlSetCounted  = "UPDATE collection SET v4 = v4 + ? WHERE id = ?"
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
	spans := slices.SortedFunc(slices.Values(f.Spans), compareSpans)
	spans = slices.Compact(spans)
	if was > 0 {
		have, err := a.spans(item)
		if err != nil {
			return err
		}
		if slices.Equal(have, spans) {
			spans = nil // most changes leave the time alone
		} else if err := a.c.Exec(sqlDropSpans, item); err != nil {
			return err
		}
	}
	for _, s := range spans {
		if err := a.c.Exec(sqlAddSpan, collection, s.Alarm, s.To, s.From, item); err != nil {
			return err
		}
	}
	if was > 0 {
		return a.c.Exec(sqlReplaceText, item, f.Text)
	}
	return a.c.Exec(sqlAddText, item, f.Text)
}

// spans of an item, in the order of the index.
func (a *applier) spans(item int64) (list []backend.Span, err error) {
	st, err := a.c.Query(sqlSpansOf, item)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	for {
		ok, err := st.Next()
		if err != nil || !ok {
			return list, err
		}
		list = append(list, backend.Span{From: st.Int(0), To: st.Int(1), Alarm: st.Bool(2)})
	}
}

func (a *applier) unindex(item int64) error {
	if err := a.c.Exec(sqlDropSpans, item); err != nil {
		return err
	}
	return a.c.Exec(sqlDropText, item)
}
