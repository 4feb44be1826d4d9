package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

func (p *program) collectionDeleteCommand() *cobra.Command {
	var sure bool
	var kind string
	c := &cobra.Command{
		Use: "delete USER COLLECTION", Aliases: []string{"rm"}, Short: "Move a collection with its items to the trash", Args: exactly(2),
	}
	c.Flags().BoolVarP(&sure, "yes", "y", false, "do not ask")
	c.Flags().StringVar(&kind, "kind", "", "where a calendar and an address book have the same name in the URL")
	c.RunE = p.onStore(storeCommand{
		ask: func(args []string) error {
			return p.confirm(c.Context(), sure, "The collection goes to the trash, and devices drop their copies.", args[1])
		},
		run: func(ctx context.Context, s *session, args []string) error {
			var found backend.Collection
			err := s.updateUser(ctx, args[0], func(w backend.Writer, u backend.Principal) (err error) {
				if found, err = findCollection(w, u, args[1], kind); err != nil {
					return err
				}
				return w.DeleteCollection(found.ID)
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "%s with %d items is in the trash.\n", found.Slug, found.Items)
			return err
		},
	})
	return c
}
