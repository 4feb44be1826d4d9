package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"daycairn/backend"
)

// firstUser makes the first account of an empty store: from the settings, or by asking on a terminal. Without either
// the store stays empty, and the start-up text has the command to type.
func (p *program) firstUser(ctx context.Context, h *house) error {
	o := h.open.Load()
	if o == nil || h.status(ctx).State != stateEmpty {
		return nil
	}
	name, password, err := p.firstAccount(ctx, h.set)
	if err != nil || name == "" {
		return err
	}
	u := backend.NewPrincipal{Name: name, Admin: true}
	_, err = addUser(ctx, o.store, backend.Actor{Agent: "daycairn serve"}, u, password)
	if err != nil {
		return fmt.Errorf("first account: %w", err)
	}
	h.log.Info("first account made")
	return nil
}

func (p *program) firstAccount(ctx context.Context, set *settings) (name, password string, err error) {
	switch {
	case set.FirstUser != "" && set.FirstPasswordFile != "":
		b, err := os.ReadFile(set.FirstPasswordFile)
		if err != nil {
			return "", "", fmt.Errorf("first-password-file: %w", err)
		}
		password, err := firstLine(strings.NewReader(string(b)))
		return set.FirstUser, password, err
	case set.FirstUser != "" || set.FirstPasswordFile != "":
		return "", "", usageError{errors.New("first-user and first-password-file belong together: only one of them is set")}
	case !p.tty:
		return "", "", nil
	}
	fmt.Fprintln(p.stderr, "No account yet. The first one may administer the server.")
	if name, err = p.promptLogin(ctx); err != nil {
		return "", "", fmt.Errorf("first account: %w", err)
	}
	if password, err = p.promptTwice(ctx, name); err != nil {
		return "", "", fmt.Errorf("first account: %w", err)
	}
	return name, password, nil
}

// promptLogin asks until the answer is a name that one can log in with.
func (p *program) promptLogin(ctx context.Context) (name string, err error) {
	for range askTimes {
		if name, err = p.prompt(ctx, "Name to log in with: ", false); err != nil {
			return "", err
		}
		if err = checkLogin(name); err == nil {
			return name, nil
		}
		fmt.Fprintf(p.stderr, "%v\n", err)
	}
	return "", errGivenUp
}
