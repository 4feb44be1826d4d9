package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

const (
	rememberRight = 10 * time.Minute
	rememberWrong = 5 * time.Minute
	// rememberMax bounds each of the two tables: a flood of wrong passwords never drives out right ones.
	rememberMax = 4096
)

// memory keeps verdicts on passwords, so that no request pays for argon2 twice.
//
// A verdict is keyed by an HMAC under a key of this process over everything it depends on: the place, the account, the
// stored hash and the typed password. A changed password is a different stored hash, so that old verdicts, right and wrong,
// are out at once by themselves. Neither passwords nor anything to guess them by without the key is kept.
type memory struct {
	key []byte

	mu    sync.Mutex
	right *table[[32]byte, time.Time]
	wrong *table[[32]byte, time.Time]
}

func newMemory(key []byte) *memory {
	return &memory{
		key:   key,
		right: newTable[[32]byte, time.Time](rememberMax),
		wrong: newTable[[32]byte, time.Time](rememberMax),
	}
}

// mark names a verdict. Parts are length-prefixed: no two different lists give the same bytes.
func (m *memory) mark(parts ...string) (sum [32]byte) {
	h := hmac.New(sha256.New, m.key)
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	h.Sum(sum[:0])
	return sum
}

type verdict int

const (
	unknown verdict = iota
	right
	wrong
)

func (m *memory) recall(mark [32]byte, now time.Time) verdict {
	m.mu.Lock()
	defer m.mu.Unlock()
	if until := m.right.get(mark); until != nil {
		if now.Before(*until) {
			return right
		}
		m.right.drop(mark)
	}
	if until := m.wrong.get(mark); until != nil {
		if now.Before(*until) {
			return wrong
		}
		m.wrong.drop(mark)
	}
	return unknown
}

func (m *memory) note(mark [32]byte, ok bool, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ok {
		m.right.put(mark, now.Add(rememberRight))
		return
	}
	m.wrong.put(mark, now.Add(rememberWrong))
}
