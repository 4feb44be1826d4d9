package main

import (
	"context"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

func (p *program) deviceListCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{Use: "list [USER]", Aliases: []string{"ls"}, Short: "List devices of one person or of all", Args: between(0, 1)}
	c.Flags().BoolVar(&all, "all", false, "show revoked ones, too")
	p.jsonFlag(c)
	c.RunE = p.onStore(storeCommand{run: func(ctx context.Context, s *session, args []string) error {
		list := []deviceJSON{}
		add := func(r backend.Reader, u backend.Principal) error {
			found, err := s.devices(r, u, all)
			list = append(list, found...)
			return err
		}
		if err := s.eachUser(ctx, args, add); err != nil {
			return err
		}
		if p.json {
			return p.printJSON(list)
		}
		return p.printDevices(list, len(args) == 0)
	}})
	return c
}

// eachUser reads with the person who is named, or with each.
func (s *session) eachUser(ctx context.Context, named []string, fn func(backend.Reader, backend.Principal) error) error {
	if len(named) > 0 {
		return s.viewUser(ctx, named[0], fn)
	}
	return s.store.View(ctx, func(r backend.Reader) error {
		var users []backend.Principal
		for u, err := range r.Principals() {
			if err != nil {
				return err
			}
			users = append(users, u)
		}
		for _, u := range users {
			if err := fn(r, u); err != nil {
				return err
			}
		}
		return nil
	})
}
