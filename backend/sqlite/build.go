package sqlite

import (
	"fmt"
	"runtime/debug"
)

// builds names the releases of modernc.org/sqlite that this engine was tested with, and the one release of
// modernc.org/libc that each of them works with: another one may corrupt memory without a word.
var builds = map[string]string{
	"v1.61.1": "v1.79.0",
}

// checkBuild refuses to run on a binary that was linked from other releases. A binary without module records is taken.
func checkBuild() error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	return checkModules(info.Deps)
}

func checkModules(deps []*debug.Module) error {
	versions := map[string]string{}
	for _, m := range deps {
		if m.Replace != nil {
			m = m.Replace
		}
		versions[m.Path] = m.Version
	}
	engine, libc := versions["modernc.org/sqlite"], versions["modernc.org/libc"]
	if engine == "" || libc == "" {
		return nil
	}
	if want := builds[engine]; want != libc {
		return fmt.Errorf("this binary has modernc.org/sqlite %s with modernc.org/libc %s: not a tested pair", engine, libc)
	}
	return nil
}
