package auth

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestClient(t *testing.T) {
	p, err := ParseProxies([]string{"127.0.0.1", " 10.0.0.0/8", "2001:db8::/32", "::ffff:192.0.2.9"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		peer, forwarded, want string
	}{
		{"198.51.100.1:1234", "", "198.51.100.1"},
		{"198.51.100.1:1234", "203.0.113.7", "198.51.100.1"},
		{"127.0.0.1:1", "203.0.113.7", "203.0.113.7"},
		{"127.0.0.1:1", "203.0.113.7:5555", "203.0.113.7"},
		{"[::ffff:127.0.0.1]:1", "203.0.113.7", "203.0.113.7"},
		{"127.0.0.1:1", "198.51.100.99, 203.0.113.7", "203.0.113.7"},
		{"127.0.0.1:1", "203.0.113.7, 10.1.2.3", "203.0.113.7"},
		{"127.0.0.1:1", "10.1.2.3", "10.1.2.3"},
		{"127.0.0.1:1", "", "127.0.0.1"},
		{"127.0.0.1:1", "unknown", "127.0.0.1"},
		{"127.0.0.1:1", "203.0.113.7, _hidden, 10.1.2.3", "10.1.2.3"},
		{"127.0.0.1:1", "[2001:db9::1]:80", "2001:db9::1"},
		{"127.0.0.1:1", "[2001:db9::1]", "2001:db9::1"},
		{"192.0.2.9:1", "203.0.113.7", "203.0.113.7"},
		{"[fe80::1%eth0]:1", "", "fe80::1"},
		{"127.0.0.1:1", strings.Repeat("10.0.0.1,", 1000) + "10.0.0.1", "10.0.0.1"},
		{"@", "203.0.113.7", "invalid IP"},
		{"", "", "invalid IP"},
	} {
		r := &http.Request{RemoteAddr: tt.peer, Header: http.Header{}}
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		if got := p.Client(r).String(); got != tt.want {
			t.Errorf("peer %s, forwarded for %.40q: got %s, want %s", tt.peer, tt.forwarded, got, tt.want)
		}
	}
}

func TestParseProxiesRefuses(t *testing.T) {
	for _, s := range []string{"", "localhost", "10.0.0.0/33", "10.0.0"} {
		if _, err := ParseProxies([]string{s}); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}

func TestPlace(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
	} {
		if got := Place(netip.MustParseAddr(in)).String(); got != want {
			t.Errorf("Place(%s): got %s, want %s", in, got, want)
		}
	}
	if Place(netip.Addr{}) != (netip.Prefix{}) {
		t.Error("no address has a place")
	}
}
