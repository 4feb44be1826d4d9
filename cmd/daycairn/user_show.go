package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"daycairn/backend"
)

type usageJSON struct {
	Collections int64 `json:"collections"`
	Items       int64 `json:"items"`
	Bytes       int64 `json:"bytes"`
	History     int64 `json:"history"`
	Allowed     int64 `json:"allowed"`
}

type shownUser struct {
	userJSON
	Usage       usageJSON        `json:"usage"`
	Devices     []deviceJSON     `json:"devices"`
	Collections []collectionJSON `json:"collections"`
}

func (p *program) userShowCommand() *cobra.Command {
	c := &cobra.Command{Use: "show NAME", Short: "Show a person with their devices and collections", Args: exactly(1)}
	p.jsonFlag(c)
	c.RunE = p.onStore(storeCommand{run: func(ctx context.Context, s *session, args []string) error {
		var shown shownUser
		err := s.viewUser(ctx, args[0], func(r backend.Reader, u backend.Principal) (err error) {
			shown = shownUser{userJSON: userData(u)}
			usage, err := r.Usage(u.ID)
			if err != nil {
				return err
			}
			shown.Usage = usageJSON(usage)
			if shown.Devices, err = s.devices(r, u, false); err != nil {
				return err
			}
			shown.Collections, err = collections(r, u)
			return err
		})
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(shown)
		}
		return p.printUser(shown)
	}})
	return c
}

func (p *program) printUser(u shownUser) error {
	state := userState(backend.Principal{Disabled: u.Disabled})
	if u.Admin {
		state += ", admin"
	}
	fmt.Fprintf(p.stdout, "%s (%s), %s, since %s\n", printable(u.Name), printable(u.DisplayName), state, day(*u.Created))
	fmt.Fprintf(p.stdout, "%d items, %s; with all history %s of %s\n\n", u.Usage.Items, bytesOf(u.Usage.Bytes),
		bytesOf(u.Usage.History), bytesOf(u.Usage.Allowed))
	var rows [][]string
	for _, c := range u.Collections {
		rows = append(rows, []string{c.Slug, c.Kind, c.Name, strconv.FormatInt(c.Items, 10)})
	}
	if err := p.printTable([]string{"COLLECTION", "KIND", "NAME", "ITEMS"}, rows); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout)
	return p.printDevices(u.Devices, false)
}

func bytesOf(n int64) string { return humanize.IBytes(uint64(max(0, n))) }
