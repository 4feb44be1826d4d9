package main

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/spf13/cobra"

	"daycairn/auth"
	"daycairn/backend"
)

func (p *program) userPasswdCommand() *cobra.Command {
	var stdin bool
	c := &cobra.Command{
		Use: "passwd NAME", Short: "Change the login password; device passwords go on", Args: exactly(1),
	}
	c.Flags().BoolVar(&stdin, "password-stdin", false, "read the password from the first line of stdin")
	c.RunE = p.onStore(storeCommand{
		ask: func(args []string) error { return p.askPassword(c.Context(), stdin, args[0]) },
		run: func(ctx context.Context, s *session, args []string) error {
			hash, err := auth.HashPassword(p.answers.Password, rand.Reader)
			if err != nil {
				return passwordError(err)
			}
			err = s.updateUser(ctx, args[0], func(w backend.Writer, u backend.Principal) error {
				_, err := w.AddCredential(backend.Credential{
					Principal: u.ID, Kind: backend.LoginPassword, Scope: backend.FullScope, Secret: hash,
				})
				return err
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "Changed. The old login password of %s is out at once.\n", args[0])
			return err
		},
	})
	return c
}
