package backend

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// FactsVersion grows with each change of what Describe finds; stored facts of an older one are made anew.
const FactsVersion = 2

// Facts are what the server must know of a body without reading it again. They are a pure function of the bytes and
// never stand in a uniqueness constraint.
type Facts struct {
	Version   int
	UID       string // or, of a long one, what stands for it: never compared with but another Facts.UID
	Component string // VEVENT, VTODO, VJOURNAL, VFREEBUSY…; VCARD
	Spans     []Span // where in time it may lie: maybe, but never wrongly no
	Text      string // folded text that filters look into (Fold), or AnyText
	V4        bool   // a card of version 4.0
}

// What facts hold of a body is bounded: each listing reads its UID, each search its text.
const (
	maxUID  = 1 << 10
	maxText = 256 << 10
)

// AnyText is the Text of a body that holds more than facts do: filters may find anything in it. No text
// that was folded is equal to it, since each ends with a line end.
const AnyText = "*"

// MayHold tells whether a body may hold a folded text, by its Facts.Text.
func MayHold(text, part []byte) bool {
	return string(text) == AnyText || bytes.Contains(text, part)
}

// hashed is what the UIDs begin with that stand for long ones.
const hashed = "sha256:"

// factsUID is the Facts.UID of a UID: equal where the UIDs are. RFC 7986 §5.3 asks for 255 octets at most; a
// longer one must be kept all the same, but each row that is read need not carry it.
func factsUID(uid string) string {
	if len(uid) <= maxUID && !strings.HasPrefix(uid, hashed) {
		return uid
	}
	sum := sha256.Sum256([]byte(uid))
	return hashed + hex.EncodeToString(sum[:])
}

// A Span is a stretch of time in Unix seconds, From inclusive, To exclusive.
type Span struct {
	From, To int64
	Alarm    bool
}
