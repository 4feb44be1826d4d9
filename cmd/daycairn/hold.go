package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) holdCommand() *cobra.Command {
	c := group(&cobra.Command{Use: "hold", Short: "Whether the store may be believed; stop and release all traffic"})
	c.AddCommand(p.holdStatusCommand(), p.holdOnCommand(), p.holdOffCommand())
	return c
}

func (p *program) holdStatusCommand() *cobra.Command {
	c := &cobra.Command{Use: "status", Short: "Say whether the store is on hold, why, and what leads out", Args: exactly(0)}
	p.jsonFlag(c)
	c.RunE = p.onStore(storeCommand{broken: true, run: func(ctx context.Context, s *session, _ []string) error {
		st := statusOf(ctx, s)
		if s.house != nil {
			st = s.house.status(ctx)
		}
		if p.json {
			return p.printJSON(st)
		}
		fmt.Fprintf(p.stdout, "The store is %s.\n", map[string]string{
			stateReady: "not on hold", stateEmpty: "not on hold, and has no account yet", stateHeld: "on hold",
			stateBroken: "on hold: it cannot be opened",
		}[st.State])
		for _, r := range st.Reasons {
			fmt.Fprintf(p.stdout, "  reason    %s\n", printable(r))
		}
		for _, w := range st.Ways {
			fmt.Fprintf(p.stdout, "  way out   %s\n", w)
		}
		return nil
	}})
	return c
}

func (p *program) holdOnCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "on REASON", Short: "Stop all traffic: clients get 503 and keep their copies, across restarts", Args: exactly(1),
	}
	c.RunE = p.onStore(storeCommand{run: func(_ context.Context, s *session, args []string) error {
		if err := s.store.Hold(args[0]); err != nil {
			return err
		}
		_, err := fmt.Fprintln(p.stdout, "On hold. Release it with: daycairn hold off")
		return err
	}})
	return c
}

func (p *program) holdOffCommand() *cobra.Command {
	c := &cobra.Command{Use: "off", Short: "Release the hold, or try again to open the store", Args: exactly(0)}
	c.RunE = p.onStore(storeCommand{broken: true, run: func(ctx context.Context, s *session, _ []string) error {
		did := "Released"
		switch {
		case s.store != nil:
			if !s.store.Health().Held {
				did = "It was not on hold"
			}
			if err := s.store.Release(); err != nil {
				return err
			}
		case s.house == nil:
			return s.err
		default:
			if err := s.reopen(ctx); err != nil {
				return hinted{err, ways(err)[0]}
			}
			s = s.house.session(s.by)
			if s.store == nil {
				return errors.Join(errNotOpened, s.err)
			}
		}
		st := statusOf(ctx, s)
		_, err := fmt.Fprintf(p.stdout, "%s. State: %s.\n", did, st.State)
		return err
	}})
	return c
}
