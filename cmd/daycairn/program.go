package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// program is what one run of a command line may touch. The serving process makes one for each command that comes over
// its socket.
type program struct {
	args   []string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    []string // NAME=value, as os.Environ gives them
	tty    bool     // a person sits at stdin and stderr
	// patience is how long to wait for another process to finish with the data directory.
	patience time.Duration

	// house is set inside the serving process: commands run against its store.
	house *house
	// answers are what the person said before the command went to the serving process.
	answers answers

	dataFlag   string
	configFlag string
	json       bool
}

// main runs the command line and gives the exit code.
func (p *program) main(ctx context.Context) int {
	root := p.root()
	root.SetArgs(p.args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	tuneBuiltin(root)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	var done exited
	if errors.As(err, &done) {
		return int(done) // the serving process has said why
	}
	// Who pressed Ctrl-C has no use for the words of Go's contexts.
	why := strings.ReplaceAll(err.Error(), context.Canceled.Error(), "interrupted")
	fmt.Fprintf(p.stderr, "daycairn: %s\n", why)
	if hint := hintFor(cmd, err); hint != "" {
		fmt.Fprintf(p.stderr, "hint: %s\n", hint)
	}
	return exitCode(err)
}

// root is the tree of all commands.
func (p *program) root() *cobra.Command {
	root := group(&cobra.Command{
		Use:           "daycairn",
		Short:         "A calendar and contacts server that keeps what it accepted",
		Version:       versionOf().String(),
		SilenceErrors: true,
		SilenceUsage:  true,
	})
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().StringVar(&p.dataFlag, "data", "", "data directory (default ./daycairn-data)")
	root.PersistentFlags().StringVar(&p.configFlag, "config", "", "settings file (default ./daycairn.toml if it is there)")
	root.AddCommand(
		p.serveCommand(),
		p.userCommand(),
		p.deviceCommand(),
		p.collectionCommand(),
		p.holdCommand(),
		p.verifyCommand(),
		p.healthCommand(),
		p.configCommand(),
		p.versionCommand(),
	)
	return root
}

// group makes a command that does nothing by itself: without a subcommand it shows its help, with an unknown one it is
// an error that names the nearest.
func group(c *cobra.Command) *cobra.Command {
	c.Args = cobra.ArbitraryArgs
	c.SuggestionsMinimumDistance = 2
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			if !cmd.HasParent() {
				return cmd.Help()
			}
			return usageError{fmt.Errorf("%s needs a subcommand: %s", cmd.CommandPath(), subcommands(cmd))}
		}
		err := fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath())
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return usageError{hinted{err, "did you mean " + cmd.CommandPath() + " " + near[0] + "?"}}
		}
		return usageError{hinted{err, "there are: " + subcommands(cmd)}}
	}
	return c
}

// flagError names the nearest flag for one that does not exist.
func flagError(cmd *cobra.Command, err error) error {
	word, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !unknown {
		return usageError{err}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := nearest(word, names); near != "" {
		return usageError{hinted{err, "did you mean --" + near + "?"}}
	}
	return usageError{hinted{err, cmd.CommandPath() + " --help shows all flags"}}
}

// exactly is cobra.ExactArgs with the names of what is missing in the message.
func exactly(n int) cobra.PositionalArgs { return between(n, n) }

func between(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && len(args) <= most {
			return nil
		}
		return usageError{fmt.Errorf("usage: %s", cmd.UseLine())}
	}
}
