package sqlite

import (
	"fmt"
	"iter"
	"math"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

const versionColumns = `id, time, event, principal, actor, credential, agent, collection, object, name, seq, body, hash, chain`

func scanVersion(st *db.Stmt, v *backend.Version) bool {
	*v = backend.Version{
		ID: st.Int(0), Time: fromMicros(st.Int(1)), Event: backend.Event(st.Text(2)), Principal: st.Int(3),
		Actor:      backend.Actor{Principal: st.Int(4), Credential: st.Int(5), Agent: st.Text(6)},
		Collection: st.Int(7), Object: st.Int(8), Name: st.Text(9), Seq: st.Int(10), Body: st.Int(11),
	}
	st.Copy(12, v.Hash[:])
	st.Copy(13, v.Chain[:])
	return true
}

const (
	sqlVersions = "SELECT " + versionColumns + ` FROM version
	WHERE id > ?1 AND (?2 = 0 OR collection = ?2) ORDER BY id LIMIT ?3`
	sqlVersionsOfPrincipal = "SELECT " + versionColumns + ` FROM version INDEXED BY version_principal
	WHERE principal = ?1 AND id > ?2 AND (?3 = 0 OR collection = ?3) ORDER BY id LIMIT ?4`
	sqlVersionsOfObject = "SELECT " + versionColumns + ` FROM version INDEXED BY version_object
	WHERE object = ?1 AND object > 0 AND id > ?2 AND (?3 = 0 OR collection = ?3) AND (?4 = 0 OR principal = ?4)
	ORDER BY id LIMIT ?5`
)

func (r *reader) Versions(q backend.VersionQuery) iter.Seq2[backend.Version, error] {
	limit := int64(math.MaxInt64)
	if q.Limit > 0 {
		limit = int64(q.Limit)
	}
	switch {
	case q.Object != 0:
		return rows(r, sqlVersionsOfObject, scanVersion, q.Object, q.After, q.Collection, q.Principal, limit)
	case q.Principal != 0:
		return rows(r, sqlVersionsOfPrincipal, scanVersion, q.Principal, q.After, q.Collection, limit)
	}
	return rows(r, sqlVersions, scanVersion, q.After, q.Collection, limit)
}

func (r *reader) Mark(version int64) (mark backend.Mark, err error) {
	ok, err := r.look(sqlRootAt, func(st *db.Stmt) { copy(mark[:], st.View(0)) }, version)
	if err == nil && !ok {
		err = fmt.Errorf("version %d: %w", version, backend.ErrNotFound)
	}
	return mark, err
}

const sqlRefused = `SELECT id, time, principal, collection, name, condition, bytes, actor, credential, agent FROM refused
	WHERE principal = ? ORDER BY id`

func (r *reader) Refused(principal int64) iter.Seq2[backend.Refused, error] {
	return rows(r, sqlRefused, func(st *db.Stmt, f *backend.Refused) bool {
		*f = backend.Refused{
			ID: st.Int(0), Time: fromMicros(st.Int(1)), Principal: st.Int(2), Collection: st.Int(3), Name: st.Text(4),
			Condition: st.Text(5), Body: st.Blob(6),
			Actor: backend.Actor{Principal: st.Int(7), Credential: st.Int(8), Agent: st.Text(9)},
		}
		return true
	}, principal)
}
