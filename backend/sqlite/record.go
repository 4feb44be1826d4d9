package sqlite

import (
	"encoding/json"
	"time"

	"daycairn/backend"
)

// A record is one version and all that apply needs to make it happen again: no id is left to chance.
type record struct {
	backend.Version
	Item    int64    // row of the item
	Salt    []byte   // keeps the digest of erased contents from being guessed
	Payload []byte   // Detail as JSON: what the chain covers
	Root    [32]byte // of the whole store's chain
	Bytes   []byte   // body that came with it; nil: none

	Detail detail
	// Facts of Bytes; nil when the record comes from the journal.
	Facts *backend.Facts
}

// detail is what one kind of event needs besides the version itself. Fields are only ever added.
type detail struct {
	UUID string `json:"uuid,omitempty"` // of a new object, collection or principal

	// move
	FromCollection int64  `json:"fromCollection,omitempty"`
	FromItem       int64  `json:"fromItem,omitempty"`
	FromName       string `json:"fromName,omitempty"`
	FromSeq        int64  `json:"fromSeq,omitempty"`

	// properties
	Subject    *backend.Subject   `json:"subject,omitempty"`
	Properties []backend.Property `json:"properties,omitempty"`

	// collections
	Kind          backend.Kind `json:"kind,omitempty"`
	HomeSeq       int64        `json:"homeSeq,omitempty"`
	Default       bool         `json:"default,omitempty"`
	Components    []string     `json:"components,omitzero"`
	SetComponents bool         `json:"setComponents,omitempty"`

	// principals
	Principal    *principalDetail `json:"principal,omitempty"`
	Addresses    []string         `json:"addresses,omitempty"`
	SetAddresses bool             `json:"setAddresses,omitempty"`

	// credentials
	Credential *credentialDetail `json:"credential,omitempty"`
	Revoke     int64             `json:"revoke,omitempty"`

	// refused
	Condition string `json:"condition,omitempty"`
}

type principalDetail struct {
	Login       string `json:"login,omitempty"`
	Slug        string `json:"slug,omitempty"`
	DisplayName string `json:"displayName"`
	Admin       bool   `json:"admin"`
	Disabled    bool   `json:"disabled"`
}

type credentialDetail struct {
	Kind   backend.CredentialKind `json:"kind"`
	Label  string                 `json:"label"`
	Scope  backend.Scope          `json:"scope"`
	Key    string                 `json:"key,omitempty"`
	Secret string                 `json:"secret"`
}

// seal encodes the detail: from here on the record is what the chain covers.
func (r *record) seal(salt []byte) error {
	payload, err := json.Marshal(&r.Detail)
	if err != nil {
		return err
	}
	r.Payload, r.Salt = payload, salt
	return nil
}

// weight is what the record adds to the history of its principal. A refused body is kept of our own accord and must not
// cost its owner any writing: Writer.Refuse has bounds of its own.
func (r *record) weight() int64 {
	if r.Event == backend.EventRefuse {
		return int64(len(r.Payload))
	}
	return int64(len(r.Bytes)) + int64(len(r.Payload))
}

// mark is what tells the version from others of its number, once apply has set Root.
func (r *record) mark() []byte { return r.Root[:len(backend.Mark{})] }

func (r *record) micros() int64 { return micros(r.Time) }

func (r *record) setMicros(n int64) { r.Time = time.UnixMicro(n).UTC() }
