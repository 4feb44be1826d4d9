package auth

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// MaxPassword bounds the bytes of a password: longer ones are wrong without being hashed.
const MaxPassword = 1024

// A Cost says how much work a guess is.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// DefaultCost is the first choice of the OWASP password storage advice for argon2id: 19 MiB, 2 passes. One core
// checks it in tens of milliseconds, and a login queue of one hash a core stays within small machines.
var DefaultCost = Cost{Memory: 19 * 1024, Time: 2, Threads: 1}

const (
	saltSize = 16
	keySize  = 32
)

// weaker tells that c costs a guesser less than d in any way.
func (c Cost) weaker(d Cost) bool { return c.Memory < d.Memory || c.Time < d.Time }

// ErrPassword is a password that nobody could log in with.
var ErrPassword = errors.New("password must be 1 to 1024 bytes of UTF-8 without control characters")

// HashPassword makes a PHC string at DefaultCost, with a salt from rand. ErrPassword when the password is empty,
// too long, or has bytes that clients cannot send.
func HashPassword(password string, rand io.Reader) (string, error) {
	return DefaultCost.hash(password, rand)
}

func (c Cost) hash(password string, rand io.Reader) (string, error) {
	if !usable(password) {
		return "", ErrPassword
	}
	p := phc{cost: c, salt: make([]byte, saltSize)}
	if _, err := io.ReadFull(rand, p.salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	p.key = derive(p, password, keySize)
	return p.String(), nil
}

// usable tells whether a Basic header can carry the password (RFC 7617 §2: UTF-8, no control characters).
func usable(password string) bool {
	if password == "" || len(password) > MaxPassword || !utf8.ValidString(password) {
		return false
	}
	for i := range len(password) {
		if c := password[i]; c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}

// VerifyPassword compares in constant time. weak says that the stored string is cheaper to guess than DefaultCost, so
// that it should be made anew while the password is at hand. An error means that stored is no PHC string of ours.
func VerifyPassword(stored, password string) (ok, weak bool, err error) {
	p, err := parsePHC(stored)
	if err != nil {
		return false, false, err
	}
	return p.verify(password), p.cost.weaker(DefaultCost), nil
}

func (p phc) verify(password string) bool {
	if len(password) > MaxPassword {
		return false
	}
	return subtle.ConstantTimeCompare(derive(p, password, len(p.key)), p.key) == 1
}

func derive(p phc, password string, size int) []byte {
	return argon2.IDKey([]byte(password), p.salt, p.cost.Time, p.cost.Memory, p.cost.Threads, uint32(size))
}
