package server

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"daycairn/backend"
)

func testLineage() *lineage {
	return &lineage{store: "5e1f0c3a-store", key: []byte("0123456789abcdef0123456789abcdef"), epochs: []backend.Epoch{
		{ID: "aaaaaaaa-1"},
		{ID: "bbbbbbbb-2", Parent: "aaaaaaaa-1", Fork: 100, Acknowledged: true},
		{ID: "cccccccc-3", Parent: "bbbbbbbb-2", Fork: 200},
	}}
}

// at is l as it was while its n-th epoch was the current one.
func (l *lineage) at(n int) *lineage { return &lineage{l.store, l.key, l.epochs[:n]} }

func TestTokenRoundTrip(t *testing.T) {
	l := testLineage()
	for _, p := range []position{
		{scope: "0f0f-1"}, {scope: "m", seq: 1, changed: 2, mark: backend.Mark{0xff, 0xfe, 0, 0xfb, 1, 2}}, {scope: "0f0f-1", seq: 7, changed: 12}, {scope: "calendars-u", seq: 1 << 62, changed: 1 << 62, head: 9},
		{scope: "c", seq: 3, changed: 4, within: 2}, {scope: "c", seq: 3, changed: 4, head: 5, within: 2},
	} {
		text := l.token(p)
		got, epoch, err := l.parse(text)
		if err != nil || got != p || epoch != 2 {
			t.Errorf("parse(%q): got %+v, %d, %v, want %+v", text, got, epoch, err, p)
		}
		if !strings.Contains(text, ":") || strings.ContainsAny(text, " <>\"\\/") {
			t.Errorf("token %q is not what clients can carry", text)
		}
	}
}

// TestTokenTampered: no byte of a token can be another one.
func TestTokenTampered(t *testing.T) {
	l := testLineage()
	text := l.token(position{scope: "c0ffee", seq: 42, changed: 250, mark: markOf(250), head: 60})
	for i := range text {
		for _, c := range []byte{'0', 'A', '.', text[i] ^ 1} {
			if c == text[i] {
				continue
			}
			changed := text[:i] + string(c) + text[i+1:]
			if p, _, err := l.parse(changed); !errors.Is(err, errForeign) {
				t.Fatalf("parse(%q): got %+v, %v", changed, p, err)
			}
		}
	}
	for _, s := range []string{"", "data:,", "urn:x", text[:len(text)-1], text + "A", text + ".", strings.ToUpper(text), text + strings.Repeat("x", maxToken)} {
		if _, _, err := l.parse(s); !errors.Is(err, errForeign) {
			t.Errorf("parse(%q): got %v", s, err)
		}
	}
	other := testLineage()
	other.key = []byte("another key")
	if _, _, err := other.parse(text); !errors.Is(err, errForeign) {
		t.Errorf("another key: got %v", err)
	}
}

// markOf is the mark of a version in the history of these tests, which has 300.
func markOf(version int64) backend.Mark { return backend.Mark{1, byte(version >> 8), byte(version)} }

func markAt(version int64) (backend.Mark, error) {
	if version < 1 || version > 300 {
		return backend.Mark{}, fmt.Errorf("version %d: %w", version, backend.ErrNotFound)
	}
	return markOf(version), nil
}

// TestTokenSince is design law 6: foreign tokens are refused, tokens from the future and of another history are told
// apart, tokens of an ancestor hold up to the fork.
func TestTokenSince(t *testing.T) {
	l := testLineage()
	now := position{scope: "c", seq: 50, changed: 250, mark: markOf(250)}
	other := backend.Mark{2}
	for _, c := range []struct {
		name  string
		epoch int
		p     position
		want  error
	}{
		{"now", 3, now, nil},
		{"before", 3, position{scope: "c", seq: 10, changed: 20, mark: markOf(20)}, nil},
		{"another history", 3, position{scope: "c", seq: 10, changed: 20, mark: other}, errParallel},
		{"another history, at the same version", 3, position{scope: "c", seq: 50, changed: 250, mark: other}, errFuture},
		{"no such version", 3, position{scope: "c", seq: 10}, errFuture},
		{"another collection", 3, position{scope: "d", seq: 10, changed: 20}, errForeign},
		{"future", 3, position{scope: "c", seq: 51, changed: 250, mark: markOf(250)}, errFuture},
		{"future version", 3, position{scope: "c", seq: 50, changed: 251, mark: markOf(251)}, errFuture},
		{"future head", 3, position{scope: "c", seq: 50, changed: 250, mark: markOf(250), head: 51}, errFuture},
		{"first epoch, at the fork", 1, position{scope: "c", seq: 10, changed: 100, mark: markOf(100)}, nil},
		{"first epoch, another history, loss acknowledged", 1, position{scope: "c", seq: 10, changed: 99, mark: other}, errForeign},
		{"first epoch, above the fork, loss acknowledged", 1, position{scope: "c", seq: 10, changed: 101}, errForeign},
		{"second epoch, at the fork", 2, position{scope: "c", seq: 10, changed: 200, mark: markOf(200)}, nil},
		{"second epoch, another history, loss not acknowledged", 2, position{scope: "c", seq: 10, changed: 199, mark: other}, errFuture},
		{"second epoch, above the fork, loss not acknowledged", 2, position{scope: "c", seq: 10, changed: 201}, errFuture},
	} {
		p, err := l.since(l.at(c.epoch).token(c.p), now, markAt)
		if !errors.Is(err, c.want) || err == nil && p != c.p {
			t.Errorf("%s: got %+v, %v, want %v", c.name, p, err, c.want)
		}
	}
	damaged := func(int64) (backend.Mark, error) { return backend.Mark{}, backend.ErrDamaged }
	if _, err := l.since(l.token(now), now, damaged); !errors.Is(err, backend.ErrDamaged) || errors.Is(err, errFuture) {
		t.Errorf("a version that is not readable: got %v", err)
	}
}

func FuzzToken(f *testing.F) {
	l := testLineage()
	f.Add(l.token(position{scope: "c", seq: 5, changed: 9}))
	f.Add(l.at(1).token(position{scope: "c", seq: 5, changed: 9, head: 7}))
	f.Add("data:,5e1f0c3a.aaaaaaaa.c.5.9.AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("data:,.....")
	f.Fuzz(func(t *testing.T, text string) {
		p, epoch, err := l.parse(text)
		if err != nil {
			return
		}
		if again := l.at(epoch + 1).token(p); again != text { // there is one spelling, ours
			t.Fatalf("parse(%q) = %+v, whose token is %q", text, p, again)
		}
	})
}
