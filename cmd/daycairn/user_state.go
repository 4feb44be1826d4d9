package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

// userStateCommand is disable and enable.
func (p *program) userStateCommand(verb, short string, disabled bool) *cobra.Command {
	c := &cobra.Command{Use: verb + " NAME", Short: short, Args: exactly(1)}
	c.RunE = p.onStore(storeCommand{run: func(ctx context.Context, s *session, args []string) error {
		err := s.updateUser(ctx, args[0], func(w backend.Writer, u backend.Principal) error {
			u.Disabled = disabled
			return w.UpdatePrincipal(u)
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%s is %s.\n", args[0], userState(backend.Principal{Disabled: disabled}))
		return err
	}})
	return c
}
