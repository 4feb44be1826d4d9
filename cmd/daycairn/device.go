package main

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

func (p *program) deviceCommand() *cobra.Command {
	c := group(&cobra.Command{Use: "device", Short: "Passwords for devices, one each"})
	c.AddCommand(p.deviceAddCommand(), p.deviceListCommand(), p.deviceRevokeCommand())
	return c
}

// deviceJSON is a device for programs. The password is there when it was just made, and never again.
type deviceJSON struct {
	ID       int64      `json:"id"`
	User     string     `json:"user"`
	Label    string     `json:"label"`
	Scope    string     `json:"scope"`
	Created  *time.Time `json:"created"`
	LastUsed *time.Time `json:"last_used"`
	Revoked  bool       `json:"revoked"`
	Password string     `json:"password,omitempty"`
}

func deviceData(u backend.Principal, c backend.Credential) deviceJSON {
	return deviceJSON{
		ID: c.ID, User: u.Name, Label: c.Label, Scope: string(c.Scope),
		Created: stamp(c.Created), LastUsed: stamp(c.LastUsed), Revoked: c.Revoked,
	}
}

// devices of a person, oldest first.
func (s *session) devices(r backend.Reader, u backend.Principal, revoked bool) ([]deviceJSON, error) {
	creds, err := r.Credentials(u.ID)
	if err != nil {
		return nil, err
	}
	list := []deviceJSON{}
	for _, c := range creds {
		if c.Kind != backend.AppPassword || c.Revoked && !revoked {
			continue
		}
		if s.lastUsed != nil {
			if t := s.lastUsed(c.ID); t.After(c.LastUsed) {
				c.LastUsed = t
			}
		}
		list = append(list, deviceData(u, c))
	}
	return list, nil
}

func (p *program) printDevices(list []deviceJSON, withUser bool) error {
	heading := []string{"ID", "DEVICE", "SCOPE", "CREATED", "LAST USED", "STATE"}
	if withUser {
		heading = append([]string{"USER"}, heading...)
	}
	var rows [][]string
	for _, d := range list {
		state := "active"
		if d.Revoked {
			state = "revoked"
		}
		row := []string{strconv.FormatInt(d.ID, 10), d.Label, d.Scope, dayOf(d.Created), dayOf(d.LastUsed), state}
		if withUser {
			row = append([]string{d.User}, row...)
		}
		rows = append(rows, row)
	}
	return p.printTable(heading, rows)
}

func dayOf(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return day(*t)
}
