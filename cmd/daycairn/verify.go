package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

// findingJSON is a finding for programs.
type findingJSON struct {
	Where  string `json:"where"`
	What   string `json:"what"`
	Damage bool   `json:"damage"`
}

func (p *program) verifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "verify", Short: "Read everything back and compare it; exit code 3 when something is damaged", Args: exactly(0),
	}
	p.jsonFlag(c)
	c.RunE = p.onStore(storeCommand{run: func(ctx context.Context, s *session, _ []string) error {
		found := []findingJSON{}
		damaged := 0
		err := s.store.Verify(ctx, func(f backend.Finding) {
			if f.Damage {
				damaged++
			}
			if p.json {
				found = append(found, findingJSON(f))
				return
			}
			kind := "note"
			if f.Damage {
				kind = "DAMAGE"
			}
			fmt.Fprintf(p.stdout, "%s: %s: %s\n", kind, printable(f.Where), printable(f.What))
		})
		if err != nil {
			return fmt.Errorf("verify: %w", err)
		}
		if p.json {
			err = p.printJSON(found)
		} else if damaged == 0 {
			_, err = fmt.Fprintln(p.stdout, "Everything reads back as it was written.")
		}
		if err == nil && damaged > 0 {
			err = fmt.Errorf("verify: %w: %d", errFindings, damaged)
		}
		return err
	}})
	return c
}
