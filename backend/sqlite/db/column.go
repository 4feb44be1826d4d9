package db

import lib "modernc.org/sqlite/lib"

// Int gives column i of the row as an integer, 0 for NULL.
func (st *Stmt) Int(i int) int64 { return lib.Xsqlite3_column_int64(st.c.tls, st.p, int32(i)) }

// Bool tells whether column i is other than 0.
func (st *Stmt) Bool(i int) bool { return st.Int(i) != 0 }

// Null tells whether column i is NULL.
func (st *Stmt) Null(i int) bool {
	return lib.Xsqlite3_column_type(st.c.tls, st.p, int32(i)) == lib.SQLITE_NULL
}

// View shows the text or blob in column i without copying it: valid until the next call on the statement.
func (st *Stmt) View(i int) []byte {
	p := lib.Xsqlite3_column_blob(st.c.tls, st.p, int32(i))
	return view(p, int(lib.Xsqlite3_column_bytes(st.c.tls, st.p, int32(i))))
}

// Text copies column i.
func (st *Stmt) Text(i int) string { return string(st.View(i)) }

// Blob copies column i; nil for NULL.
func (st *Stmt) Blob(i int) []byte {
	v := st.View(i)
	if v == nil {
		if st.Null(i) {
			return nil
		}
		return []byte{}
	}
	return append(make([]byte, 0, len(v)), v...)
}

// Copy fills dst with column i and tells whether the lengths were equal.
func (st *Stmt) Copy(i int, dst []byte) bool {
	v := st.View(i)
	return copy(dst, v) == len(dst) && len(v) == len(dst)
}
