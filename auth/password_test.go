package auth

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// The reference implementation of argon2 (phc-winner-argon2, test.c) has this vector.
func TestDeriveIsArgon2id(t *testing.T) {
	p := phc{cost: Cost{Memory: 65536, Time: 2, Threads: 1}, salt: []byte("somesalt")}
	const want = "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
	if got := hex.EncodeToString(derive(p, "password", keySize)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVerifyPassword(t *testing.T) {
	h, err := HashPassword("grüße, стол", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if ok, weak, err := VerifyPassword(h, "grüße, стол"); !ok || weak || err != nil {
		t.Errorf("right password: got %v, %v, %v", ok, weak, err)
	}
	if ok, _, err := VerifyPassword(h, "grüße, стол "); ok || err != nil {
		t.Errorf("wrong password: got %v, %v", ok, err)
	}
	if ok, weak, err := VerifyPassword(mustHash(t, cheap, "a"), "a"); !ok || !weak || err != nil {
		t.Errorf("cheap hash: got %v, %v, %v, want true, true, nil", ok, weak, err)
	}
	if _, _, err := VerifyPassword("plain", "plain"); err == nil {
		t.Error("a stored string that is no hash was taken")
	}
	again, err := HashPassword("grüße, стол", rand.Reader)
	if err != nil || again == h {
		t.Errorf("two hashes of one password are equal, %v", err)
	}
}

func TestUsable(t *testing.T) {
	for in, want := range map[string]bool{
		"a": true, "with blanks :and colons": true, "ü": true, strings.Repeat("x", MaxPassword): true,
		"": false, strings.Repeat("x", MaxPassword+1): false, "a\nb": false, "\x00": false, "\x7f": false, "\xff": false,
	} {
		_, err := cheap.hash(in, zeros{})
		if (err == nil) != want || err != nil && !errors.Is(err, ErrPassword) {
			t.Errorf("hash(%.20q): got %v, want ok %v", in, err, want)
		}
	}
}
