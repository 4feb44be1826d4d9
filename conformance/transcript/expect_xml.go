package transcript

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"daycairn/conformance/wire"
)

// compileXML looks into any XML body: mkcol-response, principal-search-property-set, DAV:error.
func compileXML(rest string) (func(*exchange) error, error) {
	word, arg, _ := strings.Cut(rest, " ")
	switch word {
	case "root":
		name, err := wire.Name(arg)
		if err != nil {
			return nil, err
		}
		return withXML(func(_ *exchange, root *wire.Element) error {
			if root.Name != name {
				return fmt.Errorf("root is %s, want %s", wire.Short(root.Name), arg)
			}
			return nil
		}), nil
	case "has", "lacks":
		path, err := readPath(arg)
		if err != nil {
			return nil, err
		}
		return withXML(func(_ *exchange, root *wire.Element) error {
			if (len(follow(root, path)) > 0) != (word == "has") {
				return fmt.Errorf("want it to %s %s: %s", word, arg, root.Canon())
			}
			return nil
		}), nil
	case "count":
		return compileXMLCount(arg)
	}
	op, value, _ := strings.Cut(arg, " ")
	path, err := readPath(word)
	if err != nil {
		return nil, err
	}
	match, err := textMatch(op, value)
	if err != nil {
		return nil, err
	}
	return withXML(func(x *exchange, root *wire.Element) error {
		for _, el := range follow(root, path) {
			if match(x, el.Value()) == nil {
				return nil
			}
		}
		return fmt.Errorf("no %s with %s %s: %s", word, op, value, root.Canon())
	}), nil
}

func compileXMLCount(arg string) (func(*exchange) error, error) {
	n, name, _ := strings.Cut(arg, " ")
	want, err := strconv.Atoi(n)
	if err != nil {
		return nil, fmt.Errorf("count %q", n)
	}
	path, err := readPath(name)
	if err != nil {
		return nil, err
	}
	return withXML(func(_ *exchange, root *wire.Element) error {
		if got := len(follow(root, path)); got != want {
			return fmt.Errorf("%d times %s, want %d: %s", got, name, want, root.Canon())
		}
		return nil
	}), nil
}

func withXML(check func(*exchange, *wire.Element) error) func(*exchange) error {
	return func(x *exchange) error {
		if err := x.answer.CheckXMLType(); err != nil {
			return err
		}
		root, err := wire.ParseXML(x.answer.Body)
		if err != nil {
			return err
		}
		return check(x, root)
	}
}

func readPath(s string) ([]xml.Name, error) {
	if s == "" {
		return nil, errors.New("want a path like D:a/D:b")
	}
	var path []xml.Name
	for _, part := range strings.Split(s, "/") {
		n, err := wire.Name(part)
		if err != nil {
			return nil, err
		}
		path = append(path, n)
	}
	return path, nil
}

// follow yields the children of the root that the path leads to; the root itself is not named in it.
func follow(root *wire.Element, path []xml.Name) []*wire.Element {
	at := []*wire.Element{root}
	for _, name := range path {
		var next []*wire.Element
		for _, el := range at {
			next = append(next, el.All(name)...)
		}
		at = next
	}
	return at
}
