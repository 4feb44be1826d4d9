package transcript

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Vars are the variables of one run: what the target gave, and what was captured on the way.
type Vars struct {
	set  map[string]string
	used map[string]bool
	let  []string
}

// NewVars begins with a copy of the target's variables.
func NewVars(given map[string]string) *Vars {
	v := &Vars{set: map[string]string{}, used: map[string]bool{}}
	for k, s := range given {
		v.set[k] = s
	}
	return v
}

func (v *Vars) capture(name, value string) {
	v.set[name] = value
	if !slices.Contains(v.let, name) {
		v.let = append(v.let, name)
	}
}

// unused names the captured variables that nothing read.
func (v *Vars) unused() []string {
	var out []string
	for _, name := range v.let {
		if !v.used[name] {
			out = append(out, name)
		}
	}
	return out
}

var variable = regexp.MustCompile(`\{[a-z][a-z0-9.-]*\}`)

// Expand fills in every {name}. An unknown name is an error.
func (v *Vars) Expand(s string) (string, error) {
	var unknown []string
	out := variable.ReplaceAllStringFunc(s, func(m string) string {
		name := m[1 : len(m)-1]
		value, ok := v.set[name]
		if !ok {
			unknown = append(unknown, m)
		}
		v.used[name] = true
		return value
	})
	if len(unknown) > 0 {
		return "", fmt.Errorf("unknown variable %s", strings.Join(unknown, " "))
	}
	return out, nil
}
