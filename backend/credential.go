package backend

import "time"

// CredentialKind tells how a secret is checked.
type CredentialKind string

// The kinds of credentials.
const (
	LoginPassword CredentialKind = "login"
	AppPassword   CredentialKind = "app"
)

// Scope says what a credential may do.
type Scope string

// The scopes.
const (
	FullScope Scope = "full"
	ReadScope Scope = "read"
)

// A Credential lets a principal in. The secret itself is never stored.
type Credential struct {
	ID        int64
	Principal int64
	Kind      CredentialKind
	Label     string
	Scope     Scope
	Key       string // public lookup key of an app password; empty for a login password
	Secret    string // PHC string (login), or hex SHA-256 of a random app password
	Created   time.Time
	LastUsed  time.Time // zero: never
	Revoked   bool
}
