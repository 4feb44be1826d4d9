package sqlite

import (
	"fmt"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// An applier carries records out. It is the only code that changes what history is about.
type applier struct {
	c        *db.Conn
	store    string // id of the store
	describe func(backend.Kind, []byte) (backend.Facts, error)
	refused  refusedLimits
}

// A change is what a record does to the sums of one principal.
type change struct {
	collections, items, bytes int64
}

var events = map[backend.Event]func(*applier, *record) (change, error){
	backend.EventPut:              (*applier).put,
	backend.EventDelete:           (*applier).delete,
	backend.EventMove:             (*applier).move,
	backend.EventProperties:       (*applier).properties,
	backend.EventCreateCollection: (*applier).createCollection,
	backend.EventChangeCollection: (*applier).changeCollection,
	backend.EventDeleteCollection: (*applier).deleteCollection,
	backend.EventCreatePrincipal:  (*applier).createPrincipal,
	backend.EventChangePrincipal:  (*applier).changePrincipal,
	backend.EventDeletePrincipal:  (*applier).deletePrincipal,
	backend.EventAddCredential:    (*applier).addCredential,
	backend.EventRevokeCredential: (*applier).revokeCredential,
	backend.EventRefuse:           (*applier).refuse,
}

// apply makes a record happen and appends its version. It sets Chain and Root first: what happens is marked with them.
func (a *applier) apply(r *record) error {
	do := events[r.Event]
	if do == nil {
		return fmt.Errorf("apply version %d: unknown event %q", r.ID, r.Event)
	}
	d, err := a.extend(r)
	if err != nil {
		return fmt.Errorf("chain version %d (%s): %w", r.ID, r.Event, err)
	}
	sums, err := do(a, r)
	if err != nil {
		return fmt.Errorf("apply version %d (%s): %w", r.ID, r.Event, err)
	}
	if err := a.append(r, d, sums); err != nil {
		return fmt.Errorf("append version %d (%s): %w", r.ID, r.Event, err)
	}
	return nil
}

const (
	sqlHead       = "SELECT id, root FROM version ORDER BY id DESC LIMIT 1"
	sqlChain      = "SELECT chain FROM principal WHERE id = ?"
	sqlAddVersion = `INSERT INTO version (id, time, principal, actor, credential, collection, object, item, seq, body,
	size, event, name, agent, payload, salt, hash, digest, chain, root)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	sqlSums = `UPDATE principal SET collections = collections + ?, items = items + ?, bytes = bytes + ?,
	history = history + ?, chain = ? WHERE id = ?`
)

// head gives the newest version and the chain of the store there.
func (a *applier) head() (id int64, root [32]byte, err error) {
	st, err := a.c.Query(sqlHead)
	if err != nil {
		return 0, root, err
	}
	defer st.Close()
	ok, err := st.Next()
	if err != nil {
		return 0, root, err
	}
	if !ok {
		return 0, genesis(a.store, 0), nil
	}
	if !st.Copy(1, root[:]) {
		return 0, root, fmt.Errorf("%w: chain of version %d", backend.ErrDamaged, st.Int(0))
	}
	return st.Int(0), root, nil
}

func (a *applier) chain(principal int64) (sum [32]byte, err error) {
	st, err := a.c.Query(sqlChain, principal)
	if err != nil {
		return sum, err
	}
	defer st.Close()
	ok, err := st.Next()
	if err != nil {
		return sum, err
	}
	if !ok || !st.Copy(0, sum[:]) {
		return sum, fmt.Errorf("chain of principal %d: %w", principal, backend.ErrNotFound)
	}
	return sum, nil
}

// extend computes where the chains go with a record, and its digest.
func (a *applier) extend(r *record) (d [32]byte, err error) {
	head, root, err := a.head()
	if err != nil {
		return d, err
	}
	if r.ID != head+1 {
		return d, fmt.Errorf("%w: the newest version is %d", ErrDiverged, head)
	}
	previous := genesis(a.store, r.Principal)
	if r.Event != backend.EventCreatePrincipal {
		if previous, err = a.chain(r.Principal); err != nil {
			return d, err
		}
	}
	d = digest(r.Salt, r.Name, r.Actor.Agent, r.Payload, r.Hash)
	r.Chain = link(previous, d, &r.Version, r.Item)
	r.Root = join(root, r.Chain)
	return d, nil
}

func (a *applier) append(r *record, d [32]byte, sums change) error {
	var hash []byte
	if r.Hash != ([32]byte{}) {
		hash = r.Hash[:]
	}
	if err := a.c.Exec(sqlAddVersion, r.ID, r.micros(), r.Principal, r.Actor.Principal, r.Actor.Credential, r.Collection,
		r.Object, r.Item, r.Seq, r.Body, int64(len(r.Bytes)), string(r.Event), r.Name, r.Actor.Agent, r.Payload, r.Salt,
		hash, d[:], r.Chain[:], r.Root[:]); err != nil {
		return err
	}
	return a.c.Exec(sqlSums, sums.collections, sums.items, sums.bytes, r.weight(), r.Chain[:], r.Principal)
}
