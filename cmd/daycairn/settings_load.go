package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/spf13/pflag"
)

// configName is the settings file that is read when it lies in the working directory and none was named.
const configName = "daycairn.toml"

const (
	envPrefix = "DAYCAIRN_"
	// envTypo is how many edits make a variable a mistyped option.
	envTypo = 2
)

// settings finds each value: flag > environment > file > default. flags may lack options that the command has no flag
// for.
func (p *program) settings(flags *pflag.FlagSet) (*settings, error) {
	env, err := p.variables()
	if err != nil {
		return nil, err
	}
	file, values, err := p.readFile(env)
	if err != nil {
		return nil, err
	}
	s := &settings{values: map[string]setting{}}
	for i := range options {
		o := &options[i]
		v := setting{o.value, "default"}
		if t, ok := values[o.key]; ok {
			v = setting{t, "file " + file}
		}
		if t := env[o.env()]; t != "" { // empty is how a container says nothing
			v = setting{t, "environment " + o.env()}
		}
		if f := flags.Lookup(o.key); f != nil && f.Changed {
			v = setting{f.Value.String(), "flag --" + o.key}
		}
		if err := o.set(s, v.text); err != nil {
			return nil, usageError{fmt.Errorf("%s (%s): %w", o.key, v.origin, err)}
		}
		s.values[o.key] = v
	}
	return s, s.check()
}

// variables are those of the environment that are ours by name. One that is nearly an option is an error; others may be
// somebody else's: containers are given variables that begin with a service's name.
func (p *program) variables() (map[string]string, error) {
	known := map[string]bool{envPrefix + "CONFIG": true}
	var names []string
	for i := range options {
		known[options[i].env()] = true
		names = append(names, options[i].env())
	}
	found := map[string]string{}
	for _, line := range p.env {
		name, value, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, envPrefix) {
			continue
		}
		if near := nearest(name, names); !known[name] && near != "" && distance(name, near) <= envTypo {
			return nil, usageError{hinted{fmt.Errorf("unknown variable %s", printable(name)), "did you mean " + near + "?"}}
		}
		found[name] = value
	}
	return found, nil
}

// readFile gives the values of the settings file by key. A key that means nothing is an error: it would be a wish that
// nobody heard.
func (p *program) readFile(env map[string]string) (name string, values map[string]string, err error) {
	name = cmp.Or(p.configFlag, env[envPrefix+"CONFIG"])
	named := name != ""
	if !named {
		name = configName
	}
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("settings file: %w", err)
	}
	values, err = parseFile(data)
	if err != nil {
		return "", nil, usageError{fmt.Errorf("%s: %w", name, err)}
	}
	return name, values, nil
}

func parseFile(data []byte) (map[string]string, error) {
	var raw map[string]any
	meta, err := toml.Decode(string(data), &raw)
	if err != nil {
		return nil, err
	}
	known := keys()
	values := map[string]string{}
	for _, k := range meta.Keys() {
		key := strings.Join(k, ".")
		v := lookup(raw, k)
		if _, isTable := v.(map[string]any); isTable {
			if !prefixed(known, key+".") {
				return nil, unknownKey(key, known)
			}
			continue
		}
		if !slices.Contains(known, key) {
			return nil, unknownKey(key, known)
		}
		if values[key], err = plain(v); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return values, nil
}

func unknownKey(key string, known []string) error {
	err := fmt.Errorf("unknown key %q", key)
	words := slices.Clone(known)
	for _, k := range known {
		table, last, ok := strings.Cut(k, ".")
		if ok && last == key {
			return hinted{err, fmt.Sprintf("did you mean %q, in the table [%s]?", k, table)}
		}
		if ok {
			words = append(words, table)
		}
	}
	if near := nearest(key, words); near != "" {
		return hinted{err, fmt.Sprintf("did you mean %q?", near)}
	}
	return hinted{err, "daycairn config example shows all keys"}
}

func prefixed(known []string, prefix string) bool {
	for _, k := range known {
		if strings.HasPrefix(k, prefix) {
			return true
		}
	}
	return false
}

// lookup follows a key through tables.
func lookup(raw map[string]any, k toml.Key) any {
	var v any = raw
	for _, part := range k {
		table, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = table[part]
	}
	return v
}

// plain writes a TOML value as a flag would have it.
func plain(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case bool, int64:
		return fmt.Sprint(v), nil
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			s, ok := v[i].(string)
			if !ok {
				return "", errors.New("not a list of strings")
			}
			parts[i] = s
		}
		return strings.Join(parts, ","), nil
	}
	return "", errors.New("neither text, number, truth nor list")
}
