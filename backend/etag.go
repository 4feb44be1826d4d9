package backend

import (
	"crypto/sha256"
	"encoding/base64"
)

// Hash is the SHA-256 of a body.
func Hash(body []byte) [32]byte { return sha256.Sum256(body) }

// ETag makes a strong, quoted entity tag of a body's hash (144 bits of it: equal tags mean equal bytes).
func ETag(hash [32]byte) string {
	var b [26]byte
	b[0], b[25] = '"', '"'
	base64.RawURLEncoding.Encode(b[1:25], hash[:18])
	return string(b[:])
}
