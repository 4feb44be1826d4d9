package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"daycairn/backend"
)

// An app password is 32 characters of 5 bits each, shown in groups of four. The first six are the public lookup key,
// the other 26 the secret: 130 random bits, so that a plain hash is enough and no request pays for argon2.
const (
	appAlphabet = "0123456789abcdefghjkmnpqrstvwxyz" // no i, l, o, u: those are misread
	appLength   = 32
	appKey      = 6
	appGroup    = 4
	maxAppTyped = 2 * appLength // with hyphens and blanks
)

// NewAppPassword draws an app password from rand. shown is what a person types, told once and kept nowhere; c has
// Kind, Key and Secret set, and FullScope.
func NewAppPassword(rand io.Reader) (shown string, c backend.Credential, err error) {
	raw := make([]byte, appLength)
	if _, err := io.ReadFull(rand, raw); err != nil {
		return "", c, fmt.Errorf("app password: %w", err)
	}
	for i, b := range raw {
		raw[i] = appAlphabet[b&31]
	}
	c = backend.Credential{
		Kind:   backend.AppPassword,
		Scope:  backend.FullScope,
		Key:    string(raw[:appKey]),
		Secret: appHash(string(raw[appKey:])),
	}
	var s strings.Builder
	for i := 0; i < appLength; i += appGroup {
		if i > 0 {
			s.WriteByte('-')
		}
		s.Write(raw[i : i+appGroup])
	}
	return s.String(), c, nil
}

// parseAppPassword takes an app password as people type it: in any case, with or without hyphens and blanks, with the
// letters that look like digits. A login password may have the same shape: ok means no more than that.
func parseAppPassword(typed string) (key, secret string, ok bool) {
	if len(typed) < appLength || len(typed) > maxAppTyped {
		return "", "", false
	}
	var b [appLength]byte
	n := 0
	for i := range len(typed) {
		c := typed[i]
		switch {
		case c == '-' || c == ' ':
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		switch c {
		case 'o':
			c = '0'
		case 'i', 'l':
			c = '1'
		}
		if n == appLength || strings.IndexByte(appAlphabet, c) < 0 {
			return "", "", false
		}
		b[n] = c
		n++
	}
	return string(b[:appKey]), string(b[appKey:]), n == appLength
}

func appHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// findApp is the living app password among creds that was typed, if any. Secrets are compared in constant time.
func findApp(creds []backend.Credential, typed string) (backend.Credential, bool) {
	key, secret, ok := parseAppPassword(typed)
	if !ok {
		return backend.Credential{}, false
	}
	hash := appHash(secret)
	for _, c := range creds {
		if c.Kind == backend.AppPassword && !c.Revoked && c.Key == key &&
			subtle.ConstantTimeCompare([]byte(c.Secret), []byte(hash)) == 1 {
			return c, true
		}
	}
	return backend.Credential{}, false
}
