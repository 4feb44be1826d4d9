package db

import (
	"errors"
	"fmt"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Primary result codes that callers tell apart (https://www.sqlite.org/rescode.html).
const (
	Busy       = lib.SQLITE_BUSY
	NoMem      = lib.SQLITE_NOMEM
	IOErr      = lib.SQLITE_IOERR
	Corrupt    = lib.SQLITE_CORRUPT
	Full       = lib.SQLITE_FULL
	CantOpen   = lib.SQLITE_CANTOPEN
	Protocol   = lib.SQLITE_PROTOCOL
	Constraint = lib.SQLITE_CONSTRAINT
	NotADB     = lib.SQLITE_NOTADB
)

// An Error is what SQLite answered.
type Error struct {
	Code int // extended result code
	Text string
}

func (e *Error) Error() string { return fmt.Sprintf("sqlite: %s (%d)", e.Text, e.Code) }

// Primary is the code without its extension.
func (e *Error) Primary() int { return e.Code & 0xff }

// Is tells whether err came from SQLite with one of these primary codes.
func Is(err error, primary ...int) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, p := range primary {
		if e.Primary() == p {
			return true
		}
	}
	return false
}

func (c *Conn) fail(rc int32) error {
	text := libc.GoString(lib.Xsqlite3_errstr(c.tls, rc))
	if c.db != 0 && lib.Xsqlite3_extended_errcode(c.tls, c.db)&0xff == rc&0xff {
		rc = lib.Xsqlite3_extended_errcode(c.tls, c.db)
		text = libc.GoString(lib.Xsqlite3_errmsg(c.tls, c.db))
	}
	return &Error{Code: int(rc), Text: text}
}
