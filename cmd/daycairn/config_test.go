package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

func mustFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Flag > environment > file > default, and each says where it comes from.
func TestConfigPrint(t *testing.T) {
	pl := newPlace(t)
	file := mustFile(t, "c.toml", "listen = ':1'\nbase-url = 'https://dav.example.org/'\nh2c = true\nlog-level = 'warn'\n"+
		"trusted-proxies = ['10.0.0.0/8', '127.0.0.1']\n[limits]\nmax-items = 7\n")
	pl.env = map[string]string{"DAYCAIRN_CONFIG": file, "DAYCAIRN_LISTEN": ":2", "DAYCAIRN_LOG_LEVEL": "error", "DAYCAIRN_BASE_URL": "", "DAYCAIRN_LIMITS_MAX_ITEMS": "8"}
	type row struct{ Key, Value, Origin string }
	got := map[string]row{}
	for _, r := range mustJSON[[]row](t, pl.must(t, "", "config", "print", "--json", "--listen", ":3", "--data", "/d")) {
		got[r.Key] = r
	}
	for key, want := range map[string][2]string{
		"listen":                   {":3", "flag --listen"},
		"data":                     {"/d", "flag --data"},
		"log-level":                {"error", "environment DAYCAIRN_LOG_LEVEL"},
		"limits.max-items":         {"8", "environment DAYCAIRN_LIMITS_MAX_ITEMS"},
		"base-url":                 {"https://dav.example.org/", "file " + file},
		"h2c":                      {"true", "file " + file},
		"trusted-proxies":          {"10.0.0.0/8,127.0.0.1", "file " + file},
		"log-format":               {"auto", "default"},
		"limits.max-resource-size": {"10 MiB", "default"},
	} {
		if r := got[key]; r.Value != want[0] || r.Origin != want[1] {
			t.Errorf("%s: got %q from %q, want %q from %q", key, r.Value, r.Origin, want[0], want[1])
		}
	}
	if len(got) != len(options) {
		t.Errorf("%d rows, want %d", len(got), len(options))
	}
	if out := pl.must(t, "", "config", "print"); !regexp.MustCompile(`(?m)^listen += ":2" +# environment DAYCAIRN_LISTEN$`).MatchString(out) {
		t.Errorf("printed\n%s", out)
	}
}

func TestConfigRefuses(t *testing.T) {
	for _, tt := range []struct{ file, want string }{
		{"lisen = ':1'", `unknown key "lisen"\nhint: did you mean "listen"`},
		{"[limit]\nmax-items = 1", `unknown key "limit"\nhint: did you mean "limits"`},
		{"max-items = 1", `unknown key "max-items"\nhint: did you mean "limits.max-items"`},
		{"trusted-proxies = ['10.0.0.0/33']", `trusted-proxies \(file .*c.toml\): "10.0.0.0/33" is neither`},
		{"[limits]\nmax-item = 1", `unknown key "limits.max-item"\nhint: did you mean "limits.max-items"`},
		{"[listen]\nx = 1", `unknown key "listen"`},
		{"completely-different = 1", `unknown key .*\nhint: daycairn config example`},
		{"listen = 1.5", `listen: neither text`},
		{"trusted-proxies = [1]", `not a list of strings`},
		{"listen = ", `c.toml: .*`},
		{"listen = ''", `not an address like`},
		{"listen = '5233'", `not an address like`},
		{"h2c = 'perhaps'", `h2c \(file .*c.toml\): "perhaps" is neither`},
		{"log-level = 'loud'", `none of debug, info`},
		{"base-url = 'dav.example.org'", `not a URL like`},
		{"base-url = 'https://dav.example.org/cal'", `not a URL like`},
		{"tls-cert = 'x'", `only one of them`},
		{"user-header = 'X-User'", `anyone be anybody`},
		{"[limits]\nmax-items = 0", `number above 0`},
		{"[limits]\nidle-timeout = '5'", `time like`},
		{"[limits]\nhistory = 'much'", `size like`},
	} {
		pl := newPlace(t)
		r := pl.do("", "config", "print", "--config", mustFile(t, "c.toml", tt.file))
		if ok := regexp.MustCompile(tt.want).MatchString(r.err); r.code != exitUsage || !ok {
			t.Errorf("%q: exit code %d, %q; want %q", tt.file, r.code, r.err, tt.want)
		}
	}
	pl := newPlace(t)
	pl.env["DAYCAIRN_LISTN"] = ":1"
	if r := pl.do("", "config", "print"); r.code != exitUsage || !strings.Contains(r.err, "did you mean DAYCAIRN_LISTEN") {
		t.Errorf("mistyped variable: got %+v", r)
	}
	pl.env = map[string]string{"DAYCAIRN_SERVICE_HOST": "10.0.0.1", "DAYCAIRN_PORT": "tcp://10.0.0.1:5233", "DAYCAIRN_PORT_5233_TCP": "x"}
	if r := pl.do("", "config", "print"); r.code != exitOK {
		t.Errorf("variables of a container: got %+v", r)
	}
	if r := newPlace(t).do("", "config", "print", "--data", ""); r.code != exitUsage {
		t.Errorf("no data directory: exit code %d", r.code)
	}
	if r := newPlace(t).do("", "config", "print", "--config", "/nowhere/c.toml"); r.code != exitFailed {
		t.Errorf("a named file that is missing: exit code %d", r.code)
	}
}

// The example is a file that can be used: with all lines in force it gives the defaults.
func TestConfigExample(t *testing.T) {
	pl := newPlace(t)
	pl.env["DAYCAIRN_DATA"] = "daycairn-data"
	example := pl.must(t, "", "config", "example")
	inForce := regexp.MustCompile(`(?m)^#(\S+ = )`).ReplaceAllString(example, "$1")
	if inForce == example {
		t.Fatal("nothing was commented out")
	}
	p := pl.program(strings.NewReader(""), nil, nil)
	p.configFlag = mustFile(t, "c.toml", inForce)
	p.env = nil
	s, err := p.settings(pflag.NewFlagSet("", pflag.ContinueOnError))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options {
		if v := s.values[o.key]; v.text != o.value || !strings.HasPrefix(v.origin, "file ") {
			t.Errorf("%s: got %+v, want %q from the file", o.key, v, o.value)
		}
		if !strings.Contains(example, o.about) {
			t.Errorf("%s is not explained", o.key)
		}
	}
	if s.Limits.Resource != 10<<20 || s.IdleTimeout != 5*time.Minute || s.ConnectionsPerAddress != 512 {
		t.Errorf("got %+v", s)
	}
}

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{
		"lisen": "listen", "LISTEN": "", "tls_cert": "tls-cert", "bseurl": "base-url", "zzzzzzzz": "", "": "",
		strings.Repeat("x", 1000): "", "trustedproxies": "trusted-proxies",
	} {
		if got := nearest(word, keys()); got != want {
			t.Errorf("%.20q: got %q, want %q", word, got, want)
		}
	}
}
