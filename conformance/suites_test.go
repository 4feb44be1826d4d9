package conformance

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// suites are the real clients, each driven by one short script, and what each needs to be installed.
var suites = []struct {
	name  string
	needs []string // programs
	have  func() bool
	argv  []string
}{
	{"vdirsyncer", []string{"vdirsyncer", "khal", "khard", "todoman|todo"}, nil, []string{"sh", "suites/vdirsyncer.sh"}},
	{"cadaver", []string{"cadaver"}, nil, []string{"sh", "suites/cadaver.sh"}},
	{"python3-caldav", []string{systemPython}, pythonCaldav, []string{systemPython, "suites/python_caldav.py"}},
	{"tsdav", []string{"node"}, nodeModules, []string{"node", "suites/tsdav/cycle.mjs"}},
}

// systemPython is the interpreter that the distribution's packages are for.
const systemPython = "/usr/bin/python3"

func pythonCaldav() bool {
	return exec.Command(systemPython, "-c", "import caldav, icalendar").Run() == nil
}

func nodeModules() bool {
	_, err := os.Stat(filepath.Join("suites", "tsdav", "node_modules", "tsdav"))
	return err == nil
}

// suiteLimit is how long one client may take.
const suiteLimit = 4 * time.Minute

// TestSuites lets real clients do their day's work, each with an account of its own.
func TestSuites(t *testing.T) {
	st := newStage(t)
	for _, s := range suites {
		t.Run(s.name, func(t *testing.T) {
			for _, p := range s.needs {
				if !installed(p) {
					t.Skipf("%s is not installed", p)
				}
			}
			if s.have != nil && !s.have() {
				t.Skipf("%s is not installed", s.name)
			}
			t.Parallel()
			u := st.person(t, *flagUser, *flagPassword)
			ctx, cancel := context.WithTimeout(t.Context(), suiteLimit)
			defer cancel()
			cmd := exec.CommandContext(ctx, s.argv[0], s.argv[1:]...)
			cmd.WaitDelay = 5 * time.Second
			root := st.base + "/dav/"
			if st.server == nil {
				root = *flagURL
			}
			cmd.Env = append(os.Environ(), "DAV_URL="+root, "DAV_USER="+u.Name, "DAV_PASSWORD="+u.Password,
				"DAV_CALENDAR="+u.Calendar, "DAV_TASKS="+u.Tasks, "DAV_BOOK="+u.Book)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%s: %v\n%s", s.name, err, out)
			}
		})
	}
}

// installed finds a program under one of its names.
func installed(names string) bool {
	for _, n := range strings.Split(names, "|") {
		if _, err := exec.LookPath(n); err == nil {
			return true
		}
	}
	return false
}
