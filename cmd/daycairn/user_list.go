package main

import (
	"context"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

func (p *program) userListCommand() *cobra.Command {
	c := &cobra.Command{Use: "list", Aliases: []string{"ls"}, Short: "List all people", Args: exactly(0)}
	p.jsonFlag(c)
	c.RunE = p.onStore(storeCommand{run: func(ctx context.Context, s *session, _ []string) error {
		users := []userJSON{}
		err := s.store.View(ctx, func(r backend.Reader) error {
			for u, err := range r.Principals() {
				if err != nil {
					return err
				}
				users = append(users, userData(u))
			}
			return nil
		})
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(users)
		}
		var rows [][]string
		for _, u := range users {
			state := userState(backend.Principal{Disabled: u.Disabled})
			rows = append(rows, []string{u.Name, u.DisplayName, yes(u.Admin), state, day(*u.Created)})
		}
		return p.printTable([]string{"NAME", "DISPLAY NAME", "ADMIN", "STATE", "CREATED"}, rows)
	}})
	return c
}
