package sqlite

import "daycairn/backend"

const (
	sqlAddPrincipal = `INSERT INTO principal (id, uuid, name, login, slug, display_name, admin, disabled, deleted, created,
	chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`
	sqlSetPrincipal   = "UPDATE principal SET display_name = ?, admin = ?, disabled = ? WHERE id = ?"
	sqlDropPrincipal  = "UPDATE principal SET deleted = 1 WHERE id = ?"
	sqlRevokeAll      = "UPDATE credential SET revoked = 1 WHERE principal = ?"
	sqlDropAddresses  = "DELETE FROM address WHERE principal = ?"
	sqlAddAddress     = "INSERT INTO address (principal, position, address) VALUES (?, ?, ?)"
	sqlAddCredential  = "INSERT INTO credential (id, principal, kind, label, scope, key, secret, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
	sqlReplaceLogin   = "UPDATE credential SET revoked = 1 WHERE principal = ? AND kind = 'login'"
	sqlDropCredential = "UPDATE credential SET revoked = 1 WHERE id = ?"
)

func (a *applier) createPrincipal(r *record) (change, error) {
	d, p := &r.Detail, r.Detail.Principal
	first := genesis(a.store, r.Principal)
	if err := a.c.Exec(sqlAddPrincipal, r.Principal, d.UUID, r.Name, p.Login, p.Slug, p.DisplayName, p.Admin, p.Disabled,
		r.micros(), first[:]); err != nil {
		return change{}, err
	}
	return change{}, a.setAddresses(r.Principal, d.Addresses)
}

func (a *applier) changePrincipal(r *record) (change, error) {
	d := &r.Detail
	if d.SetAddresses {
		return change{}, a.setAddresses(r.Principal, d.Addresses)
	}
	return change{}, a.c.Exec(sqlSetPrincipal, d.Principal.DisplayName, d.Principal.Admin, d.Principal.Disabled, r.Principal)
}

func (a *applier) setAddresses(principal int64, list []string) error {
	if err := a.c.Exec(sqlDropAddresses, principal); err != nil {
		return err
	}
	for i, s := range list {
		if err := a.c.Exec(sqlAddAddress, principal, i, s); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) deletePrincipal(r *record) (change, error) {
	if err := a.c.Exec(sqlDropPrincipal, r.Principal); err != nil {
		return change{}, err
	}
	return change{}, a.c.Exec(sqlRevokeAll, r.Principal)
}

func (a *applier) addCredential(r *record) (change, error) {
	c := r.Detail.Credential
	if c.Kind == backend.LoginPassword {
		if err := a.c.Exec(sqlReplaceLogin, r.Principal); err != nil {
			return change{}, err
		}
	}
	return change{}, a.c.Exec(sqlAddCredential, r.ID, r.Principal, string(c.Kind), c.Label, string(c.Scope), c.Key, c.Secret,
		r.micros())
}

func (a *applier) revokeCredential(r *record) (change, error) {
	return change{}, a.c.Exec(sqlDropCredential, r.Detail.Revoke)
}

type refusedLimits struct{ count, bytes int64 }

const (
	sqlAddRefused = `INSERT INTO refused (id, time, principal, collection, name, condition, actor, credential, agent, hash,
	bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	sqlRefusedSums = "SELECT count(*), coalesce(sum(length(bytes)), 0) FROM refused WHERE principal = ?"
	sqlDropOldest  = "DELETE FROM refused WHERE id = (SELECT min(id) FROM refused WHERE principal = ?)"
)

// refuse keeps a body that was turned away, and drops the oldest ones when there are too many.
func (a *applier) refuse(r *record) (change, error) {
	if r.Bytes == nil {
		return change{}, nil // rebuilt from history after the body itself was dropped
	}
	if err := a.c.Exec(sqlAddRefused, r.ID, r.micros(), r.Principal, r.Collection, r.Name, r.Detail.Condition,
		r.Actor.Principal, r.Actor.Credential, r.Actor.Agent, r.Hash[:], r.Bytes); err != nil {
		return change{}, err
	}
	for range a.refused.count + 1 {
		over, err := a.refusedOver(r.Principal)
		if err != nil || !over {
			return change{}, err
		}
		if err := a.c.Exec(sqlDropOldest, r.Principal); err != nil {
			return change{}, err
		}
	}
	return change{}, nil
}

func (a *applier) refusedOver(principal int64) (bool, error) {
	st, err := a.c.Query(sqlRefusedSums, principal)
	if err != nil {
		return false, err
	}
	defer st.Close()
	if ok, err := st.Next(); err != nil || !ok {
		return false, err
	}
	n, size := st.Int(0), st.Int(1)
	return n > a.refused.count || n > 1 && size > a.refused.bytes, nil
}
