package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is set by the linker for releases: -ldflags "-X main.release=v1.2.3".
var release string

type versionJSON struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// versionOf is what this program was built from.
func versionOf() versionJSON {
	v := versionJSON{Version: release, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if ok && v.Version == "" {
		v.Version = info.Main.Version
	}
	if ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v.Revision = s.Value
			}
		}
	}
	if v.Version == "" || v.Version == "(devel)" {
		v.Version = "development"
	}
	return v
}

func (v versionJSON) String() string {
	return fmt.Sprintf("daycairn %s (%s, %s)", v.Version, v.Go, v.Platform)
}

func (p *program) versionCommand() *cobra.Command {
	c := &cobra.Command{Use: "version", Short: "Show the version", Args: exactly(0)}
	p.jsonFlag(c)
	c.RunE = func(*cobra.Command, []string) error {
		v := versionOf()
		if p.json {
			return p.printJSON(v)
		}
		_, err := fmt.Fprintln(p.stdout, v)
		return err
	}
	return c
}
