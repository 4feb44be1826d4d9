package sqlite

import (
	"fmt"
	"iter"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

const principalColumns = "id, uuid, name, slug, display_name, admin, disabled, created"

func scanPrincipal(st *db.Stmt, p *backend.Principal) bool {
	*p = backend.Principal{
		ID: st.Int(0), UUID: st.Text(1), Name: st.Text(2), Slug: st.Text(3), DisplayName: st.Text(4),
		Admin: st.Bool(5), Disabled: st.Bool(6), Created: fromMicros(st.Int(7)),
	}
	return true
}

const (
	sqlPrincipalBySlug  = "SELECT " + principalColumns + " FROM principal WHERE slug = ? AND deleted = 0"
	sqlPrincipalByLogin = "SELECT " + principalColumns + " FROM principal WHERE login = ? AND deleted = 0"
	sqlPrincipalByID    = "SELECT " + principalColumns + " FROM principal WHERE id = ? AND deleted = 0"
	sqlPrincipals       = "SELECT " + principalColumns + " FROM principal WHERE deleted = 0 ORDER BY login"
	sqlAddresses        = "SELECT address FROM address WHERE principal = ? ORDER BY position"
)

func (r *reader) Principal(slug string) (backend.Principal, error) {
	return r.principal(sqlPrincipalBySlug, slug)
}

func (r *reader) PrincipalByLogin(name string) (backend.Principal, error) {
	login := backend.FoldLogin(name)
	if login == "" {
		return backend.Principal{}, fmt.Errorf("principal: %w", backend.ErrNotFound)
	}
	return r.principal(sqlPrincipalByLogin, login)
}

func (r *reader) PrincipalByID(id int64) (backend.Principal, error) {
	return r.principal(sqlPrincipalByID, id)
}

func (r *reader) principal(sql string, key any) (p backend.Principal, err error) {
	ok, err := r.look(sql, func(st *db.Stmt) { scanPrincipal(st, &p) }, key)
	if err == nil && !ok {
		err = fmt.Errorf("principal: %w", backend.ErrNotFound)
	}
	return p, err
}

func (r *reader) Principals() iter.Seq2[backend.Principal, error] {
	return rows(r, sqlPrincipals, scanPrincipal)
}

func (r *reader) Addresses(principal int64) ([]string, error) {
	return collect(r, sqlAddresses, func(st *db.Stmt, s *string) bool { *s = st.Text(0); return true }, []any{principal})
}

const credentialColumns = "id, principal, kind, label, scope, key, secret, created, last_used, revoked"

func scanCredential(st *db.Stmt, c *backend.Credential) bool {
	*c = backend.Credential{
		ID: st.Int(0), Principal: st.Int(1), Kind: backend.CredentialKind(st.Text(2)), Label: st.Text(3),
		Scope: backend.Scope(st.Text(4)), Key: st.Text(5), Secret: st.Text(6),
		Created: fromMicros(st.Int(7)), LastUsed: fromMicros(st.Int(8)), Revoked: st.Bool(9),
	}
	return true
}

const (
	sqlCredentials     = "SELECT " + credentialColumns + " FROM credential WHERE principal = ? ORDER BY id"
	sqlCredentialByKey = "SELECT " + credentialColumns + " FROM credential WHERE key = ? AND key <> '' AND revoked = 0"
)

func (r *reader) Credentials(principal int64) ([]backend.Credential, error) {
	return collect(r, sqlCredentials, scanCredential, []any{principal})
}

func (r *reader) CredentialByKey(key string) (c backend.Credential, err error) {
	ok, err := r.look(sqlCredentialByKey, func(st *db.Stmt) { scanCredential(st, &c) }, key)
	if err == nil && !ok {
		err = fmt.Errorf("credential: %w", backend.ErrNotFound)
	}
	return c, err
}

const sqlUsage = "SELECT collections, items, bytes, history FROM principal WHERE id = ? AND deleted = 0"

func (r *reader) Usage(principal int64) (u backend.Usage, err error) {
	ok, err := r.look(sqlUsage, func(st *db.Stmt) {
		u = backend.Usage{Collections: st.Int(0), Items: st.Int(1), Bytes: st.Int(2), History: st.Int(3)}
	}, principal)
	if err == nil && !ok {
		err = fmt.Errorf("principal: %w", backend.ErrNotFound)
	}
	u.Allowed = r.s.o.HistoryBase + r.s.o.HistoryFactor*u.Bytes
	return u, err
}
