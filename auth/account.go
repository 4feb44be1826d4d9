package auth

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"daycairn/backend"
)

// account is what the store says of a login name at the time of a request.
type account struct {
	backend.Principal
	folded string
	creds  []backend.Credential
	login  backend.Credential
	stored phc  // of the login password, or the dummy
	open   bool // a right login password would let in
}

// account looks a login name up. A name that is nobody's gives an account that no password opens, and that costs the
// same work as any.
func (b *Basic) account(ctx context.Context, name string) (account, error) {
	a := account{folded: backend.FoldLogin(name), stored: b.dummy}
	if a.folded == "" {
		return a, nil
	}
	err := b.store.View(ctx, func(r backend.Reader) (err error) {
		if a.Principal, err = r.PrincipalByLogin(name); err != nil {
			return err
		}
		a.creds, err = r.Credentials(a.Principal.ID)
		return err
	})
	if errors.Is(err, backend.ErrNotFound) {
		a.Principal = backend.Principal{}
		return a, nil
	}
	if err != nil {
		return account{}, fmt.Errorf("look up an account: %w", err)
	}
	login, ok := loginOf(a.creds)
	if !ok {
		return a, nil
	}
	stored, err := parsePHC(login.Secret)
	if err != nil {
		b.log.Error("stored password is damaged", "principal", a.ID, "credential", login.ID)
		return a, nil
	}
	a.login, a.stored, a.open = login, stored, !a.Disabled
	return a, nil
}

// loginOf is the living login password.
func loginOf(creds []backend.Credential) (backend.Credential, bool) {
	for _, c := range creds {
		if c.Kind == backend.LoginPassword && !c.Revoked {
			return c, true
		}
	}
	return backend.Credential{}, false
}

// mark names the verdict on a password for the account as it is now (see memory), as asked from one place: elsewhere
// a right guess must not pass by the throttle just because the owner is logged in.
func (a *account) mark(m *memory, at netip.Prefix, password string) [32]byte {
	state := "closed"
	if a.open {
		state = "open"
	}
	return m.mark(at.String(), a.folded, state, a.stored.String(), password)
}
