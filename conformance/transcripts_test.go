package conformance

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"daycairn/conformance/target"
	"daycairn/conformance/transcript"
	"daycairn/conformance/wire"
)

// TestTranscripts plays each transcript as a subtest named after its file, with people and collections of its own.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("*/*.http")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no transcripts found")
	}
	st := newStage(t)
	for _, path := range files {
		if strings.HasPrefix(filepath.Base(path), "_") {
			continue // only ever included
		}
		t.Run(strings.TrimSuffix(path, ".http"), func(t *testing.T) {
			f, err := transcript.Read(path)
			if err != nil {
				t.Fatal(err)
			}
			if f.Only != "" && f.Only != st.name {
				t.Skipf("only for %s", f.Only)
			}
			t.Parallel()
			if err := transcript.Run(t.Context(), f, st.cast(t, f)); err != nil {
				t.Error(err)
			}
		})
	}
}

// A stage knows the server that transcripts are played on.
type stage struct {
	name   string
	base   string
	server *target.Server // nil for another server
	mu     sync.Mutex
}

func newStage(t *testing.T) *stage {
	t.Helper()
	if *flagURL == "" {
		s := target.Start(t)
		return &stage{name: "daycairn", base: s.URL, server: s}
	}
	u, err := url.Parse(*flagURL)
	if err != nil {
		t.Fatal(err)
	}
	return &stage{name: "other", base: u.Scheme + "://" + u.Host}
}

// cast makes the people of one transcript; the second one only where somebody speaks of them.
func (st *stage) cast(t *testing.T, f *transcript.File) transcript.Cast {
	t.Helper()
	user := st.person(t, *flagUser, *flagPassword)
	host := strings.TrimPrefix(strings.TrimPrefix(st.base, "http://"), "https://")
	cast := transcript.Cast{Vars: map[string]string{"base": st.base, "host": host, "uuid": target.Random("")}}
	nobody := &wire.Client{Base: st.base, HTTP: wire.Transport(1)}
	wrong := &wire.Client{Base: st.base, User: user.Name, Password: "not-the-password", HTTP: wire.Transport(1)}
	cast.Clients = map[string]*wire.Client{"user": user.Client(st.base, 2), "nobody": nobody, "wrong": wrong}
	people := []*target.User{user}
	if f.Mentions("other") {
		if st.server == nil && *flagUser2 == "" {
			t.Skip("needs -user2 and -password2")
		}
		other := st.person(t, *flagUser2, *flagPassword2)
		people = append(people, other)
		cast.Clients["other"] = other.Client(st.base, 2)
	}
	// Where a transcript may make collections of its own.
	cast.Vars["new"] = user.CalHome + target.Random("new-") + "/"
	cast.Vars["newbook"] = user.CardHome + target.Random("new-") + "/"
	if st.server == nil {
		t.Cleanup(func() { remove(cast.Clients["user"], cast.Vars["new"], cast.Vars["newbook"]) })
	}
	for i, u := range people {
		for k, v := range u.Vars([]string{"", "other."}[i]) {
			cast.Vars[k] = v
		}
	}
	t.Cleanup(func() {
		for _, c := range cast.Clients {
			c.HTTP.CloseIdleConnections()
		}
	})
	return cast
}

// person makes a new account, or furnishes the given one with new collections.
func (st *stage) person(t *testing.T, name, password string) *target.User {
	t.Helper()
	if st.server != nil {
		st.mu.Lock() // one hashing of a password at a time is kind to the machine
		defer st.mu.Unlock()
		u, err := st.server.AddUser(target.Random("u"))
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	u, err := target.Remote(t.Context(), *flagURL, name, password)
	if err != nil {
		t.Fatal(err)
	}
	c := u.Client(st.base, 1)
	if err := u.Furnish(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.Clear(context.Background(), c) })
	return u
}

// remove deletes what a transcript may have left behind on a server that is not ours.
func remove(c *wire.Client, paths ...string) {
	for _, p := range paths {
		c.Do(context.Background(), wire.Request{Method: "DELETE", Target: p})
	}
}
