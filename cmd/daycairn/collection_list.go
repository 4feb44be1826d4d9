package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

func (p *program) collectionListCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "list [USER]", Aliases: []string{"ls"}, Short: "List collections of one person or of all", Args: between(0, 1),
	}
	p.jsonFlag(c)
	c.RunE = p.onStore(storeCommand{run: func(ctx context.Context, s *session, args []string) error {
		list := []collectionJSON{}
		err := s.eachUser(ctx, args, func(r backend.Reader, u backend.Principal) error {
			found, err := collections(r, u)
			list = append(list, found...)
			return err
		})
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(list)
		}
		var rows [][]string
		for _, c := range list {
			rows = append(rows, []string{c.User, c.Slug, c.Kind, c.Name, strconv.FormatInt(c.Items, 10), dayOf(c.Modified)})
		}
		return p.printTable([]string{"USER", "COLLECTION", "KIND", "NAME", "ITEMS", "MODIFIED"}, rows)
	}})
	return c
}
