package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

func (p *program) collectionRenameCommand() *cobra.Command {
	var kind, name string
	c := &cobra.Command{
		Use:   "rename USER COLLECTION [NEW]",
		Short: "Change the name that people see, or the one in the URL",
		Long: `With --name people see another name, and nothing else changes.
With NEW the URL changes: devices then see the old collection gone and a new one in its place, and fetch it again.`,
		Args: between(2, 3),
	}
	c.Flags().StringVar(&name, "name", "", "name that people see")
	c.Flags().StringVar(&kind, "kind", "", "where a calendar and an address book have the same name in the URL")
	c.RunE = p.onStore(storeCommand{run: func(ctx context.Context, s *session, args []string) error {
		if len(args) < 3 && !c.Flags().Changed("name") {
			return usageError{errors.New("neither a new name for the URL nor --name")}
		}
		if len(args) == 3 {
			if err := checkSlug(args[2]); err != nil {
				return err
			}
		}
		err := s.updateUser(ctx, args[0], func(w backend.Writer, u backend.Principal) error {
			found, err := findCollection(w, u, args[1], kind)
			if err != nil {
				return err
			}
			if c.Flags().Changed("name") {
				props := []backend.Property{displayName(name)}
				if err := w.SetProperties(backend.Subject{Collection: found.ID}, props); err != nil {
					return err
				}
			}
			if len(args) < 3 || args[2] == found.Slug {
				return nil
			}
			if err := w.RenameCollection(found.ID, args[2]); err != nil {
				return fmt.Errorf("rename to %s: %w", args[2], err)
			}
			return nil
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(p.stdout, "Renamed.")
		return err
	}})
	return c
}
