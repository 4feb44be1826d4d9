package sqlite

import (
	"errors"
	"fmt"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// reconcile makes database and journal tell the same history. Frames above the head of the database were written ahead
// of a commit that did not come to be: they are rolled forward. Versions above the head of the journal were synced by
// the database alone: the journal gets them.
func (s *Store) reconcile(c *db.Conn) error {
	a := s.applier(c)
	head, _, err := a.head()
	if err != nil {
		return err
	}
	if err := s.sameHistory(&a, head); err != nil {
		return err
	}
	rolled := 0
	for f, err := range s.o.Journal.Frames(head) {
		if err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
		if err := rollForward(&a, f, head); err != nil {
			return err
		}
		head = f.Last
		rolled++
	}
	if rolled > 0 {
		s.o.Log.Info("rolled forward from the journal", "frames", rolled, "head", head)
	}
	if j, ok := s.o.Journal.(lossy); ok {
		// What the journal lost, the database gives back. What neither has, a person has to know of before clients do.
		if last, cause := j.Lost(); last > head {
			err := s.hold(fmt.Sprintf("versions %d to %d were in the damaged part of the journal only: %v", head+1, last, cause))
			if err != nil {
				return err
			}
		}
	}
	return s.catchUp(&a, head)
}

// A lossy journal tells up to which version it may lack frames, and why.
type lossy interface {
	Lost() (last int64, cause error)
}

// sameHistory compares the newest version that both have.
func (s *Store) sameHistory(a *applier, head int64) error {
	last := s.o.Journal.Head()
	if last == 0 || head == 0 {
		return nil
	}
	// The frame that holds the head, or, if the journal is behind, the journal's last one.
	for f, err := range s.o.Journal.Frames(min(head, last) - 1) {
		if err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
		list, err := decodeFrame(f.Payload)
		if err != nil {
			return err
		}
		for _, r := range list {
			if r.ID != min(head, last) {
				continue
			}
			root, err := a.rootAt(r.ID)
			if err != nil {
				return err
			}
			if root != r.Root {
				return fmt.Errorf("%w: at version %d", ErrDiverged, r.ID)
			}
		}
		return nil
	}
	return nil
}

const sqlRootAt = "SELECT root FROM version WHERE id = ?"

func (a *applier) rootAt(id int64) (root [32]byte, err error) {
	st, err := a.c.Query(sqlRootAt, id)
	if err != nil {
		return root, err
	}
	defer st.Close()
	ok, err := st.Next()
	if err != nil {
		return root, err
	}
	if !ok || !st.Copy(0, root[:]) {
		return root, fmt.Errorf("%w: version %d is missing", ErrDiverged, id)
	}
	return root, nil
}

// rollForward commits one frame.
func rollForward(a *applier, f backend.Frame, head int64) (err error) {
	if f.First != head+1 {
		return fmt.Errorf("%w: the database ends at version %d, a frame begins at %d", ErrDiverged, head, f.First)
	}
	list, err := decodeFrame(f.Payload)
	if err != nil {
		return err
	}
	if err := a.c.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, r := range list {
		chain, root := r.Chain, r.Root
		if err = r.complete(); err == nil {
			err = a.apply(r)
		}
		if err == nil && (r.Chain != chain || r.Root != root) {
			err = fmt.Errorf("%w: at version %d", ErrDiverged, r.ID)
		}
		if err != nil {
			break
		}
	}
	if err == nil {
		err = a.c.Exec("COMMIT")
	}
	if err != nil && a.c.InTransaction() {
		err = errors.Join(err, a.c.Exec("ROLLBACK"))
	}
	return err
}

// complete checks that a record from a journal has what its event needs.
func (r *record) complete() error {
	d := &r.Detail
	missing := false
	switch r.Event {
	case backend.EventPut:
		missing = r.Bytes == nil
	case backend.EventProperties:
		missing = d.Subject == nil
	case backend.EventCreatePrincipal:
		missing = d.Principal == nil
	case backend.EventChangePrincipal:
		missing = d.Principal == nil && !d.SetAddresses
	case backend.EventAddCredential:
		missing = d.Credential == nil
	}
	if missing {
		return fmt.Errorf("%w: version %d (%s) is not complete", errFrame, r.ID, r.Event)
	}
	return nil
}

const sqlSince = `SELECT version.id, version.time, version.principal, version.actor, version.credential,
	version.collection, version.object, version.item, version.seq, version.body,
	version.event, version.name, version.agent, version.salt, version.payload, version.hash, version.chain, version.root,
	coalesce(body.bytes, refused.bytes)
	FROM version LEFT JOIN body ON body.id = version.body AND version.body > 0
	LEFT JOIN refused ON refused.id = version.id WHERE version.id > ? ORDER BY version.id`

// catchUp gives the journal what the database has above its head.
func (s *Store) catchUp(a *applier, head int64) error {
	if s.o.Journal.Head() >= head {
		return nil
	}
	st, err := a.c.Query(sqlSince, s.o.Journal.Head())
	if err != nil {
		return err
	}
	defer st.Close()
	f := backend.Frame{Payload: []byte{frameVersion}}
	flush := func() error {
		if f.First == 0 {
			return nil
		}
		err := s.o.Journal.Append(f)
		f = backend.Frame{Payload: []byte{frameVersion}}
		return err
	}
	for {
		ok, err := st.Next()
		if err != nil {
			return err
		}
		if !ok {
			return flush()
		}
		r := scanRecord(st)
		if f.First == 0 {
			f.First = r.ID
		}
		f.Last = r.ID
		f.Payload = appendRecord(f.Payload, r)
		if len(f.Payload) > maxFrame {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

func scanRecord(st *db.Stmt) *record {
	r := &record{}
	r.ID = st.Int(0)
	r.setMicros(st.Int(1))
	r.Principal, r.Actor.Principal, r.Actor.Credential = st.Int(2), st.Int(3), st.Int(4)
	r.Collection, r.Object, r.Item, r.Seq, r.Body = st.Int(5), st.Int(6), st.Int(7), st.Int(8), st.Int(9)
	r.Event, r.Name, r.Actor.Agent = backend.Event(st.Text(10)), st.Text(11), st.Text(12)
	r.Salt, r.Payload = st.Blob(13), st.Blob(14)
	st.Copy(15, r.Hash[:])
	st.Copy(16, r.Chain[:])
	st.Copy(17, r.Root[:])
	r.Bytes = st.Blob(18)
	return r
}
