package auth

import (
	"strings"
	"testing"
)

const salt16, key32 = "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func TestParsePHC(t *testing.T) {
	for _, tt := range []struct {
		in string
		ok bool
	}{
		{"$argon2id$v=19$m=19456,t=2,p=1$" + salt16 + "$" + key32, true},
		{"$argon2id$v=19$m=1048576,t=64,p=255$" + salt16 + "$" + key32, true},
		{"", false},
		{"$", false},
		{"$$$$$", false},
		{"$argon2i$v=19$m=19456,t=2,p=1$" + salt16 + "$" + key32, false},
		{"$argon2id$v=16$m=19456,t=2,p=1$" + salt16 + "$" + key32, false},
		{"$argon2id$m=19456,t=2,p=1$" + salt16 + "$" + key32, false},
		{"$argon2id$v=19$t=2,m=19456,p=1$" + salt16 + "$" + key32, false},
		{"$argon2id$v=19$m=0,t=2,p=1$" + salt16 + "$" + key32, false},
		{"$argon2id$v=19$m=+8,t=2,p=1$" + salt16 + "$" + key32, false},
		{"$argon2id$v=19$m=08,t=2,p=1$" + salt16 + "$" + key32, false},
		{"$argon2id$v=19$m=1048577,t=2,p=1$" + salt16 + "$" + key32, false},
		{"$argon2id$v=19$m=8,t=65,p=1$" + salt16 + "$" + key32, false},
		{"$argon2id$v=19$m=8,t=2,p=256$" + salt16 + "$" + key32, false},
		{"$argon2id$v=19$m=8,t=99999999999999999999,p=1$" + salt16 + "$" + key32, false},
		{"$argon2id$v=19$m=8,t=2,p=1$AAAA$" + key32, false},
		{"$argon2id$v=19$m=8,t=2,p=1$" + salt16 + "$AAAA", false},
		{"$argon2id$v=19$m=8,t=2,p=1$" + salt16 + "$" + key32 + "=", false},
		{"$argon2id$v=19$m=8,t=2,p=1$" + salt16 + "$" + key32 + "$", false},
		{"$argon2id$v=19$m=8,t=2,p=1$" + salt16 + "\n$" + key32, false},
		{strings.Repeat("$", 1<<20), false},
	} {
		p, err := parsePHC(tt.in)
		if (err == nil) != tt.ok {
			t.Errorf("parsePHC(%.60q): got error %v, want ok %v", tt.in, err, tt.ok)
		}
		if err == nil && p.String() != tt.in {
			t.Errorf("print(parse(%q)) is %q", tt.in, p)
		}
	}
}

func FuzzPHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$" + salt16 + "$" + key32)
	f.Add("$argon2id$v=19$m=,t=,p=$$")
	f.Add("$argon2i$v=19$m=8,t=1,p=1$" + salt16 + "$" + key32)
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePHC(s)
		if err != nil {
			return
		}
		again, err := parsePHC(p.String())
		if err != nil || again.String() != p.String() || again.cost != p.cost {
			t.Fatalf("parse(print(parse(%q))) is %q, %v", s, again, err)
		}
		if p.cost.Memory > maxMemory || p.cost.Time > maxTime || p.cost.Threads == 0 {
			t.Fatalf("cost %+v is out of bounds", p.cost)
		}
	})
}
