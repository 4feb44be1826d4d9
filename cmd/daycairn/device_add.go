package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"daycairn/auth"
	"daycairn/backend"
)

const (
	// maxLabel bounds a device's label in bytes.
	maxLabel = 200
	// keyTries is how often a lookup key that is taken is drawn again.
	keyTries = 5
)

func (p *program) deviceAddCommand() *cobra.Command {
	var readOnly, quiet bool
	c := &cobra.Command{
		Use: "add USER LABEL", Short: "Make a password for one device; it is shown once", Args: exactly(2),
	}
	c.Flags().BoolVar(&readOnly, "read-only", false, "the device may not change anything")
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "print the password and nothing else")
	p.jsonFlag(c)
	c.RunE = p.onStore(storeCommand{run: func(ctx context.Context, s *session, args []string) error {
		label := strings.TrimSpace(args[1])
		if label == "" || len(label) > maxLabel || strings.ContainsFunc(label, unicode.IsControl) {
			return usageError{fmt.Errorf("label %q: 1 to %d bytes without control characters", args[1], maxLabel)}
		}
		scope := backend.FullScope
		if readOnly {
			scope = backend.ReadScope
		}
		d, err := addDevice(ctx, s, args[0], label, scope)
		if err != nil {
			return err
		}
		return p.printDevice(s, d, quiet)
	}})
	return c
}

// addDevice draws a password and stores its hash. A lookup key that is taken is drawn again.
func addDevice(ctx context.Context, s *session, user, label string, scope backend.Scope) (d deviceJSON, err error) {
	for range keyTries {
		var shown string
		var c backend.Credential
		if shown, c, err = auth.NewAppPassword(rand.Reader); err != nil {
			return d, err
		}
		c.Label, c.Scope = label, scope
		err = s.updateUser(ctx, user, func(w backend.Writer, u backend.Principal) error {
			if _, err := w.CredentialByKey(c.Key); !errors.Is(err, backend.ErrNotFound) {
				return errors.Join(backend.ErrExists, err)
			}
			c.Principal = u.ID
			made, err := w.AddCredential(c)
			d = deviceData(u, made)
			return err
		})
		if errors.Is(err, backend.ErrExists) {
			continue
		}
		d.Password = shown
		return d, err
	}
	return d, fmt.Errorf("add device %s: %w", label, err)
}

func (p *program) printDevice(s *session, d deviceJSON, quiet bool) error {
	switch {
	case quiet:
		_, err := fmt.Fprintln(p.stdout, d.Password)
		return err
	case p.json:
		return p.printJSON(d)
	}
	fmt.Fprintf(p.stdout, "Password for %s of %s, shown this once:\n\n    %s\n\n", printable(d.Label), d.User, d.Password)
	if d.Scope == string(backend.ReadScope) {
		fmt.Fprintln(p.stdout, "It can read, and change nothing.")
	}
	if s.url != "" {
		fmt.Fprintf(p.stdout, "Server %s, user name %s.\n", s.url, d.User)
	}
	_, err := fmt.Fprintf(p.stdout, "Shut the device out with: daycairn device revoke %s %d\n", d.User, d.ID)
	return err
}
