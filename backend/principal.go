package backend

import "time"

// A Principal is a person with an account (RFC 3744 §2). Name and slug are never issued twice.
type Principal struct {
	ID          int64
	UUID        string // RFC 5842 resource-id, without "urn:uuid:"
	Name        string // what one types to log in, as it was given
	Slug        string // the segment of its URLs, fixed when the principal was made
	DisplayName string
	Admin       bool
	Disabled    bool
	Created     time.Time
}

// NewPrincipal is what CreatePrincipal needs. The slug is derived from the name by Slugify when empty.
type NewPrincipal struct {
	Name        string
	Slug        string
	DisplayName string
	Admin       bool
	Addresses   []string
}

// Usage sums what lives under a principal's roof.
type Usage struct {
	Collections int64
	Items       int64
	Bytes       int64 // living bodies
	History     int64 // all bodies ever accepted, the living included
	// Allowed is how many bytes of history the account may have (0: no bound).
	Allowed int64
}
