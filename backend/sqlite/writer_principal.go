package sqlite

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

const (
	sqlLoginTaken = "SELECT 1 FROM principal WHERE login = ?"
	sqlSlugTaken  = "SELECT 1 FROM principal WHERE slug = ?"
	sqlKeyTaken   = "SELECT 1 FROM credential WHERE key = ? AND key <> ''"
)

func (w *writer) taken(sql, value string) (bool, error) {
	return w.look(sql, func(*db.Stmt) {}, value)
}

func (w *writer) CreatePrincipal(n backend.NewPrincipal) (p backend.Principal, err error) {
	login := backend.FoldLogin(n.Name)
	if login == "" {
		return p, &backend.Invalid{Condition: "valid-name", Detail: "not a name that one could log in with"}
	}
	if used, err := w.taken(sqlLoginTaken, login); err != nil || used {
		return p, orExists(err, "name", n.Name)
	}
	slug := n.Slug
	if slug == "" {
		if slug, err = w.freeSlug(backend.Slugify(n.Name)); err != nil {
			return p, err
		}
	}
	if used, err := w.taken(sqlSlugTaken, slug); err != nil || used {
		return p, orExists(err, "slug", slug)
	}
	r, err := w.record(backend.EventCreatePrincipal, 0)
	if err != nil {
		return p, err
	}
	id, err := newUUID(w.s.o.Rand)
	if err != nil {
		return p, w.failed(err)
	}
	r.Principal, r.Name = r.ID, n.Name
	r.Detail.UUID, r.Detail.Addresses = id.String(), n.Addresses
	r.Detail.Principal = &principalDetail{Login: login, Slug: slug, DisplayName: n.DisplayName, Admin: n.Admin}
	if err := w.do(r); err != nil {
		return p, err
	}
	return w.PrincipalByID(r.Principal)
}

// maxSlugTries bounds the search for a slug that no principal ever had.
const maxSlugTries = 1000

func (w *writer) freeSlug(base string) (string, error) {
	slug := base
	for i := 2; i < maxSlugTries; i++ {
		used, err := w.taken(sqlSlugTaken, slug)
		if err != nil || !used {
			return slug, err
		}
		slug = base + "-" + strconv.Itoa(i)
	}
	return "", fmt.Errorf("slug %q: %w", base, backend.ErrExists)
}

func (w *writer) UpdatePrincipal(p backend.Principal) error {
	old, err := w.PrincipalByID(p.ID)
	if err != nil {
		return err
	}
	if old.DisplayName == p.DisplayName && old.Admin == p.Admin && old.Disabled == p.Disabled {
		return nil
	}
	r, err := w.record(backend.EventChangePrincipal, p.ID)
	if err != nil {
		return err
	}
	r.Detail.Principal = &principalDetail{DisplayName: p.DisplayName, Admin: p.Admin, Disabled: p.Disabled}
	return w.do(r)
}

func (w *writer) SetAddresses(principal int64, addresses []string) error {
	if _, err := w.PrincipalByID(principal); err != nil {
		return err
	}
	old, err := w.Addresses(principal)
	if err != nil || slices.Equal(old, addresses) {
		return err
	}
	r, err := w.record(backend.EventChangePrincipal, principal)
	if err != nil {
		return err
	}
	r.Detail.Addresses, r.Detail.SetAddresses = addresses, true
	return w.do(r)
}

func (w *writer) DeletePrincipal(id int64) error {
	if _, err := w.PrincipalByID(id); err != nil {
		return err
	}
	r, err := w.record(backend.EventDeletePrincipal, id)
	if err != nil {
		return err
	}
	return w.do(r)
}

const sqlCredential = "SELECT " + credentialColumns + " FROM credential WHERE id = ?"

func (w *writer) credential(id int64) (c backend.Credential, err error) {
	ok, err := w.look(sqlCredential, func(st *db.Stmt) { scanCredential(st, &c) }, id)
	if err == nil && !ok {
		err = fmt.Errorf("credential %d: %w", id, backend.ErrNotFound)
	}
	return c, err
}

func (w *writer) AddCredential(c backend.Credential) (backend.Credential, error) {
	if c.Scope == "" {
		c.Scope = backend.FullScope
	}
	if c.Kind != backend.LoginPassword && c.Kind != backend.AppPassword || c.Secret == "" ||
		c.Scope != backend.FullScope && c.Scope != backend.ReadScope {
		return c, fmt.Errorf("add credential: kind %q, scope %q", c.Kind, c.Scope)
	}
	if _, err := w.PrincipalByID(c.Principal); err != nil {
		return c, err
	}
	if used, err := w.taken(sqlKeyTaken, c.Key); err != nil || used {
		return c, orExists(err, "credential", c.Label)
	}
	r, err := w.record(backend.EventAddCredential, c.Principal)
	if err != nil {
		return c, err
	}
	r.Detail.Credential = &credentialDetail{Kind: c.Kind, Label: c.Label, Scope: c.Scope, Key: c.Key, Secret: c.Secret}
	if err := w.do(r); err != nil {
		return c, err
	}
	return w.credential(r.ID)
}

func (w *writer) RevokeCredential(id int64) error {
	c, err := w.credential(id)
	if err != nil || c.Revoked {
		return err
	}
	r, err := w.record(backend.EventRevokeCredential, c.Principal)
	if err != nil {
		return err
	}
	r.Detail.Revoke = id
	return w.do(r)
}

const sqlTouch = "UPDATE credential SET last_used = ?1 WHERE id = ?2 AND last_used < ?1"

func (w *writer) TouchCredentials(last map[int64]time.Time) error {
	for id, at := range last {
		if err := w.c.Exec(sqlTouch, micros(at), id); err != nil {
			return w.failed(err)
		}
		w.dirty = w.dirty || w.c.Changes() > 0
	}
	return nil
}

const sqlKnownRefused = `SELECT 1 FROM refused WHERE principal = ? AND hash = ? AND collection = ? AND name = ?
	AND condition = ?`

const sqlRefusedSince = `SELECT count(*), coalesce(sum(length(bytes)), 0), coalesce(sum(collection = ? AND name = ?), 0)
	FROM refused WHERE principal = ? AND time > ?`

// refusedSpan is the time in which no more is kept of an account's refused bodies than Options.MaxRefused and
// MaxRefusedBytes: a client that repeats itself for ever must not fill the journal.
const refusedSpan = 24 * time.Hour

// refusedShare is which part of them may be of one name, so that it leaves room for the others, too.
const refusedShare = 20

func (w *writer) roomToRefuse(f *backend.Refused) (bool, error) {
	if w.full {
		return false, nil
	}
	var n, size, same int64
	_, err := w.look(sqlRefusedSince, func(st *db.Stmt) { n, size, same = st.Int(0), st.Int(1), st.Int(2) },
		f.Collection, f.Name, f.Principal, micros(w.s.o.Now().Add(-refusedSpan)))
	most := w.s.o.MaxRefused
	return n < most && same <= most/refusedShare && (n == 0 || size+int64(len(f.Body)) <= w.s.o.MaxRefusedBytes), err
}

// Refuse keeps nothing when the disk is full, or when a day's share is used up: the refusal itself matters more.
func (w *writer) Refuse(f backend.Refused) error {
	hash := backend.Hash(f.Body)
	known, err := w.look(sqlKnownRefused, func(*db.Stmt) {}, f.Principal, hash[:], f.Collection, f.Name, f.Condition)
	if err != nil || known {
		return err
	}
	if room, err := w.roomToRefuse(&f); err != nil || !room {
		return err
	}
	r, err := w.record(backend.EventRefuse, f.Principal)
	if err != nil {
		return err
	}
	if f.Actor != (backend.Actor{}) {
		r.Actor = f.Actor
	}
	r.Collection, r.Name, r.Hash, r.Detail.Condition = f.Collection, f.Name, hash, f.Condition
	if r.Bytes = f.Body; r.Bytes == nil {
		r.Bytes = []byte{}
	}
	return w.do(r)
}
