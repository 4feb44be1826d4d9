package main

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"daycairn/auth"
	"daycairn/backend"
)

func (p *program) userAddCommand() *cobra.Command {
	var u backend.NewPrincipal
	var stdin bool
	c := &cobra.Command{Use: "add NAME", Short: "Add a person, with a calendar, a task list and an address book", Args: exactly(1)}
	c.Flags().BoolVar(&u.Admin, "admin", false, "may administer the server")
	c.Flags().BoolVar(&stdin, "password-stdin", false, "read the password from the first line of stdin")
	c.Flags().StringVar(&u.DisplayName, "display-name", "", "name that others see (default NAME)")
	p.jsonFlag(c)
	c.RunE = p.onStore(storeCommand{
		create: true,
		ask: func(args []string) error {
			if err := checkLogin(args[0]); err != nil {
				return err
			}
			return p.askPassword(c.Context(), stdin, args[0])
		},
		run: func(ctx context.Context, s *session, args []string) error {
			u.Name = args[0]
			made, err := addUser(ctx, s.store, s.by, u, p.answers.Password)
			if err != nil {
				return err
			}
			return p.printAdded(s, made)
		},
	})
	return c
}

// checkLogin refuses names that no login could ever match.
func checkLogin(name string) error {
	if backend.FoldLogin(name) != "" {
		return nil
	}
	return usageError{fmt.Errorf("user %q: not a name that clients can send: letters, digits and signs, no blanks, at most %d bytes",
		name, backend.MaxSlug)}
}

// addUser makes an account that one can work with at once, in one Update.
func addUser(ctx context.Context, store backend.Store, by backend.Actor, u backend.NewPrincipal, password string) (backend.Principal, error) {
	if err := checkLogin(u.Name); err != nil {
		return backend.Principal{}, err
	}
	if u.DisplayName == "" {
		u.DisplayName = u.Name
	}
	hash, err := auth.HashPassword(password, rand.Reader)
	if err != nil {
		return backend.Principal{}, passwordError(err)
	}
	var made backend.Principal
	err = store.Update(ctx, by, func(w backend.Writer) (err error) {
		if made, err = w.CreatePrincipal(u); err != nil {
			return err
		}
		login := backend.Credential{Principal: made.ID, Kind: backend.LoginPassword, Scope: backend.FullScope, Secret: hash}
		if _, err := w.AddCredential(login); err != nil {
			return err
		}
		for _, c := range firstCollections {
			if _, err := w.CreateCollection(c.of(made.ID)); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, backend.ErrExists) {
		return made, hinted{fmt.Errorf("add user %s: %w", u.Name, err), "a name is given to one person only, for ever"}
	}
	if err != nil {
		return made, fmt.Errorf("add user %s: %w", u.Name, err)
	}
	return made, nil
}

// preset is a collection as people name it.
type preset struct {
	slug, name string
	kind       backend.Kind
	components []string
}

// firstCollections are what a new person has.
var firstCollections = []preset{
	{"calendar", "Calendar", backend.Calendar, []string{"VEVENT"}},
	{"tasks", "Tasks", backend.Calendar, []string{"VTODO"}},
	{"contacts", "Contacts", backend.AddressBook, nil},
}

func (c preset) of(owner int64) backend.NewCollection {
	return backend.NewCollection{
		Owner: owner, Kind: c.kind, Slug: c.slug, Components: c.components, Default: true,
		Properties: []backend.Property{displayName(c.name)},
	}
}

// displayName is the property as a client would have set it (RFC 4918 §15.2).
func displayName(name string) backend.Property {
	var b strings.Builder
	b.WriteString(`<D:displayname xmlns:D="DAV:">`)
	xml.EscapeText(&b, []byte(name)) // writing to a Builder does not fail
	b.WriteString(`</D:displayname>`)
	return backend.Property{Name: backend.PropertyName{Space: "DAV:", Local: "displayname"}, XML: []byte(b.String())}
}

func (p *program) printAdded(s *session, u backend.Principal) error {
	if p.json {
		return p.printJSON(userData(u))
	}
	fmt.Fprintf(p.stdout, "Added %s, with a calendar, a task list and an address book.\n", u.Name)
	if s.url != "" {
		fmt.Fprintf(p.stdout, "Devices connect to %s as %s.\n", s.url, u.Name)
	}
	_, err := fmt.Fprintf(p.stdout, "A password for each device: daycairn device add %s LABEL\n", u.Name)
	return err
}
