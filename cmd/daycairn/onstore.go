package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

// storeCommand is how a command that works on the store is written: once. It runs in the serving process where there is
// one, else here with the store opened under the lock.
type storeCommand struct {
	// ask collects what the person must say. It runs where the person is, before anything is locked.
	ask func(args []string) error
	run func(ctx context.Context, s *session, args []string) error
	// create allows the command to make the store when there is none.
	create bool
	// broken lets run see a store that cannot be opened: session.err says why.
	broken bool
	// served wants a serving process: without one there is nothing to say.
	served bool
}

// session is what a running command has.
type session struct {
	store    backend.Store
	err      error // why there is no store, for commands that are broken
	by       backend.Actor
	url      string                      // that people type into their devices, "" if not known
	lastUsed func(id int64) time.Time    // not written to the store yet
	reopen   func(context.Context) error // tries again to open the store
	house    *house                      // nil outside the serving process
}

// onStore makes the RunE of a store command.
func (p *program) onStore(c storeCommand) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		by := backend.Actor{Agent: cmd.CommandPath()}
		if p.house != nil {
			s := p.house.session(by)
			if s.err != nil && !c.broken {
				return s.err
			}
			return c.run(cmd.Context(), s, args)
		}
		if c.ask != nil {
			if err := c.ask(args); err != nil {
				return err
			}
		}
		set, err := p.settings(cmd.Flags())
		if err != nil {
			return err
		}
		return p.reach(cmd.Context(), c, set, by, args)
	}
}

// reach runs the command there or here. A process that starts or ends meanwhile is waited for.
func (p *program) reach(ctx context.Context, c storeCommand, set *settings, by backend.Actor, args []string) error {
	late := time.Now().Add(p.patience)
	for {
		err := p.forward(ctx, set.Data)
		if !errors.Is(err, errNoServer) {
			return err
		}
		if c.served {
			return hinted{fmt.Errorf("%w: %s", errNoServer, set.Data), "start it with daycairn serve --data " + set.Data}
		}
		err = p.runHere(ctx, c, set, by, args)
		if !errors.Is(err, errLocked) || time.Now().After(late) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockRetry):
		}
	}
}

func (p *program) runHere(ctx context.Context, c storeCommand, set *settings, by backend.Actor, args []string) (err error) {
	if c.create {
		err = makeDataDir(set.Data)
	} else {
		err = findDataDir(set.Data)
	}
	if err != nil {
		return err
	}
	lock, err := lockDir(set.Data, by.Agent)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	store, err := openStore(ctx, set, p.logger(set), c.create)
	if err != nil && !c.broken {
		return err
	}
	s := &session{store: store, err: err, by: by}
	if set.BaseURL != "" {
		s.url = set.BaseURL + "/"
	}
	if store != nil {
		defer func() { err = errors.Join(err, store.Close()) }()
	}
	return c.run(ctx, s, args)
}
