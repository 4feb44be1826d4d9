package target

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"

	"daycairn/conformance/wire"
)

// A User is an account and where its things are.
type User struct {
	Name      string
	Password  string // what goes over the wire: an app password, where the server has them
	Login     string // the login password
	Principal string
	CalHome   string
	CardHome  string
	Calendar  string
	Tasks     string
	Book      string
}

// Random yields a name that was never used before.
func Random(prefix string) string {
	var b [6]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err)
	}
	return prefix + hex.EncodeToString(b[:])
}

// AddUser makes an account by the program's own command, with an app password to work with. It works with and without
// the server running. The places follow from the documented URL space.
func (s *Server) AddUser(name string) (*User, error) {
	login := Random("login-")
	if _, err := s.Command(login+"\n", "user", "add", name, "--password-stdin"); err != nil {
		return nil, err
	}
	out, err := s.Command("", "device", "add", name, "conformance", "-q")
	if err != nil {
		return nil, err
	}
	u := &User{
		Name: name, Login: login, Password: strings.TrimSpace(out),
		Principal: "/dav/principals/" + name + "/",
		CalHome:   "/dav/calendars/" + name + "/",
		CardHome:  "/dav/addressbooks/" + name + "/",
	}
	u.Calendar, u.Tasks, u.Book = u.CalHome+"calendar/", u.CalHome+"tasks/", u.CardHome+"contacts/"
	return u, nil
}

// Client speaks to a server as this user.
func (u *User) Client(base string, conns int) *wire.Client {
	return &wire.Client{Base: base, User: u.Name, Password: u.Password, HTTP: wire.Transport(conns)}
}

// Vars are the variables that a transcript has of this user, each name with a prefix.
func (u *User) Vars(prefix string) map[string]string {
	return map[string]string{
		prefix + "user":      u.Name,
		prefix + "principal": u.Principal,
		prefix + "calhome":   u.CalHome,
		prefix + "cardhome":  u.CardHome,
		prefix + "calendar":  u.Calendar,
		prefix + "tasks":     u.Tasks,
		prefix + "book":      u.Book,
	}
}

func (u *User) String() string { return fmt.Sprintf("%s at %s", u.Name, u.Principal) }
