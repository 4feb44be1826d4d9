package auth

import "container/list"

// table is a map of bounded size: the entry that was used longest ago makes room. It is not safe for concurrent use.
type table[K comparable, V any] struct {
	limit int
	byKey map[K]*list.Element
	order *list.List // of *row, most recently used first
}

type row[K comparable, V any] struct {
	key   K
	value V
}

func newTable[K comparable, V any](limit int) *table[K, V] {
	return &table[K, V]{limit: limit, byKey: map[K]*list.Element{}, order: list.New()}
}

// get marks the entry as used. The pointer is valid until the next put or drop.
func (t *table[K, V]) get(k K) *V {
	e, ok := t.byKey[k]
	if !ok {
		return nil
	}
	t.order.MoveToFront(e)
	return &e.Value.(*row[K, V]).value
}

// put sets an entry and marks it as used.
func (t *table[K, V]) put(k K, v V) *V {
	if p := t.get(k); p != nil {
		*p = v
		return p
	}
	if t.order.Len() >= t.limit {
		last := t.order.Back()
		delete(t.byKey, t.order.Remove(last).(*row[K, V]).key)
	}
	r := &row[K, V]{key: k, value: v}
	t.byKey[k] = t.order.PushFront(r)
	return &r.value
}

func (t *table[K, V]) drop(k K) {
	if e, ok := t.byKey[k]; ok {
		t.order.Remove(e)
		delete(t.byKey, k)
	}
}

func (t *table[K, V]) len() int { return t.order.Len() }
