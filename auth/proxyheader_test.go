package auth

import (
	"errors"
	"net/http"
	"testing"

	"daycairn/backend"
)

func TestHeaderMethod(t *testing.T) {
	w := mustWorld(t)
	peers, err := ParseProxies([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	m := Chain{&Header{Store: w.s, Name: "X-Remote-User", Peers: peers}, w.Basic}
	for _, tt := range []struct {
		from  string
		users []string
		want  error
	}{
		{"127.0.0.1", []string{"alice"}, nil},
		{"127.0.0.1", []string{"bob"}, ErrWrong},
		{"127.0.0.1", []string{"nobody"}, ErrWrong},
		{"127.0.0.1", []string{"alice", "carol"}, ErrWrong},
		{"127.0.0.1", []string{""}, ErrNoCredentials},
		{"127.0.0.1", nil, ErrNoCredentials},
		{away, []string{"alice"}, ErrNoCredentials},
	} {
		r := &http.Request{RemoteAddr: tt.from + ":1", Header: http.Header{"X-Remote-User": tt.users}}
		r.Header.Set("X-Forwarded-For", "127.0.0.1")
		if id, err := m.Authenticate(r); !errors.Is(err, tt.want) || err == nil && id.Principal.ID != w.alice.ID {
			t.Errorf("%s says %q: got %+v, %v; want %v", tt.from, tt.users, id, err, tt.want)
		}
	}
	w.mustHold(t)
	r := &http.Request{RemoteAddr: "127.0.0.1:1", Header: http.Header{"X-Remote-User": {"alice"}}}
	if _, err := m.Authenticate(r); !errors.Is(err, backend.ErrHold) {
		t.Errorf("got %v, want ErrHold", err)
	}
}
