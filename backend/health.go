package backend

import "time"

// Info names a store and the lineage of its epochs, oldest first; the last one is current.
type Info struct {
	ID      string // of the instance
	MACKey  []byte // for sync tokens
	Epochs  []Epoch
	Head    Head
	Users   int64 // principals that are not deleted
	Created time.Time
}

// An Epoch begins when a store whose tail may be missing is opened again.
type Epoch struct {
	ID     string
	Parent string // empty for the first
	// Fork is the last version that both have in common.
	Fork int64
	// Acknowledged tells that a person accepted the loss of what the parent had above Fork.
	Acknowledged bool
}

// Health of a store. Held with its reasons, or open.
type Health struct {
	Held    bool
	Reasons []string
	// Full tells that the free-space limit is reached: PUT is refused (ErrFull), reads and DELETE go on.
	Full bool
	// Journal and database sizes in bytes, for those who look.
	Database, WAL, Journal int64
}

// A Finding is one disagreement that Verify met.
type Finding struct {
	Where  string // "body 17", "chain of principal 3"
	What   string
	Damage bool // false: a note
}
