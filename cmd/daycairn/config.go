package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *program) configCommand() *cobra.Command {
	c := group(&cobra.Command{Use: "config", Short: "Show settings and where they come from"})
	show := &cobra.Command{
		Use: "print", Short: "Show each setting, its value and its origin", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.printConfig(cmd) },
	}
	settingsFlags(show)
	p.jsonFlag(show)
	example := &cobra.Command{
		Use: "example", Short: "Print a settings file with everything explained", Args: exactly(0),
		RunE: func(*cobra.Command, []string) error {
			_, err := p.stdout.Write(exampleConfig())
			return err
		},
	}
	c.AddCommand(show, example)
	return c
}

// settingsFlags adds the flags of the table.
func settingsFlags(c *cobra.Command) {
	for _, o := range options {
		switch {
		case !o.flag:
		case o.value == "false":
			c.Flags().Bool(o.key, false, o.about)
		default:
			c.Flags().String(o.key, o.value, o.about)
		}
	}
}

func (p *program) printConfig(cmd *cobra.Command) error {
	s, err := p.settings(cmd.Flags())
	if err != nil {
		return err
	}
	if p.json {
		type row struct {
			Key    string `json:"key"`
			Value  string `json:"value"`
			Origin string `json:"origin"`
		}
		rows := []row{}
		for _, k := range keys() {
			rows = append(rows, row{k, s.values[k].text, s.values[k].origin})
		}
		return p.printJSON(rows)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, k := range keys() {
		fmt.Fprintf(w, "%s\t= %s\t# %s\n", k, strconv.Quote(s.values[k].text), s.values[k].origin)
	}
	return w.Flush()
}

// exampleConfig is a settings file in which every line is commented out and at its default.
func exampleConfig() []byte {
	var b bytes.Buffer
	b.WriteString("# Settings of daycairn. A flag and the environment (DAYCAIRN_LISTEN, DAYCAIRN_LIMITS_MAX_ITEMS, ...) win over this file.\n")
	table := ""
	for _, o := range options {
		key := o.key
		if t, rest, ok := strings.Cut(o.key, "."); ok {
			if t != table {
				fmt.Fprintf(&b, "\n[%s]\n", t)
				table = t
			}
			key = rest
		}
		fmt.Fprintf(&b, "\n# %s\n#%s = %s\n", o.about, key, tomlValue(o))
	}
	return b.Bytes()
}

func tomlValue(o option) string {
	if _, err := strconv.ParseInt(o.value, 10, 64); err == nil || o.value == "false" {
		return o.value
	}
	if o.key == "trusted-proxies" {
		return "[]"
	}
	return strconv.Quote(o.value)
}
