package backend

import "time"

// An Item is an object under a name in a collection. Its row is the change log, too: seq orders all changes.
type Item struct {
	Collection int64
	Name       string
	Object     int64  // properties and history hang on it; MOVE keeps it
	ObjectUUID string // RFC 5842 resource-id, without "urn:uuid:"
	Seq        int64  // of the last change, unique per collection
	Body       int64  // id for Reader.Body
	Hash       [32]byte
	Size       int64
	UID        string // as Facts has it
	Component  string // VEVENT, VTODO, …; VCARD in a book
	Created    time.Time
	Modified   time.Time
	Deleted    bool // a tombstone
}

// ETag is the strong entity tag, quoted: the hash of the bytes, the same after backup, restore and import.
func (it *Item) ETag() string { return ETag(it.Hash) }

// A Query narrows Items. The zero Query means every living item. An engine may yield more, never less.
type Query struct {
	// Components to keep (any of); empty: all.
	Components []string
	// From and To bound the time in Unix seconds, both nil for no bound; Alarm asks for alarms' spans.
	From, To *int64
	Alarm    bool
	// Texts must all be contained in the folded text of the item (Fold).
	Texts []string
	// UID, when set, must be equal to that of the item's Facts.
	UID string
}
