package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

func (p *program) userDeleteCommand() *cobra.Command {
	var sure bool
	c := &cobra.Command{
		Use: "delete NAME", Aliases: []string{"rm"}, Short: "Move an account to the trash; its name is never given again", Args: exactly(1),
	}
	c.Flags().BoolVarP(&sure, "yes", "y", false, "do not ask")
	c.RunE = p.onStore(storeCommand{
		ask: func(args []string) error {
			return p.confirm(c.Context(), sure, "The account with its calendars and contacts goes to the trash.", args[0])
		},
		run: func(ctx context.Context, s *session, args []string) error {
			err := s.updateUser(ctx, args[0], func(w backend.Writer, u backend.Principal) error {
				return w.DeletePrincipal(u.ID)
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "%s is in the trash. What the account held is kept.\n", args[0])
			return err
		},
	})
	return c
}
