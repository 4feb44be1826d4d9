package backend

import (
	"context"
	"iter"
	"time"
)

// A Store keeps calendars, to-dos and contacts, everything they ever were, and who may see them.
//
// While the store is on hold (see Health) View, Update and Snapshot return an error that wraps ErrHold.
type Store interface {
	// View runs fn on one unchanging snapshot. Writers go on meanwhile. Values that fn read stay valid after it.
	View(ctx context.Context, fn func(Reader) error) error

	// Update runs fn alone. When it returns nil, what fn wrote is synced to disk (and to the journal);
	// when it returns an error, none of it happened. fn may run again, so it acts on nothing but the Writer
	// and variables that each run sets anew. A panic in fn is returned as an error.
	//
	// The context bounds the wait for a turn only: once fn has begun, the outcome is waited for.
	Update(ctx context.Context, by Actor, fn func(Writer) error) error

	// Snapshot writes a complete copy to a new file and returns the head of the history that it holds.
	// The file and its directory are synced; an existing file is an error.
	Snapshot(ctx context.Context, path string) (Head, error)

	// Verify reads everything back and reports each disagreement. A nil error means that it could read to the end.
	Verify(ctx context.Context, report func(Finding)) error

	// Health tells whether the store may be believed.
	Health() Health

	// Hold stops all traffic until a person releases it, across restarts. A second reason is added to the first.
	Hold(reason string) error

	// Release ends a hold. It refuses (ErrHold) while the cause can still be measured.
	Release() error

	// Close waits for running Updates, checkpoints, and closes.
	Close() error
}

// A Reader sees one snapshot. Missing things are ErrNotFound, wrapped.
type Reader interface {
	// Info names the store itself.
	Info() (Info, error)

	// Principal by the slug of its URL, living or disabled, never deleted.
	Principal(slug string) (Principal, error)
	// PrincipalByLogin compares folded names (FoldLogin).
	PrincipalByLogin(name string) (Principal, error)
	PrincipalByID(id int64) (Principal, error)
	// Principals yields all that are not deleted, by name.
	Principals() iter.Seq2[Principal, error]
	// Addresses are the calendar user addresses of a principal, preferred one first.
	Addresses(principal int64) ([]string, error)

	// Credentials of a principal, revoked ones included, oldest first.
	Credentials(principal int64) ([]Credential, error)
	// CredentialByKey finds a living credential by its public lookup key (app passwords).
	CredentialByKey(key string) (Credential, error)

	// Home lists the living collections under a principal's roof, the default one first, then in order of creation.
	Home(principal int64, kind Kind) ([]Collection, error)
	// HomeState is the highest Changed of a home's collections, tombstones included (RFC 6578 on homes), and never
	// less than the version that made the principal. The mark is of that version.
	HomeState(principal int64, kind Kind) (int64, Mark, error)
	// HomeChanges yields collections of the home, tombstones included, whose Changed is above since, oldest first.
	HomeChanges(principal int64, kind Kind, since int64) iter.Seq2[Collection, error]
	Collection(principal int64, kind Kind, slug string) (Collection, error)
	CollectionByID(id int64) (Collection, error)

	// Properties of a subject: the dead and the live ones that clients set, by name. With names only those are read.
	Properties(of Subject, names ...PropertyName) ([]Property, error)
	// ObjectsWithProperties are the objects of the living items of a collection that have any, for listings.
	ObjectsWithProperties(collection int64) (map[int64]bool, error)

	// Item is the living item of that name.
	Item(collection int64, name string) (Item, error)
	// ItemByUID is the first living item with that UID.
	ItemByUID(collection int64, uid string) (Item, error)
	// Items yields living items in order of name; it may yield more than q asks for, never less.
	Items(collection int64, q Query) iter.Seq2[Item, error]
	// ItemsNamed yields the living items with these names, each once, in any order. At most NamesChunk names.
	ItemsNamed(collection int64, names []string) iter.Seq2[Item, error]
	// Changes yields what happened after since up to and including until, oldest first, each item once,
	// tombstones included (Item.Deleted).
	Changes(collection int64, since, until int64) iter.Seq2[Item, error]
	// Body gives the bytes of a body as they were stored. Bodies never change, so an id read in one View may be
	// asked for in a later one. ErrDamaged when the bytes no longer have their hash.
	Body(id int64) ([]byte, error)
	// Bodies is Body for many: fn is called once for each id that exists. At most NamesChunk ids.
	Bodies(ids []int64, fn func(id int64, body []byte) error) error

	// Usage sums the living items of a principal.
	Usage(principal int64) (Usage, error)
	// Versions yields history, oldest first.
	Versions(q VersionQuery) iter.Seq2[Version, error]
	// Mark tells a version of this history from that of another with the same number. ErrNotFound above the head.
	Mark(version int64) (Mark, error)
	// Refused yields the bodies that a precondition turned away, oldest first.
	Refused(principal int64) iter.Seq2[Refused, error]
}

// NamesChunk bounds the names of one ItemsNamed and the ids of one Bodies.
const NamesChunk = 500

// A Writer is a Reader that sees its own writes. All of them become durable together, or none.
type Writer interface {
	Reader

	// PutItem stores a body under a name: the item of that name gets its next version, or a new object is made.
	// The same bytes again change nothing. The caller has checked conditions and the UID.
	PutItem(collection int64, name string, body []byte, facts Facts) (item Item, created bool, err error)
	// DeleteItem leaves a tombstone. The object and its history stay.
	DeleteItem(collection int64, name string) error
	// MoveItem keeps the object, its properties and its history; a tombstone stays behind. An item at the target must
	// have been deleted before.
	MoveItem(collection int64, name string, toCollection int64, toName string) (Item, error)

	// CreateCollection takes the slug, which must be free among the living (ErrExists).
	CreateCollection(c NewCollection) (Collection, error)
	// RenameCollection gives a living collection another slug under the same home, whose changes then hold a tombstone of
	// the old one.
	RenameCollection(id int64, slug string) error
	// DeleteCollection moves it to the trash with all its items.
	DeleteCollection(id int64) error
	// SetComponents says which components a calendar takes; nil means all.
	SetComponents(id int64, components []string) error

	// SetProperties sets (XML) or removes (nil XML) properties of a subject. Order does not matter.
	SetProperties(of Subject, props []Property) error

	// Refuse keeps a body that was turned away, for its owner; deduplicated and capped.
	Refuse(r Refused) error

	CreatePrincipal(p NewPrincipal) (Principal, error)
	// UpdatePrincipal writes display name, admin and disabled.
	UpdatePrincipal(p Principal) error
	SetAddresses(principal int64, addresses []string) error
	// DeletePrincipal moves the account to the trash; its name and slug are never issued again.
	DeletePrincipal(id int64) error

	// AddCredential adds an app password, or replaces the login password (one lives at a time).
	AddCredential(c Credential) (Credential, error)
	RevokeCredential(id int64) error
	// TouchCredentials notes last uses; outside the chain of history.
	TouchCredentials(last map[int64]time.Time) error
}
