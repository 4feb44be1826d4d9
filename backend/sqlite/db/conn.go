package db

import (
	"fmt"
	"strings"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

func init() { lib.PatchIssue199() }

// Mode says how a file is opened.
type Mode int

// The modes. Only Create makes a file.
const (
	ReadWrite Mode = iota
	ReadOnly
	Create
)

var openFlags = [...]int32{
	ReadWrite: lib.SQLITE_OPEN_READWRITE,
	ReadOnly:  lib.SQLITE_OPEN_READONLY,
	Create:    lib.SQLITE_OPEN_READWRITE | lib.SQLITE_OPEN_CREATE,
}

// A Conn is one connection to a database file.
type Conn struct {
	tls   *libc.TLS
	db    uintptr
	cache map[string]*Stmt
}

// Open connects to the file at path, which is taken literally (no URI). The connection is defensive and takes no
// double-quoted strings. An empty vfs is the system's own.
func Open(path string, mode Mode, vfs string) (*Conn, error) {
	if strings.IndexByte(path, 0) >= 0 {
		return nil, fmt.Errorf("open database: zero byte in path")
	}
	c := &Conn{tls: libc.NewTLS(), cache: map[string]*Stmt{}}
	if err := c.open(path, mode, vfs); err != nil {
		c.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return c, nil
}

func (c *Conn) open(path string, mode Mode, vfs string) error {
	name, err := c.cstring(path)
	if err != nil {
		return err
	}
	defer c.free(name)
	var zvfs uintptr
	if vfs != "" {
		if zvfs, err = c.cstring(vfs); err != nil {
			return err
		}
		defer c.free(zvfs)
	}
	out, err := c.alloc(8)
	if err != nil {
		return err
	}
	defer c.free(out)
	*(*uintptr)(pointer(out)) = 0
	flags := openFlags[mode] | lib.SQLITE_OPEN_NOMUTEX | lib.SQLITE_OPEN_EXRESCODE
	rc := lib.Xsqlite3_open_v2(c.tls, name, out, flags, zvfs)
	c.db = *(*uintptr)(pointer(out))
	if rc != lib.SQLITE_OK {
		return c.fail(rc)
	}
	for _, o := range [...]struct{ op, on int32 }{
		{lib.SQLITE_DBCONFIG_DEFENSIVE, 1},
		{lib.SQLITE_DBCONFIG_DQS_DDL, 0},
		{lib.SQLITE_DBCONFIG_DQS_DML, 0},
	} {
		if err := c.config(o.op, o.on); err != nil {
			return err
		}
	}
	return nil
}

func (c *Conn) config(op, on int32) error {
	va, err := c.alloc(16) // libc.VaList gives each argument eight bytes
	if err != nil {
		return err
	}
	defer c.free(va)
	if rc := lib.Xsqlite3_db_config(c.tls, c.db, op, libc.VaList(va, on, uintptr(0))); rc != lib.SQLITE_OK {
		return c.fail(rc)
	}
	return nil
}

// Close finalizes all statements and disconnects. It may be called twice.
func (c *Conn) Close() error {
	if c.tls == nil {
		return nil
	}
	for _, st := range c.cache {
		st.finalize()
	}
	c.cache = nil
	var err error
	if c.db != 0 {
		if rc := lib.Xsqlite3_close_v2(c.tls, c.db); rc != lib.SQLITE_OK {
			err = c.fail(rc)
		}
		c.db = 0
	}
	c.tls.Close()
	c.tls = nil
	return err
}

// InTransaction tells whether a transaction is open. After an error it may have been rolled back as a whole.
func (c *Conn) InTransaction() bool { return lib.Xsqlite3_get_autocommit(c.tls, c.db) == 0 }

// Changes is how many rows the last statement inserted, changed or deleted.
func (c *Conn) Changes() int64 { return int64(lib.Xsqlite3_changes(c.tls, c.db)) }

// Script runs statements without parameters, one after the other, and discards their rows.
func (c *Conn) Script(sql string) error {
	text, err := c.cstring(sql)
	if err != nil {
		return err
	}
	defer c.free(text)
	for next := text; ; {
		st, tail, err := c.prepare(next, 0)
		if err != nil {
			return err
		}
		if st == nil {
			return nil
		}
		err = st.drain()
		st.finalize()
		if err != nil {
			return err
		}
		next = tail
	}
}

// Checkpoint copies what it can of the write-ahead log into the database without waiting for anybody, and tells how
// many frames the log holds and how many of them are copied.
func (c *Conn) Checkpoint() (log, done int, err error) {
	out, err := c.alloc(8)
	if err != nil {
		return 0, 0, err
	}
	defer c.free(out)
	rc := lib.Xsqlite3_wal_checkpoint_v2(c.tls, c.db, 0, lib.SQLITE_CHECKPOINT_PASSIVE, out, out+4)
	if rc != lib.SQLITE_OK {
		return 0, 0, c.fail(rc)
	}
	return int(*(*int32)(pointer(out))), int(*(*int32)(pointer(out + 4))), nil
}
