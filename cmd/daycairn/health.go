package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// errNotReady ends the health command with exit code 1.
type notReady struct{ st status }

func (e notReady) Error() string {
	return "not ready: " + strings.Join(append([]string{e.st.State}, e.st.Reasons...), ": ")
}

func (p *program) healthCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "health", Short: "Say whether the running server is ready; exit code 1 when it is not", Args: exactly(0),
	}
	p.jsonFlag(c)
	c.RunE = p.onStore(storeCommand{broken: true, served: true, run: func(ctx context.Context, s *session, _ []string) error {
		st := s.house.status(ctx)
		if p.json {
			if err := p.printJSON(st); err != nil {
				return err
			}
		} else if st.Ready {
			fmt.Fprintf(p.stdout, "ready: %s\n  data      %s\n  database  %s, journal %s, %d versions\n  since     %s\n",
				st.URL, st.Data, bytesOf(st.Database+st.WAL), bytesOf(st.Journal), st.Head, dayOf(st.Since))
		}
		if st.Full {
			fmt.Fprintln(p.stderr, "daycairn: the disk is full: nothing new is stored, reading and deleting go on")
		}
		if !st.Ready {
			return hinted{notReady{st}, strings.Join(st.Ways, "\nhint: ")}
		}
		return nil
	}})
	return c
}
