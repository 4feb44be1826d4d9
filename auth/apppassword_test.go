package auth

import (
	"crypto/rand"
	"regexp"
	"strings"
	"testing"

	"daycairn/backend"
)

func TestNewAppPassword(t *testing.T) {
	shown, c, err := NewAppPassword(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^([0-9a-hjkmnp-tv-z]{4}-){7}[0-9a-hjkmnp-tv-z]{4}$`).MatchString(shown) {
		t.Errorf("shown as %q", shown)
	}
	if c.Kind != backend.AppPassword || c.Scope != backend.FullScope || len(c.Key) != appKey {
		t.Errorf("got %+v", c)
	}
	plain := strings.ReplaceAll(shown, "-", "")
	if strings.Contains(c.Secret, plain[appKey:]) || c.Secret == "" {
		t.Errorf("the secret is stored as it is: %q", c.Secret)
	}
	other, _, err := NewAppPassword(rand.Reader)
	if err != nil || other == shown {
		t.Errorf("two app passwords are equal: %q, %v", other, err)
	}
	if _, _, err := NewAppPassword(strings.NewReader("short")); err == nil {
		t.Error("no error without randomness")
	}

	read := strings.NewReplacer("0", "O", "1", "l").Replace(shown)
	for _, typed := range []string{shown, plain, strings.ToUpper(shown), strings.ReplaceAll(shown, "-", " "), read, " " + shown + " "} {
		if got, ok := findApp([]backend.Credential{c}, typed); !ok || got.Key != c.Key {
			t.Errorf("typed as %q: not found", typed)
		}
	}
	wrong := []byte(plain)
	wrong[31] = appAlphabet[(strings.IndexByte(appAlphabet, wrong[31])+1)%32]
	revoked := c
	revoked.Revoked = true
	login := c
	login.Kind = backend.LoginPassword
	for _, tt := range []struct {
		creds []backend.Credential
		typed string
	}{
		{nil, shown},
		{[]backend.Credential{c}, string(wrong)},
		{[]backend.Credential{c}, plain[:31]},
		{[]backend.Credential{c}, plain + "0"},
		{[]backend.Credential{c}, c.Secret},
		{[]backend.Credential{c}, ""},
		{[]backend.Credential{revoked}, shown},
		{[]backend.Credential{login}, shown},
	} {
		if _, ok := findApp(tt.creds, tt.typed); ok {
			t.Errorf("%q was found in %+v", tt.typed, tt.creds)
		}
	}
}

func FuzzAppPassword(f *testing.F) {
	f.Add("k7gq-2m9x-0000-0000-0000-0000-0000-0000")
	f.Add(strings.Repeat("-", 64))
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, typed string) {
		key, secret, ok := parseAppPassword(typed)
		if !ok {
			return
		}
		key2, secret2, ok := parseAppPassword(key + secret)
		if !ok || key2 != key || secret2 != secret || len(key+secret) != appLength {
			t.Fatalf("%q is read as %q and %q, and then as %q and %q", typed, key, secret, key2, secret2)
		}
	})
}
