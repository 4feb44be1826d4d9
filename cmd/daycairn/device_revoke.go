package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

func (p *program) deviceRevokeCommand() *cobra.Command {
	c := &cobra.Command{Use: "revoke USER DEVICE", Short: "Shut a device out at once, by its label or id", Args: exactly(2)}
	c.RunE = p.onStore(storeCommand{run: func(ctx context.Context, s *session, args []string) error {
		var gone backend.Credential
		err := s.updateUser(ctx, args[0], func(w backend.Writer, u backend.Principal) (err error) {
			creds, err := w.Credentials(u.ID)
			if err != nil {
				return err
			}
			if gone, err = findDevice(creds, args[1]); err != nil {
				return err
			}
			return w.RevokeCredential(gone.ID)
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%s is shut out.\n", printable(gone.Label))
		return err
	}})
	return c
}

// findDevice takes the label of one living device, or an id.
func findDevice(creds []backend.Credential, which string) (found backend.Credential, err error) {
	id, _ := strconv.ParseInt(which, 10, 64) // 0 is nobody's id
	labelled := 0
	for _, c := range creds {
		switch {
		case c.Kind != backend.AppPassword || c.Revoked:
		case c.Label == which:
			found = c
			labelled++
		case c.ID == id && labelled == 0:
			found = c
		}
	}
	switch {
	case labelled > 1:
		return found, usageError{hinted{fmt.Errorf("%d devices are called %s", labelled, printable(which)), "name it by its id: daycairn device list"}}
	case found.ID == 0:
		return found, fmt.Errorf("device %s: %w", printable(which), backend.ErrNotFound)
	}
	return found, nil
}
