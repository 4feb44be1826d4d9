package sqlite

import (
	"context"
	"crypto/sha256"
	"fmt"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// A verifier reads one snapshot of everything. It trusts nothing that can be computed again.
type verifier struct {
	s      *Store
	ctx    context.Context
	c      *db.Conn
	report func(backend.Finding)
}

// Verify reads everything back and reports each disagreement: SQLite's own structure, every body against its hash,
// every version against the chains, every count against what it counts, facts against the bodies, and the journal
// against the database. It works on a connection of its own, also while the store is on hold.
func (s *Store) Verify(ctx context.Context, report func(backend.Finding)) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.closed() {
		return backend.ErrClosed
	}
	c, err := s.o.connect(roleReader)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer c.Close()
	v := &verifier{s: s, ctx: ctx, c: c, report: report}
	if err := c.Exec("BEGIN"); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	for _, check := range [...]func(*verifier) error{
		(*verifier).structure, (*verifier).bodies, (*verifier).history, (*verifier).agreements, (*verifier).facts,
		(*verifier).journal,
	} {
		if err := check(v); err != nil {
			return fmt.Errorf("verify: %w", err)
		}
	}
	return nil
}

func (v *verifier) damage(where, format string, args ...any) {
	v.report(backend.Finding{Where: where, What: fmt.Sprintf(format, args...), Damage: true})
}

func (v *verifier) note(where, format string, args ...any) {
	v.report(backend.Finding{Where: where, What: fmt.Sprintf(format, args...)})
}

// each calls fn for each row, and looks at the context now and then.
func (v *verifier) each(sql string, fn func(*db.Stmt), args ...any) error {
	st, err := v.c.Query(sql, args...)
	if err != nil {
		return err
	}
	defer st.Close()
	for n := 0; ; n++ {
		if n%checkEvery == 0 && v.ctx.Err() != nil {
			return v.ctx.Err()
		}
		ok, err := st.Next()
		if err != nil || !ok {
			return err
		}
		fn(st)
	}
}

func (v *verifier) structure() error {
	err := v.each("PRAGMA integrity_check(100)", func(st *db.Stmt) {
		if s := st.Text(0); s != "ok" {
			v.damage("database", "%s", s)
		}
	})
	if err != nil {
		return err
	}
	return v.each("PRAGMA foreign_key_check", func(st *db.Stmt) {
		v.damage("table "+st.Text(0), "row %d points to no row of %s", st.Int(1), st.Text(2))
	})
}

func (v *verifier) bodies() error {
	return v.each("SELECT id, hash, bytes FROM body ORDER BY id", func(st *db.Stmt) {
		if sum := sha256.Sum256(st.View(2)); string(sum[:]) != string(st.View(1)) {
			v.damage(fmt.Sprintf("body %d", st.Int(0)), "does not have its hash")
		}
	})
}

const sqlHistory = `SELECT id, time, event, principal, actor, credential, agent, collection, object, name, seq, body, hash,
	chain, item, salt, payload, digest, root, size FROM version ORDER BY id`

// history follows the chains from their beginnings.
func (v *verifier) history() error {
	id, err := readIdentity(v.c)
	if err != nil {
		return err
	}
	root, last := genesis(id.uuid, 0), int64(0)
	chains, weights := map[int64][32]byte{}, map[int64]int64{}
	err = v.each(sqlHistory, func(st *db.Stmt) {
		var r record
		scanVersion(st, &r.Version)
		where := fmt.Sprintf("version %d", r.ID)
		if r.ID != last+1 {
			v.damage(where, "comes after version %d", last)
		}
		last = r.ID
		r.Item, r.Salt, r.Payload = st.Int(14), st.Blob(15), st.Blob(16)
		var stored, digested [32]byte
		st.Copy(17, digested[:])
		if r.Salt != nil && digest(r.Salt, r.Name, r.Actor.Agent, r.Payload, r.Hash) != digested {
			v.damage(where, "is not what was written")
		}
		previous, known := chains[r.Principal]
		if !known {
			previous = genesis(id.uuid, r.Principal)
		}
		if link(previous, digested, &r.Version, r.Item) != r.Chain {
			v.damage(where, "breaks the chain of principal %d", r.Principal)
		}
		root = join(root, r.Chain)
		if st.Copy(18, stored[:]); root != stored {
			v.damage(where, "breaks the chain of the store")
			root = stored
		}
		chains[r.Principal] = r.Chain
		weights[r.Principal] += r.weight()
		if r.Event != backend.EventRefuse {
			weights[r.Principal] += st.Int(19)
		}
	})
	if err != nil {
		return err
	}
	return v.each("SELECT id, chain, history FROM principal", func(st *db.Stmt) {
		where := fmt.Sprintf("principal %d", st.Int(0))
		if c := chains[st.Int(0)]; string(c[:]) != string(st.View(1)) {
			v.damage(where, "is not at the end of its chain")
		}
		if n := weights[st.Int(0)]; n != st.Int(2) {
			v.damage(where, "has %d bytes of history, not %d", n, st.Int(2))
		}
	})
}

// journal is the second opinion: it was written and is read without SQLite.
func (v *verifier) journal() error {
	if v.s.o.Journal == nil {
		return nil
	}
	a := v.s.applier(v.c)
	head, _, err := a.head()
	if err != nil {
		return err
	}
	next := int64(0)
	for f, err := range v.s.o.Journal.Frames(0) {
		if err == nil {
			err = v.ctx.Err()
		}
		if err != nil {
			v.damage("journal", "%v", err)
			return v.ctx.Err()
		}
		list, err := decodeFrame(f.Payload)
		if err != nil {
			v.damage(fmt.Sprintf("journal, frame of version %d", f.First), "%v", err)
			continue
		}
		for _, r := range list {
			if r.ID > head {
				return nil // written while we read
			}
			v.journaled(&a, r, &next)
		}
	}
	if next <= head && next > 0 {
		v.note("journal", "ends at version %d of %d", next-1, head)
	}
	return nil
}

func (v *verifier) journaled(a *applier, r *record, next *int64) {
	where := fmt.Sprintf("journal, version %d", r.ID)
	if *next != 0 && r.ID != *next {
		v.damage(where, "comes after version %d", *next-1)
	}
	*next = r.ID + 1
	if r.Bytes != nil && backend.Hash(r.Bytes) != r.Hash {
		v.damage(where, "its body does not have its hash")
	}
	if root, err := a.rootAt(r.ID); err != nil || root != r.Root {
		v.damage(where, "the database has another history here")
	}
}
