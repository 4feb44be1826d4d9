package sqlite

import (
	"crypto/sha256"
	"encoding/binary"

	"daycairn/backend"
)

// The chains. Everything is length-prefixed, so that no two histories give the same bytes.

// genesis is what the chain of a principal begins with; principal 0 stands for the chain of the whole store.
func genesis(store string, principal int64) [32]byte {
	b := append([]byte("daycairn chain 1\x00"), store...)
	return sha256.Sum256(binary.BigEndian.AppendUint64(b, uint64(principal)))
}

// digest covers what may be erased one day; the chain goes on from the digest alone.
func digest(salt []byte, name, agent string, payload []byte, hash [32]byte) [32]byte {
	b := make([]byte, 0, 4*8+len(salt)+len(name)+len(agent)+len(payload)+len(hash))
	b = appendSized(b, salt)
	b = appendSized(b, []byte(name))
	b = appendSized(b, []byte(agent))
	b = appendSized(b, payload)
	return sha256.Sum256(append(b, hash[:]...))
}

// link makes the next value of a principal's chain.
func link(previous, digest [32]byte, v *backend.Version, item int64) [32]byte {
	b := make([]byte, 0, 256)
	b = append(b, previous[:]...)
	for _, n := range [...]int64{
		v.ID, micros(v.Time), v.Principal, v.Actor.Principal, v.Actor.Credential,
		v.Collection, v.Object, item, v.Seq, v.Body,
	} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	b = appendSized(b, []byte(v.Event))
	return sha256.Sum256(append(b, digest[:]...))
}

// join makes the next value of the chain of the whole store.
func join(root, chain [32]byte) [32]byte {
	var b [64]byte
	copy(b[:32], root[:])
	copy(b[32:], chain[:])
	return sha256.Sum256(b[:])
}

func appendSized(b, field []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(len(field)))
	return append(b, field...)
}
