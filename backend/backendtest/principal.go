package backendtest

import (
	"errors"
	"iter"
	"time"

	"daycairn/backend"
)

var principalPromises = []promise{
	{"principals are found by slug, login and id", findPrincipals},
	{"a name is never issued twice", namesOnce},
	{"what a principal is can change", changePrincipals},
	{"addresses keep their order", addresses},
}

var credentialPromises = []promise{
	{"one login password lives at a time", oneLogin},
	{"app passwords are found by key until they are revoked", appPasswords},
	{"last uses are noted", lastUses},
	{"a deleted principal has no living credential", deletedCredentials},
}

func (f *fixture) principalNamed(n backend.NewPrincipal) (p backend.Principal) {
	f.Helper()
	f.update(func(w backend.Writer) (err error) {
		p, err = w.CreatePrincipal(n)
		return err
	})
	return p
}

func findPrincipals(f *fixture) {
	p := f.principalNamed(backend.NewPrincipal{Name: "Zoë.Q", DisplayName: "Zoë", Admin: true})
	if p.Slug == "" || p.UUID == "" || p.ID == f.principal.ID || p.Created.IsZero() {
		f.Errorf("made %+v", p)
	}
	f.view(func(r backend.Reader) error {
		bySlug, err := r.Principal(p.Slug)
		want(f, "by slug", bySlug, p)
		if err != nil {
			return err
		}
		for _, login := range []string{"Zoë.Q", "zoë.q", "ZOË.Q"} {
			byLogin, err := r.PrincipalByLogin(login)
			if backend.FoldLogin(login) == backend.FoldLogin("Zoë.Q") {
				want(f, "by login "+login, byLogin, p)
			} else if !errors.Is(err, backend.ErrNotFound) {
				f.Errorf("login %q: %+v, %v", login, byLogin, err)
			}
		}
		byID, err := r.PrincipalByID(p.ID)
		want(f, "by id", byID, p)
		return err
	})
	f.principalNamed(backend.NewPrincipal{Name: "bob"})
	var list []string
	for _, p := range all(f, func(r backend.Reader) iter.Seq2[backend.Principal, error] { return r.Principals() }) {
		list = append(list, p.Name)
	}
	want(f, "all", list, []string{"alice", "bob", "Zoë.Q"})
	f.view(func(r backend.Reader) error {
		info, err := r.Info()
		want(f, "users", info.Users, int64(3))
		return err
	})
}

func namesOnce(f *fixture) {
	refused := func(wanted error, n backend.NewPrincipal) {
		f.Helper()
		f.refused(wanted, func(w backend.Writer) error {
			_, err := w.CreatePrincipal(n)
			return err
		})
	}
	refused(backend.ErrExists, backend.NewPrincipal{Name: "alice"})
	refused(backend.ErrExists, backend.NewPrincipal{Name: "Alice"})
	refused(backend.ErrExists, backend.NewPrincipal{Name: "other", Slug: f.principal.Slug})
	f.update(func(w backend.Writer) error { return w.DeletePrincipal(f.principal.ID) })
	refused(backend.ErrExists, backend.NewPrincipal{Name: "alice"})
	refused(backend.ErrExists, backend.NewPrincipal{Name: "other", Slug: f.principal.Slug})
	f.refused(backend.ErrNotFound, func(w backend.Writer) error { return w.DeletePrincipal(f.principal.ID) })
	f.view(func(r backend.Reader) error {
		for what, err := range map[string]error{
			"slug": second(r.Principal(f.principal.Slug)), "login": second(r.PrincipalByLogin("alice")),
			"id": second(r.PrincipalByID(f.principal.ID)),
		} {
			if !errors.Is(err, backend.ErrNotFound) {
				f.Errorf("deleted principal by %s: %v", what, err)
			}
		}
		return nil
	})
	var invalid *backend.Invalid
	err := f.store.Update(f.ctx, alice, func(w backend.Writer) error {
		_, err := w.CreatePrincipal(backend.NewPrincipal{Name: "a b"})
		return err
	})
	if !errors.As(err, &invalid) {
		f.Errorf("a name with a space: %v", err)
	}
	a, b := f.principalNamed(backend.NewPrincipal{Name: "x+y"}), f.principalNamed(backend.NewPrincipal{Name: "x=y"})
	c := f.principalNamed(backend.NewPrincipal{Name: "x-y"})
	if a.Slug == b.Slug || b.Slug == c.Slug || a.Slug == c.Slug {
		f.Errorf("slugs %q, %q, %q", a.Slug, b.Slug, c.Slug)
	}
}

func second[T any](_ T, err error) error { return err }

func changePrincipals(f *fixture) {
	p := f.principal
	p.DisplayName, p.Admin, p.Disabled = "Alice L.", true, true
	f.update(func(w backend.Writer) error { return w.UpdatePrincipal(p) })
	f.view(func(r backend.Reader) error {
		got, err := r.Principal(p.Slug)
		want(f, "principal", got, p)
		return err
	})
	f.refused(backend.ErrNotFound, func(w backend.Writer) error { return w.UpdatePrincipal(backend.Principal{ID: 1 << 40}) })
}

func addresses(f *fixture) {
	get := func(id int64) (list []string) {
		f.view(func(r backend.Reader) (err error) {
			list, err = r.Addresses(id)
			return err
		})
		return list
	}
	p := f.principalNamed(backend.NewPrincipal{Name: "bob", Addresses: []string{"mailto:b@x", "mailto:a@x"}})
	want(f, "made with", get(p.ID), []string{"mailto:b@x", "mailto:a@x"})
	f.update(func(w backend.Writer) error {
		return w.SetAddresses(p.ID, []string{"mailto:c@x", "mailto:b@x", "mailto:a@x"})
	})
	want(f, "set", get(p.ID), []string{"mailto:c@x", "mailto:b@x", "mailto:a@x"})
	f.update(func(w backend.Writer) error { return w.SetAddresses(p.ID, nil) })
	want(f, "none", len(get(p.ID)), 0)
}

func (f *fixture) credentials() (list []backend.Credential) {
	f.Helper()
	f.view(func(r backend.Reader) (err error) {
		list, err = r.Credentials(f.principal.ID)
		return err
	})
	return list
}

func (f *fixture) addCredential(c backend.Credential) (added backend.Credential) {
	f.Helper()
	c.Principal = f.principal.ID
	f.update(func(w backend.Writer) (err error) {
		added, err = w.AddCredential(c)
		return err
	})
	return added
}

func oneLogin(f *fixture) {
	first := f.addCredential(backend.Credential{Kind: backend.LoginPassword, Secret: "$argon2id$1"})
	want(f, "scope", first.Scope, backend.FullScope)
	second := f.addCredential(backend.Credential{Kind: backend.LoginPassword, Secret: "$argon2id$2"})
	list := f.credentials()
	if len(list) != 2 || list[0].ID != first.ID || !list[0].Revoked || list[1] != second || second.Revoked {
		f.Errorf("credentials %+v", list)
	}
}

func appPasswords(f *fixture) {
	a := f.addCredential(backend.Credential{Kind: backend.AppPassword, Label: "phone", Key: "k1", Secret: "s1", Scope: backend.ReadScope})
	f.addCredential(backend.Credential{Kind: backend.AppPassword, Label: "desktop", Key: "k2", Secret: "s2"})
	f.refused(backend.ErrExists, func(w backend.Writer) error {
		_, err := w.AddCredential(backend.Credential{Principal: f.principal.ID, Kind: backend.AppPassword, Key: "k1", Secret: "s3"})
		return err
	})
	f.view(func(r backend.Reader) error {
		got, err := r.CredentialByKey("k1")
		want(f, "by key", got, a)
		return err
	})
	f.update(func(w backend.Writer) error { return w.RevokeCredential(a.ID) })
	f.update(func(w backend.Writer) error { return w.RevokeCredential(a.ID) })
	f.refused(backend.ErrNotFound, func(w backend.Writer) error { return w.RevokeCredential(1 << 40) })
	f.view(func(r backend.Reader) error {
		for _, key := range []string{"k1", "", "never"} {
			if _, err := r.CredentialByKey(key); !errors.Is(err, backend.ErrNotFound) {
				f.Errorf("key %q: %v", key, err)
			}
		}
		return nil
	})
	want(f, "revoked", f.credentials()[0].Revoked, true)
}

func lastUses(f *fixture) {
	c := f.addCredential(backend.Credential{Kind: backend.AppPassword, Key: "k1", Secret: "s1"})
	want(f, "before", c.LastUsed.IsZero(), true)
	noon := time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)
	before := len(f.versions(backend.VersionQuery{}))
	for _, at := range []time.Time{noon, noon.Add(-time.Hour)} {
		f.update(func(w backend.Writer) error {
			return w.TouchCredentials(map[int64]time.Time{c.ID: at, 1 << 40: at})
		})
		want(f, "last use", f.credentials()[0].LastUsed, noon)
	}
	want(f, "versions", len(f.versions(backend.VersionQuery{})), before)
}

func deletedCredentials(f *fixture) {
	f.addCredential(backend.Credential{Kind: backend.AppPassword, Key: "k1", Secret: "s1"})
	f.update(func(w backend.Writer) error { return w.DeletePrincipal(f.principal.ID) })
	f.view(func(r backend.Reader) error {
		if _, err := r.CredentialByKey("k1"); !errors.Is(err, backend.ErrNotFound) {
			f.Errorf("credential of a deleted principal: %v", err)
		}
		return nil
	})
}
