package db

import (
	"fmt"

	lib "modernc.org/sqlite/lib"
)

// bind sets all arguments. Text and blobs are copied to memory of the statement, which stays until it is bound again.
func (st *Stmt) bind(args []any) error {
	if want := int(lib.Xsqlite3_bind_parameter_count(st.c.tls, st.p)); want != len(args) {
		return fmt.Errorf("sqlite: %d arguments, %d wanted", len(args), want)
	}
	if err := st.grow(args); err != nil {
		return err
	}
	at := st.buf
	for i, a := range args {
		var rc int32
		n := int32(i + 1)
		switch v := a.(type) {
		case int64:
			rc = lib.Xsqlite3_bind_int64(st.c.tls, st.p, n, v)
		case int:
			rc = lib.Xsqlite3_bind_int64(st.c.tls, st.p, n, int64(v))
		case bool:
			rc = lib.Xsqlite3_bind_int64(st.c.tls, st.p, n, number(v))
		case string:
			copy(view(at, len(v)), v)
			rc = lib.Xsqlite3_bind_text(st.c.tls, st.p, n, at, int32(len(v)), 0)
			at += uintptr(len(v))
		case []byte:
			if v == nil {
				rc = lib.Xsqlite3_bind_null(st.c.tls, st.p, n)
				break
			}
			copy(view(at, len(v)), v)
			rc = lib.Xsqlite3_bind_blob(st.c.tls, st.p, n, at, int32(len(v)), 0)
			at += uintptr(len(v))
		case nil:
			rc = lib.Xsqlite3_bind_null(st.c.tls, st.p, n)
		default:
			return fmt.Errorf("sqlite: argument %d has a type that is not bound here", i+1)
		}
		if rc != lib.SQLITE_OK {
			return st.c.fail(rc)
		}
	}
	return nil
}

// grow makes room for the text and blobs of args: at least one byte, since a null address would bind NULL.
func (st *Stmt) grow(args []any) error {
	need := 1
	for _, a := range args {
		switch v := a.(type) {
		case string:
			need += len(v)
		case []byte:
			need += len(v)
		}
	}
	if need > lib.SQLITE_MAX_LENGTH {
		return &Error{Code: lib.SQLITE_TOOBIG, Text: "string or blob too big"}
	}
	if need <= st.size {
		return nil
	}
	st.c.free(st.buf)
	st.buf, st.size = 0, 0
	size := max(need, 256)
	p, err := st.c.alloc(size)
	if err != nil {
		return err
	}
	st.buf, st.size = p, size
	return nil
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
