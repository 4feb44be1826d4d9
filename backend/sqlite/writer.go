package sqlite

import (
	"fmt"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// A writer is the backend.Writer of one request: it sees what the request and those before it in the batch wrote.
type writer struct {
	reader
	a     applier
	by    backend.Actor
	full  bool   // the disk's free-space limit is reached
	frame []byte // encoded records, in order
	first int64  // version; 0: none
	last  int64
	dirty bool // wrote something that history does not record
}

const saltSize = 16

// record begins the next version.
func (w *writer) record(event backend.Event, principal int64) (*record, error) {
	head, _, err := w.a.head()
	if err != nil {
		return nil, w.failed(err)
	}
	r := &record{}
	r.ID = head + 1
	r.setMicros(micros(w.s.o.Now()))
	r.Event = event
	r.Principal = principal
	r.Actor = w.by
	return r, nil
}

// do makes a record happen.
func (w *writer) do(r *record) error {
	salt, err := randomBytes(w.s.o.Rand, saltSize)
	if err != nil {
		return w.failed(err)
	}
	if err := r.seal(salt); err != nil {
		return w.failed(err)
	}
	if err := w.a.apply(r); err != nil {
		return w.failed(err)
	}
	w.frame = appendRecord(w.frame, r)
	if w.first == 0 {
		w.first = r.ID
	}
	w.last = r.ID
	return nil
}

// room checks that a principal's history may take n more bytes, and the disk, too.
func (w *writer) room(principal int64, n int) error {
	if w.full {
		return fmt.Errorf("free-space limit: %w", backend.ErrFull)
	}
	u, err := w.Usage(principal)
	if err != nil {
		return err
	}
	if u.History+int64(n) > u.Allowed {
		return fmt.Errorf("history of %d bytes: %w", u.History, backend.ErrQuota)
	}
	return nil
}

const sqlHomeSeq = "SELECT max(home_seq) FROM collection WHERE owner = ? AND kind = ?"

// homeSeq is the next one of a home.
func (w *writer) homeSeq(principal int64, kind backend.Kind) (n int64, err error) {
	_, err = w.look(sqlHomeSeq, func(st *db.Stmt) { n = st.Int(0) }, principal, string(kind))
	return n + 1, err
}
