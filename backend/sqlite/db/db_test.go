package db

import (
	"bytes"
	"path/filepath"
	"testing"
)

func mustOpen(t testing.TB) *Conn {
	t.Helper()
	c, err := Open(filepath.Join(t.TempDir(), "a.db"), Create, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func mustExec(t testing.TB, c *Conn, sql string, args ...any) {
	t.Helper()
	if err := c.Exec(sql, args...); err != nil {
		t.Fatal(err)
	}
}

func TestValuesComeBack(t *testing.T) {
	c := mustOpen(t)
	if err := c.Script("-- a table\nCREATE TABLE t (a INTEGER, b TEXT, c BLOB) STRICT; -- that was it\n"); err != nil {
		t.Fatal(err)
	}
	big := bytes.Repeat([]byte("0123456789"), 100_000)
	rows := []struct {
		a int64
		b string
		c []byte
	}{
		{1, "", []byte{}}, {-1 << 63, "a\x00b", []byte{0, 1}}, {1<<63 - 1, "é", nil}, {7, string(big), big},
	}
	for _, r := range rows {
		mustExec(t, c, "INSERT INTO t (a, b, c) VALUES (?, ?, ?)", r.a, r.b, r.c)
	}
	st, err := c.Query("SELECT a, b, c FROM t ORDER BY rowid")
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for i, r := range rows {
		if ok, err := st.Next(); !ok || err != nil {
			t.Fatal(i, ok, err)
		}
		if st.Int(0) != r.a || st.Text(1) != r.b || !bytes.Equal(st.Blob(2), r.c) || (st.Blob(2) == nil) != (r.c == nil) {
			t.Errorf("row %d differs", i)
		}
	}
	if ok, err := st.Next(); ok || err != nil {
		t.Fatal(ok, err)
	}
}

func TestStatementInsideItself(t *testing.T) {
	c := mustOpen(t)
	mustExec(t, c, "CREATE TABLE t (a INTEGER) STRICT")
	for i := range 3 {
		mustExec(t, c, "INSERT INTO t (a) VALUES (?)", i)
	}
	const each = "SELECT a FROM t ORDER BY a"
	pairs := 0
	outer, err := c.Query(each)
	if err != nil {
		t.Fatal(err)
	}
	for ok, _ := outer.Next(); ok; ok, _ = outer.Next() {
		inner, err := c.Query(each)
		if err != nil {
			t.Fatal(err)
		}
		for ok, _ := inner.Next(); ok; ok, _ = inner.Next() {
			pairs++
		}
		inner.Close()
	}
	outer.Close()
	if pairs != 9 {
		t.Errorf("pairs = %d, want 9", pairs)
	}
}

func TestErrorsHaveCodes(t *testing.T) {
	c := mustOpen(t)
	mustExec(t, c, "CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT")
	mustExec(t, c, "INSERT INTO t (a) VALUES (1)")
	if err := c.Exec("INSERT INTO t (a) VALUES (1)"); !Is(err, Constraint) {
		t.Errorf("got %v, want a constraint", err)
	}
	if err := c.Exec("INSERT INTO t (a) VALUES (?)"); err == nil {
		t.Error("a missing argument was taken")
	}
	if err := c.Exec("SELECT 1; SELECT 2"); err == nil {
		t.Error("two statements were taken for one")
	}
	if err := c.Exec(`SELECT "no such column"`); err == nil {
		t.Error("a double-quoted string was taken")
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none.db"), ReadWrite, ""); !Is(err, CantOpen) {
		t.Errorf("missing file: got %v", err)
	}
	mustExec(t, c, "BEGIN")
	if !c.InTransaction() {
		t.Error("not in a transaction after BEGIN")
	}
	mustExec(t, c, "ROLLBACK")
	if c.InTransaction() {
		t.Error("in a transaction after ROLLBACK")
	}
}

func BenchmarkPointRead(b *testing.B) {
	c := mustOpen(b)
	mustExec(b, c, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT")
	for i := range 1000 {
		mustExec(b, c, "INSERT INTO t (a, b) VALUES (?, ?)", i, "value")
	}
	b.ReportAllocs()
	n := int64(0)
	for b.Loop() {
		n++
		st, err := c.Query("SELECT b FROM t WHERE a = ?", n%1000)
		if err != nil {
			b.Fatal(err)
		}
		if ok, err := st.Next(); !ok || err != nil {
			b.Fatal(ok, err)
		}
		_ = st.View(0)
		st.Close()
	}
}
