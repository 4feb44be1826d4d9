package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// tuneBuiltin makes cobra's own commands, help and completion, refuse what they do not know as all others do: theirs
// print the help of something else and call that success. Completion remembers where root prints: that is set before.
func tuneBuiltin(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Run, c.RunE = nil, showHelp
		case "completion":
			c.Short, c.Long = "Print a script that lets a shell complete commands", ""
			group(c)
			for _, shell := range c.Commands() {
				shell.Args = exactly(0)
			}
		}
	}
}

func showHelp(cmd *cobra.Command, args []string) error {
	about, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		err = fmt.Errorf("no command %q", strings.Join(args, " "))
		return usageError{hinted{err, cmd.Root().CommandPath() + " help shows all commands"}}
	}
	about.InitDefaultHelpFlag()
	return about.Help()
}
