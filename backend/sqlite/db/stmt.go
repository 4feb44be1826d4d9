package db

import (
	"fmt"

	lib "modernc.org/sqlite/lib"
)

// keepBuffer bounds the memory that a resting statement keeps for its next arguments.
const keepBuffer = 64 << 10

// A Stmt is a prepared statement on its way through its rows.
type Stmt struct {
	c      *Conn
	p      uintptr
	buf    uintptr // text and blobs bound now
	size   int
	busy   bool
	cached bool
}

// Query binds args (int64, int, bool, string, []byte or nil) and stands before the first row. The statement is prepared
// once a connection. Close must follow.
func (c *Conn) Query(sql string, args ...any) (*Stmt, error) {
	st := c.cache[sql]
	if st == nil || st.busy {
		fresh, err := c.prepareText(sql)
		if err != nil {
			return nil, err
		}
		if st == nil {
			fresh.cached = true
			c.cache[sql] = fresh
		}
		st = fresh
	}
	st.busy = true
	if err := st.bind(args); err != nil {
		st.Close()
		return nil, err
	}
	return st, nil
}

// Exec runs a statement to its end.
func (c *Conn) Exec(sql string, args ...any) error {
	st, err := c.Query(sql, args...)
	if err != nil {
		return err
	}
	err = st.drain()
	st.Close()
	return err
}

// Int runs a statement and gives the first column of its first row; 0 when there is no row.
func (c *Conn) Int(sql string, args ...any) (int64, error) {
	st, err := c.Query(sql, args...)
	if err != nil {
		return 0, err
	}
	defer st.Close()
	ok, err := st.Next()
	if err != nil || !ok {
		return 0, err
	}
	return st.Int(0), nil
}

// Text is Int for text.
func (c *Conn) Text(sql string, args ...any) (string, error) {
	st, err := c.Query(sql, args...)
	if err != nil {
		return "", err
	}
	defer st.Close()
	ok, err := st.Next()
	if err != nil || !ok {
		return "", err
	}
	return st.Text(0), nil
}

func (c *Conn) prepareText(sql string) (*Stmt, error) {
	text, err := c.cstring(sql)
	if err != nil {
		return nil, err
	}
	defer c.free(text)
	st, tail, err := c.prepare(text, lib.SQLITE_PREPARE_PERSISTENT)
	if err != nil {
		return nil, fmt.Errorf("%w in %q", err, sql)
	}
	if st == nil || *(*byte)(pointer(tail)) != 0 {
		st.finalize()
		return nil, fmt.Errorf("sqlite: not one statement: %q", sql)
	}
	return st, nil
}

// prepare compiles the first statement at text; nil when there is none.
func (c *Conn) prepare(text uintptr, flags uint32) (st *Stmt, tail uintptr, err error) {
	out, err := c.alloc(16)
	if err != nil {
		return nil, 0, err
	}
	defer c.free(out)
	for *(*byte)(pointer(text)) != 0 {
		if rc := lib.Xsqlite3_prepare_v3(c.tls, c.db, text, -1, flags, out, out+8); rc != lib.SQLITE_OK {
			return nil, 0, c.fail(rc)
		}
		p, tail := *(*uintptr)(pointer(out)), *(*uintptr)(pointer(out + 8))
		if p != 0 {
			return &Stmt{c: c, p: p}, tail, nil
		}
		text = tail // a comment or blanks
	}
	return nil, text, nil
}

// Next steps to the next row and tells whether there is one.
func (st *Stmt) Next() (bool, error) {
	switch rc := lib.Xsqlite3_step(st.c.tls, st.p); rc {
	case lib.SQLITE_ROW:
		return true, nil
	case lib.SQLITE_DONE:
		return false, nil
	default:
		return false, st.c.fail(rc)
	}
}

func (st *Stmt) drain() error {
	for {
		if ok, err := st.Next(); err != nil || !ok {
			return err
		}
	}
}

// Close ends the run of the statement; it may be queried again.
func (st *Stmt) Close() {
	if !st.busy {
		return
	}
	if !st.cached {
		st.finalize()
		return
	}
	lib.Xsqlite3_reset(st.c.tls, st.p)
	st.busy = false
	if st.size > keepBuffer {
		lib.Xsqlite3_clear_bindings(st.c.tls, st.p)
		st.c.free(st.buf)
		st.buf, st.size = 0, 0
	}
}

func (st *Stmt) finalize() {
	if st == nil || st.p == 0 {
		return
	}
	lib.Xsqlite3_finalize(st.c.tls, st.p)
	st.c.free(st.buf)
	st.p, st.buf, st.size, st.busy = 0, 0, 0, false
}
