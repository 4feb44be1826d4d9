package transcript

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"daycairn/conformance/wire"
)

// propRule is a compiled "prop" line without its href.
type propRule struct {
	name   xml.Name
	status int // 0: absent
	match  func(*exchange, *wire.Element) error
}

func compileProp(rest string) (func(*exchange) error, error) {
	f := strings.SplitN(rest, " ", 5)
	if len(f) < 3 {
		return nil, errors.New("want: prop HREF NAME STATUS …")
	}
	rule := propRule{}
	var err error
	if rule.name, err = wire.Name(f[1]); err != nil {
		return nil, err
	}
	if f[2] != "absent" {
		if rule.status, err = strconv.Atoi(f[2]); err != nil {
			return nil, fmt.Errorf("status %q", f[2])
		}
	}
	if len(f) > 3 {
		value := ""
		if len(f) == 5 {
			value = f[4]
		}
		if rule.match, err = compileElement(f[3], value); err != nil {
			return nil, err
		}
	}
	return func(x *exchange) error {
		rs, err := x.responses(f[0])
		if err != nil {
			return err
		}
		for _, r := range rs {
			if err := rule.check(x, r); err != nil {
				return fmt.Errorf("%s of %s: %w", f[1], r.Href, err)
			}
		}
		return nil
	}, nil
}

func (p propRule) check(x *exchange, r *wire.Response) error {
	prop := r.Prop(p.name)
	if prop == nil {
		if p.status == 0 {
			return nil
		}
		return fmt.Errorf("not in the answer (response status %d)", r.Status)
	}
	if prop.Status != p.status {
		return fmt.Errorf("status %d, want %d (0: absent)", prop.Status, p.status)
	}
	if p.match == nil {
		return nil
	}
	return p.match(x, prop.El)
}

// responses yields the one that a transcript names, or all for "*" (at least one).
func (x *exchange) responses(href string) ([]*wire.Response, error) {
	m, err := x.multistatus()
	if err != nil {
		return nil, err
	}
	if href == "*" {
		if len(m.Responses) == 0 {
			return nil, errors.New("no response at all")
		}
		return m.Responses, nil
	}
	filled, err := x.vars.Expand(href)
	if err != nil {
		return nil, err
	}
	r := m.At(filled)
	if r == nil {
		return nil, fmt.Errorf("no response for %s among %s", filled, hrefs(m))
	}
	return []*wire.Response{r}, nil
}

func hrefs(m *wire.Multistatus) string {
	var out []string
	for _, r := range m.Responses {
		out = append(out, r.Href)
	}
	return fmt.Sprint(out)
}

// compileElement compiles = != ~ is has lacks for an element.
func compileElement(op, value string) (func(*exchange, *wire.Element) error, error) {
	switch op {
	case "=", "!=", "~":
		match, err := textMatch(op, value)
		if err != nil {
			return nil, err
		}
		return func(x *exchange, el *wire.Element) error { return match(x, el.Value()) }, nil
	case "is":
		return func(x *exchange, el *wire.Element) error { return elementIs(x, el, value) }, nil
	case "has", "lacks":
		if !strings.HasPrefix(value, "<") {
			if _, err := wire.Name(value); err != nil {
				return nil, err
			}
		}
		return func(x *exchange, el *wire.Element) error {
			found, err := holds(x, el, value)
			if err != nil {
				return err
			}
			if found != (op == "has") {
				return fmt.Errorf("%s: want it to %s %s", el.Canon(), op, value)
			}
			return nil
		}, nil
	}
	return nil, fmt.Errorf("unknown operator %q", op)
}

// elementIs compares what is inside the property: its elements, or its text where the value has none.
func elementIs(x *exchange, el *wire.Element, value string) error {
	filled, err := x.vars.Expand(value)
	if err != nil {
		return err
	}
	want, err := wire.ParseFragment(filled)
	if err != nil {
		return err
	}
	if got, want := wire.CanonAll(el.Children), wire.CanonAll(want); got != want {
		return fmt.Errorf("holds %s, want %s", got, want)
	}
	return nil
}

func holds(x *exchange, el *wire.Element, value string) (bool, error) {
	if !strings.HasPrefix(value, "<") {
		name := wire.MustName(value)
		return el.Find(func(e *wire.Element) bool { return e.Name == name }) != nil, nil
	}
	filled, err := x.vars.Expand(value)
	if err != nil {
		return false, err
	}
	want, err := wire.ParseFragment(filled)
	if err != nil || len(want) != 1 {
		return false, fmt.Errorf("%s is not one element: %v", filled, err)
	}
	canon := want[0].Canon()
	return el.Find(func(e *wire.Element) bool { return e.Name == want[0].Name && e.Canon() == canon }) != nil, nil
}

// compileProps reads "HREF STATUS NAME…": exactly these have that status.
func compileProps(rest string) (func(*exchange) error, error) {
	f := strings.Fields(rest)
	if len(f) < 2 {
		return nil, errors.New("want: props HREF STATUS NAME…")
	}
	status, err := strconv.Atoi(f[1])
	if err != nil {
		return nil, fmt.Errorf("status %q", f[1])
	}
	for _, n := range f[2:] {
		if _, err := wire.Name(n); err != nil {
			return nil, err
		}
	}
	return func(x *exchange) error {
		rs, err := x.responses(f[0])
		if err != nil {
			return err
		}
		for _, r := range rs {
			var got []string
			for _, p := range r.Props {
				if p.Status == status {
					got = append(got, wire.Short(p.El.Name))
				}
			}
			if !sameSet(got, f[2:]) {
				return fmt.Errorf("%s has %v in %d %s, want %v", r.Href, got, status, http.StatusText(status), f[2:])
			}
		}
		return nil
	}, nil
}
