package sqlite

import (
	"context"
	"fmt"
	"iter"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// A reader answers from one connection inside a transaction. It is a backend.Reader.
type reader struct {
	c     *db.Conn
	s     *Store
	ctx   context.Context // of a View; nil in a Writer, which no client interrupts
	whole bool            // collect rows before yielding them: a Writer changes tables meanwhile
	err   error           // the first thing that SQLite could not do
}

// look runs a query for at most one row and tells whether there is one.
func (r *reader) look(sql string, scan func(*db.Stmt), args ...any) (bool, error) {
	st, err := r.c.Query(sql, args...)
	if err != nil {
		return false, r.failed(err)
	}
	defer st.Close()
	ok, err := st.Next()
	if err != nil {
		return false, r.failed(err)
	}
	if ok {
		scan(st)
	}
	return ok, nil
}

// failed remembers that SQLite failed, so that a caller who overlooks it cannot succeed.
func (r *reader) failed(err error) error {
	if r.err == nil {
		r.err = err
	}
	if r.ctx != nil && db.Is(err, db.Corrupt, db.NotADB, db.IOErr) {
		return fmt.Errorf("%w: %w", backend.ErrDamaged, err)
	}
	return err
}

// checkEvery is how many rows are read between two looks at the context.
const checkEvery = 256

// rows yields what scan makes of each row; scan tells whether the row is wanted.
func rows[T any](r *reader, sql string, scan func(*db.Stmt, *T) bool, args ...any) iter.Seq2[T, error] {
	if r.whole {
		return wholeRows(r, sql, scan, args)
	}
	return func(yield func(T, error) bool) {
		var none T
		st, err := r.c.Query(sql, args...)
		if err != nil {
			yield(none, r.failed(err))
			return
		}
		defer st.Close()
		var v T // one for all rows: scan makes it escape
		for n := 1; ; n++ {
			if n%checkEvery == 0 && r.ctx.Err() != nil {
				yield(none, r.ctx.Err())
				return
			}
			ok, err := st.Next()
			if err != nil {
				yield(none, r.failed(err))
				return
			}
			if !ok {
				return
			}
			v = none
			if scan(st, &v) && !yield(v, nil) {
				return
			}
		}
	}
}

func wholeRows[T any](r *reader, sql string, scan func(*db.Stmt, *T) bool, args []any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		list, err := collect(r, sql, scan, args)
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

func collect[T any](r *reader, sql string, scan func(*db.Stmt, *T) bool, args []any) ([]T, error) {
	st, err := r.c.Query(sql, args...)
	if err != nil {
		return nil, r.failed(err)
	}
	defer st.Close()
	var list []T
	var v, none T
	for {
		ok, err := st.Next()
		if err != nil {
			return list, r.failed(err)
		}
		if !ok {
			return list, nil
		}
		v = none
		if scan(st, &v) {
			list = append(list, v)
		}
	}
}

const (
	sqlUsers  = "SELECT count(*) FROM principal WHERE deleted = 0"
	sqlEpochs = "SELECT id, parent, fork, acknowledged FROM epoch ORDER BY n"
)

func (r *reader) Info() (backend.Info, error) {
	id := r.s.identity.Load()
	info := backend.Info{ID: id.uuid, MACKey: id.key, Created: id.created}
	var err error
	info.Epochs, err = collect(r, sqlEpochs, func(st *db.Stmt, e *backend.Epoch) bool {
		*e = backend.Epoch{ID: st.Text(0), Parent: st.Text(1), Fork: st.Int(2), Acknowledged: st.Bool(3)}
		return true
	}, nil)
	if err != nil {
		return info, err
	}
	if n := len(info.Epochs); n > 0 {
		info.Head.Epoch = info.Epochs[n-1].ID
	}
	a := applier{c: r.c, store: id.uuid}
	if info.Head.Version, info.Head.Chain, err = a.head(); err != nil {
		return info, r.failed(err)
	}
	_, err = r.look(sqlUsers, func(st *db.Stmt) { info.Users = st.Int(0) })
	return info, err
}
