package auth

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"daycairn/backend"
)

// cheap keeps tests fast.
var cheap = Cost{Memory: 8, Time: 1, Threads: 1}

// accounts is a store of accounts only, whose reads can be made to fail. Any other method panics.
type accounts struct {
	backend.Store
	mu      sync.Mutex
	people  []backend.Principal
	creds   []backend.Credential
	touched map[int64]time.Time
	err     error
}

type accountsTx struct {
	backend.Writer
	*accounts
}

func (s *accounts) View(_ context.Context, fn func(backend.Reader) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	return fn(accountsTx{accounts: s})
}

func (s *accounts) Update(_ context.Context, _ backend.Actor, fn func(backend.Writer) error) error {
	return s.View(context.Background(), func(r backend.Reader) error { return fn(r.(accountsTx)) })
}

func (x accountsTx) PrincipalByLogin(name string) (backend.Principal, error) {
	for _, p := range x.people {
		if backend.FoldLogin(p.Name) == backend.FoldLogin(name) {
			return p, nil
		}
	}
	return backend.Principal{}, fmt.Errorf("principal %s: %w", name, backend.ErrNotFound)
}

func (x accountsTx) Credentials(principal int64) (found []backend.Credential, err error) {
	for _, c := range x.creds {
		if c.Principal == principal {
			found = append(found, c)
		}
	}
	return found, nil
}

func (x accountsTx) AddCredential(c backend.Credential) (backend.Credential, error) {
	for i := range x.creds {
		if x.creds[i].Principal == c.Principal && x.creds[i].Kind == c.Kind && c.Kind == backend.LoginPassword {
			x.creds[i].Revoked = true
		}
	}
	c.ID = int64(len(x.creds) + 1)
	x.creds = append(x.creds, c)
	return c, nil
}

func (x accountsTx) TouchCredentials(last map[int64]time.Time) error {
	x.touched = last
	return nil
}

// change edits the store between requests.
func (s *accounts) change(fn func(*accounts)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn(s)
}

func mustHash(t *testing.T, c Cost, password string) string {
	t.Helper()
	h, err := c.hash(password, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// zeros is randomness that tests own.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
