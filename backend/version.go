package backend

import "time"

// What a version records.
type Event string

// The events of history.
const (
	EventPut              Event = "put"
	EventDelete           Event = "delete"
	EventMove             Event = "move"
	EventProperties       Event = "properties"
	EventCreateCollection Event = "create-collection"
	EventChangeCollection Event = "change-collection"
	EventDeleteCollection Event = "delete-collection"
	EventCreatePrincipal  Event = "create-principal"
	EventChangePrincipal  Event = "change-principal"
	EventDeletePrincipal  Event = "delete-principal"
	EventAddCredential    Event = "add-credential"
	EventRevokeCredential Event = "revoke-credential"
	EventRefuse           Event = "refuse"
)

// A Version is one thing that happened. Versions are ordered by ID and never change.
type Version struct {
	ID         int64
	Time       time.Time
	Event      Event
	Principal  int64 // whose history it belongs to
	Actor      Actor
	Collection int64  // 0 if none
	Object     int64  // 0 if none
	Name       string // of the item, or slug
	Seq        int64  // that the collection got
	Body       int64  // 0 if none
	Hash       [32]byte
	Chain      [32]byte
}

// A Mark tells versions of one number apart that belong to different histories: what a store wrote after it was copied,
// and what the copy wrote instead. It is the beginning of the chain of the whole store at that version.
type Mark [6]byte

// VersionQuery narrows Versions; zero fields do not.
type VersionQuery struct {
	Principal  int64
	Collection int64
	Object     int64
	After      int64 // id
	Limit      int
}

// Refused is a body that a precondition turned away.
type Refused struct {
	ID         int64
	Time       time.Time
	Principal  int64
	Collection int64
	Name       string
	Condition  string // what turned it away, like "If-Match" or "no-uid-conflict"
	Body       []byte
	Actor      Actor
}

// A Head names a point in the history of a store.
type Head struct {
	Epoch   string
	Version int64
	Chain   [32]byte
}
