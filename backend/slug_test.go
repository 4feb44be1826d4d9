package backend

import (
	"strings"
	"testing"
)

// Logins are compared as RFC 8265 §3.3 says, and only such are taken as can be sent.
func TestFoldLogin(t *testing.T) {
	for name, want := range map[string]string{
		"alice": "alice", "Alice": "alice", "ÅSA": "åsa", "A\u030asa": "åsa", "a@b.example": "a@b.example",
		"": "", "a b": "", "bob:x": "", ":": "", "a\x00": "", "\xff": "", strings.Repeat("a", MaxSlug+1): "",
	} {
		if got := FoldLogin(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

// A slug is a segment that needs no encoding and means nothing else.
func TestSlugify(t *testing.T) {
	for name, want := range map[string]string{
		"alice": "alice", "Alice Smith": "alice-smith", "a@b.example": "a-b.example", "..": "x", "": "x", "/": "x",
		"-x-": "x", "é": "x", "a_b": "a_b", strings.Repeat("a", 2*MaxSlug): strings.Repeat("a", MaxSlug),
	} {
		if got := Slugify(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
