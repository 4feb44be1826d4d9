package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

func (p *program) userCommand() *cobra.Command {
	c := group(&cobra.Command{Use: "user", Short: "People with an account"})
	c.AddCommand(
		p.userAddCommand(),
		p.userListCommand(),
		p.userShowCommand(),
		p.userPasswdCommand(),
		p.userStateCommand("disable", "Keep an account out; nothing of it is lost", true),
		p.userStateCommand("enable", "Let a disabled account in again", false),
		p.userDeleteCommand(),
	)
	return c
}

// findUser looks a person up by what they type to log in.
func findUser(r backend.Reader, name string) (backend.Principal, error) {
	u, err := r.PrincipalByLogin(name)
	if errors.Is(err, backend.ErrNotFound) {
		return u, hinted{fmt.Errorf("user %s: %w", printable(name), backend.ErrNotFound), "daycairn user list shows who there is"}
	}
	if err != nil {
		return u, fmt.Errorf("user %s: %w", printable(name), err)
	}
	return u, nil
}

// viewUser reads with a person at hand.
func (s *session) viewUser(ctx context.Context, name string, fn func(backend.Reader, backend.Principal) error) error {
	return s.store.View(ctx, func(r backend.Reader) error {
		u, err := findUser(r, name)
		if err != nil {
			return err
		}
		return fn(r, u)
	})
}

// updateUser writes with a person at hand.
func (s *session) updateUser(ctx context.Context, name string, fn func(backend.Writer, backend.Principal) error) error {
	return s.store.Update(ctx, s.by, func(w backend.Writer) error {
		u, err := findUser(w, name)
		if err != nil {
			return err
		}
		return fn(w, u)
	})
}

// userJSON is a person for programs.
type userJSON struct {
	Name        string     `json:"name"`
	Slug        string     `json:"slug"`
	DisplayName string     `json:"display_name"`
	Admin       bool       `json:"admin"`
	Disabled    bool       `json:"disabled"`
	Created     *time.Time `json:"created"`
}

func userData(u backend.Principal) userJSON {
	return userJSON{u.Name, u.Slug, u.DisplayName, u.Admin, u.Disabled, stamp(u.Created)}
}

func userState(u backend.Principal) string {
	if u.Disabled {
		return "disabled"
	}
	return "active"
}
