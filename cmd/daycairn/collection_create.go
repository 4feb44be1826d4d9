package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

func (p *program) collectionCreateCommand() *cobra.Command {
	var kind, name string
	c := &cobra.Command{Use: "create USER COLLECTION", Short: "Make a calendar, a task list or an address book", Args: exactly(2)}
	c.Flags().StringVar(&kind, "kind", "calendar", strings.Join(kindNames(), ", "))
	c.Flags().StringVar(&name, "name", "", "name that people see (default COLLECTION)")
	p.jsonFlag(c)
	c.RunE = p.onStore(storeCommand{run: func(ctx context.Context, s *session, args []string) error {
		k, err := kindNamed(kind)
		if err != nil {
			return err
		}
		if err := checkSlug(args[1]); err != nil {
			return err
		}
		k.slug, k.name = args[1], name
		if k.name == "" {
			k.name = k.slug
		}
		var made collectionJSON
		err = s.updateUser(ctx, args[0], func(w backend.Writer, u backend.Principal) error {
			n := k.of(u.ID)
			n.Default = false
			if _, err := w.CreateCollection(n); err != nil {
				return fmt.Errorf("create %s: %w", k.slug, err)
			}
			made, err = collectionOf(w, u, k)
			return err
		})
		if errors.Is(err, backend.ErrExists) {
			return hinted{err, "daycairn collection list " + args[0]}
		}
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(made)
		}
		_, err = fmt.Fprintf(p.stdout, "Created %s at %s\n", printable(made.Name), made.Path)
		return err
	}})
	return c
}

// collectionOf is what was just made.
func collectionOf(r backend.Reader, u backend.Principal, k preset) (collectionJSON, error) {
	list, err := collections(r, u)
	if err != nil {
		return collectionJSON{}, err
	}
	prefix := davPrefix + "/" + string(k.kind) + "/"
	for _, c := range list {
		if c.Slug == k.slug && strings.HasPrefix(c.Path, prefix) {
			return c, nil
		}
	}
	return collectionJSON{}, fmt.Errorf("collection %s: %w", k.slug, backend.ErrNotFound)
}
