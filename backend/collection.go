package backend

import "time"

// Kind tells the two families of collections apart.
type Kind string

// The kinds. Their text is also the segment under the root of the URL space.
const (
	Calendar    Kind = "calendars"
	AddressBook Kind = "addressbooks"
)

// A Collection is a calendar or an address book.
type Collection struct {
	ID       int64
	PublicID string // random; what sync tokens name, and the resource-id (a UUID without "urn:uuid:")
	Owner    int64  // principal
	Kind     Kind
	Slug     string
	// Components that a calendar takes, upper case (RFC 4791 §5.2.3); nil: all of them.
	Components []string
	Seq        int64 // of the last change to its members
	HomeSeq    int64 // of the last change to what its home shows of it
	// Changed is the version that last changed it, its properties or its members: one count for the whole home.
	Changed  int64
	Mark     Mark // of the version Changed
	Default  bool // made with the account, listed first
	Created  time.Time
	Modified time.Time
	Deleted  bool // a tombstone of the home
	// HasV4 tells that a living card of version 4.0 is in the book.
	HasV4 bool
	Items int64 // living
}

// NewCollection is what CreateCollection needs.
type NewCollection struct {
	Owner      int64
	Kind       Kind
	Slug       string
	Components []string
	Default    bool
	Properties []Property
}

// ReservedSlugs can be no collection's: the URL space needs them.
var ReservedSlugs = []string{"inbox", "outbox", "notifications", "attachments", "dropbox", "freebusy"}
