package backend

import (
	"strings"

	"golang.org/x/text/secure/precis"
)

// MaxSlug bounds the bytes of a slug or a login name.
const MaxSlug = 128

// FoldLogin is the form in which logins are compared, once, at login: case-folded and normalized (RFC 8265 §3.3).
// A name that the profile refuses folds to "", and so does one that HTTP cannot carry (RFC 7617 §2: no colon).
func FoldLogin(name string) string {
	if len(name) > MaxSlug || strings.Contains(name, ":") {
		return ""
	}
	s, err := precis.UsernameCaseMapped.String(name)
	if err != nil {
		return ""
	}
	return s
}

// Slugify makes a URL segment of a name: letters, digits, '.', '-' and '_' stay, anything else becomes '-'.
// It never gives "", "." or "..".
func Slugify(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			b.WriteRune(r)
		default:
			b.WriteByte('-')
		}
		if b.Len() >= MaxSlug {
			break
		}
	}
	s := strings.Trim(b.String(), ".-")
	if s == "" {
		return "x"
	}
	return s
}
