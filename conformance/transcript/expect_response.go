package transcript

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"daycairn/conformance/wire"
)

func sameSet(a, b []string) bool {
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(x, y)
}

func compileStatus(rest string) (func(*exchange) error, error) {
	f := strings.Fields(rest)
	if len(f) != 2 {
		return nil, errors.New("want: status HREF STATUS")
	}
	want, err := strconv.Atoi(f[1])
	if err != nil {
		return nil, fmt.Errorf("status %q", f[1])
	}
	return func(x *exchange) error {
		rs, err := x.responses(f[0])
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.Status != want {
				return fmt.Errorf("response %s has status %d, want %d", r.Href, r.Status, want)
			}
		}
		return nil
	}, nil
}

// compileFails looks for a condition in the D:error of a response or of one of its propstats.
func compileFails(rest string) (func(*exchange) error, error) {
	f := strings.Fields(rest)
	if len(f) != 2 {
		return nil, errors.New("want: fails HREF D:name")
	}
	name, err := wire.Name(f[1])
	if err != nil {
		return nil, err
	}
	return func(x *exchange) error {
		rs, err := x.responses(f[0])
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.Error != nil && r.Error.Child(name) != nil {
				return nil
			}
		}
		m, err := wire.ParseXML(x.answer.Body)
		if err != nil {
			return err
		}
		if m.Find(func(e *wire.Element) bool { return e.Name == name }) == nil {
			return fmt.Errorf("no %s in the answer: %s", f[1], x.answer.Body)
		}
		return nil
	}, nil
}

// compileError holds an error body to RFC 4918 §16: D:error with the one named element.
func compileError(rest string) (func(*exchange) error, error) {
	f := strings.Fields(rest)
	if len(f) != 1 && (len(f) != 3 || f[1] != "href") {
		return nil, errors.New("want: error NAME [href HREF]")
	}
	name, err := wire.Name(f[0])
	if err != nil {
		return nil, err
	}
	return func(x *exchange) error {
		if err := x.answer.CheckXMLType(); err != nil {
			return err
		}
		root, err := wire.ParseXML(x.answer.Body)
		if err != nil {
			return err
		}
		if root.Name != wire.MustName("D:error") || len(root.Children) != 1 || root.Children[0].Name != name {
			return fmt.Errorf("error body %s, want exactly %s", root.Canon(), f[0])
		}
		if len(f) == 1 {
			return nil
		}
		want, err := x.vars.Expand(f[2])
		if err != nil {
			return err
		}
		if got := root.Children[0].Value(); !samePath(got, want) {
			return fmt.Errorf("%s names %q, want %q", f[0], got, want)
		}
		return nil
	}, nil
}

func samePath(a, b string) bool {
	x, err := url.PathUnescape(a)
	y, err2 := url.PathUnescape(b)
	return err == nil && err2 == nil && x == y
}

func compileResponses(rest string) (func(*exchange) error, error) {
	want := strings.Fields(rest)
	if len(want) == 0 {
		return nil, errors.New("want hrefs, or none")
	}
	if len(want) == 1 && want[0] == "none" {
		want = nil
	}
	return func(x *exchange) error {
		m, err := x.multistatus()
		if err != nil {
			return err
		}
		var expect, got []string
		for _, w := range want {
			filled, err := x.vars.Expand(w)
			if err != nil {
				return err
			}
			path, err := url.PathUnescape(filled)
			if err != nil {
				return fmt.Errorf("href %q: %w", filled, err)
			}
			expect = append(expect, path)
		}
		for _, r := range m.Responses {
			path, err := url.PathUnescape(r.Href)
			if err != nil {
				return fmt.Errorf("href %q: %w", r.Href, err)
			}
			got = append(got, path)
		}
		if !sameSet(expect, got) {
			return fmt.Errorf("responses %v, want %v", got, expect)
		}
		return nil
	}, nil
}

func compileHas(has bool) compiler {
	return func(rest string) (func(*exchange) error, error) {
		if rest == "" {
			return nil, errors.New("want hrefs")
		}
		return func(x *exchange) error {
			m, err := x.multistatus()
			if err != nil {
				return err
			}
			for _, h := range strings.Fields(rest) {
				filled, err := x.vars.Expand(h)
				if err != nil {
					return err
				}
				if (m.At(filled) != nil) != has {
					return fmt.Errorf("%s among %s, want it there: %v", filled, hrefs(m), has)
				}
			}
			return nil
		}, nil
	}
}

func compileCount(rest string) (func(*exchange) error, error) {
	want, err := strconv.Atoi(rest)
	if err != nil {
		return nil, fmt.Errorf("count %q", rest)
	}
	return func(x *exchange) error {
		m, err := x.multistatus()
		if err != nil {
			return err
		}
		if len(m.Responses) != want {
			return fmt.Errorf("%d responses, want %d: %s", len(m.Responses), want, hrefs(m))
		}
		return nil
	}, nil
}

func compileToken(rest string) (func(*exchange) error, error) {
	op, value, _ := strings.Cut(rest, " ")
	match, err := textMatch(op, value)
	if err != nil {
		return nil, err
	}
	return func(x *exchange) error {
		m, err := x.multistatus()
		if err != nil {
			return err
		}
		if !m.HasToken {
			return errors.New("no D:sync-token in the answer")
		}
		return match(x, m.SyncToken)
	}, nil
}
