package transcript

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"daycairn/conformance/wire"
)

// dataNames are the properties that carry an item's body.
var dataNames = []string{"C:calendar-data", "CR:address-data"}

// data yields the body that a REPORT gave for one href.
func (x *exchange) data(href string) (string, error) {
	rs, err := x.responses(href)
	if err != nil {
		return "", err
	}
	for _, n := range dataNames {
		if p := rs[0].Prop(wire.MustName(n)); p != nil && p.Status == http.StatusOK {
			return p.El.Text, nil
		}
	}
	return "", fmt.Errorf("%s came without calendar-data or address-data", rs[0].Href)
}

func compileData(rest string) (func(*exchange) error, error) {
	f := strings.SplitN(rest, " ", 3)
	if len(f) != 3 {
		return nil, errors.New("want: data HREF == {kept}, or has, lacks, count, ~")
	}
	if f[1] == "==" {
		return func(x *exchange) error {
			got, err := x.data(f[0])
			if err != nil {
				return err
			}
			want, err := x.vars.Expand(f[2])
			if err != nil {
				return err
			}
			if lf(got) != lf(want) {
				return fmt.Errorf("data %q, want %q", got, want)
			}
			return nil
		}, nil
	}
	check, err := lineCheck(f[1], f[2])
	if err != nil {
		return nil, err
	}
	return func(x *exchange) error {
		got, err := x.data(f[0])
		if err != nil {
			return err
		}
		return check(x, got)
	}, nil
}

// compileLet captures a piece of the answer.
func compileLet(rest string) (func(*exchange) error, error) {
	name, from, ok := strings.Cut(rest, " = ")
	f := strings.Fields(from)
	if !ok || len(f) == 0 || !variable.MatchString("{"+name+"}") {
		return nil, errors.New("want: let NAME = header H | prop HREF P | data HREF | sync-token | body")
	}
	get, err := captured(f)
	if err != nil {
		return nil, err
	}
	return func(x *exchange) error {
		value, err := get(x)
		if err != nil {
			return fmt.Errorf("let %s: %w", name, err)
		}
		if value == "" {
			return fmt.Errorf("let %s: nothing there", name)
		}
		x.vars.capture(name, value)
		return nil
	}, nil
}

func captured(f []string) (func(*exchange) (string, error), error) {
	switch {
	case f[0] == "header" && len(f) == 2:
		return func(x *exchange) (string, error) { return x.answer.Header.Get(f[1]), nil }, nil
	case f[0] == "data" && len(f) == 2:
		return func(x *exchange) (string, error) { return x.data(f[1]) }, nil
	case f[0] == "body" && len(f) == 1:
		return func(x *exchange) (string, error) { return string(x.answer.Body), nil }, nil
	case f[0] == "sync-token" && len(f) == 1:
		return func(x *exchange) (string, error) {
			m, err := x.multistatus()
			if err != nil {
				return "", err
			}
			return m.SyncToken, nil
		}, nil
	case f[0] == "prop" && len(f) == 3:
		prop, err := wire.Name(f[2])
		if err != nil {
			return nil, err
		}
		return func(x *exchange) (string, error) {
			rs, err := x.responses(f[1])
			if err != nil {
				return "", err
			}
			return rs[0].Value(prop), nil
		}, nil
	}
	return nil, fmt.Errorf("cannot capture %q", strings.Join(f, " "))
}
