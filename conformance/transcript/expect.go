package transcript

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// A compiler turns the words after an expectation's first into a check.
type compiler func(rest string) (func(*exchange) error, error)

// expectations are the words that an expectation may begin with; anything else is a header.
var expectations map[string]compiler

func init() {
	expectations = map[string]compiler{
		"!":          compileAbsent,
		"error":      compileError,
		"prop":       compileProp,
		"props":      compileProps,
		"status":     compileStatus,
		"fails":      compileFails,
		"responses":  compileResponses,
		"has":        compileHas(true),
		"lacks":      compileHas(false),
		"count":      compileCount,
		"sync-token": compileToken,
		"data":       compileData,
		"body":       compileBody,
		"xml":        compileXML,
		"let":        compileLet,
	}
}

func compile(first bool, text string) (expectation, error) {
	e := expectation{text: text}
	var err error
	if first {
		e.check, err = compileStatusLine(text)
		return e, err
	}
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	if c, ok := expectations[word]; ok {
		e.check, err = c(rest)
	} else {
		e.check, err = compileHeader(word, rest)
	}
	if err != nil {
		return e, fmt.Errorf("%q: %w", text, err)
	}
	return e, nil
}

var statusPattern = regexp.MustCompile(`^[1-5]([0-9][0-9]|xx)(\|[1-5]([0-9][0-9]|xx))*$`)

func compileStatusLine(text string) (func(*exchange) error, error) {
	if !statusPattern.MatchString(text) {
		return nil, fmt.Errorf("the first expectation must be a status: %q", text)
	}
	return func(x *exchange) error {
		got := strconv.Itoa(x.answer.Status)
		for _, want := range strings.Split(text, "|") {
			if want == got || want == got[:1]+"xx" {
				return nil
			}
		}
		return fmt.Errorf("status %s, want %s", got, text)
	}, nil
}

func compileAbsent(name string) (func(*exchange) error, error) {
	if name == "" || strings.Contains(name, " ") {
		return nil, errors.New("want one header name")
	}
	return func(x *exchange) error {
		if got := x.answer.Header.Values(name); len(got) > 0 {
			return fmt.Errorf("header %s: %q, want none", name, got)
		}
		return nil
	}, nil
}

// compileHeader reads "Header: value", "Header ~ pattern", "Header has token" and "Header lacks token".
func compileHeader(word, rest string) (func(*exchange) error, error) {
	name, colon := strings.CutSuffix(word, ":")
	if name == "" || name[0] < 'A' || name[0] > 'Z' {
		return nil, fmt.Errorf("unknown expectation %q", word)
	}
	op, value := "=", rest
	if !colon {
		op, value, _ = strings.Cut(rest, " ")
	}
	switch op {
	case "=", "!=", "~":
		match, err := textMatch(op, value)
		if err != nil {
			return nil, err
		}
		return func(x *exchange) error {
			if err := match(x, strings.Join(x.answer.Header.Values(name), ", ")); err != nil {
				return fmt.Errorf("header %s: %w", name, err)
			}
			return nil
		}, nil
	case "has", "lacks":
		return func(x *exchange) error { return tokens(x.answer.Header, name, value, op == "has") }, nil
	}
	return nil, fmt.Errorf("unknown operator %q", op)
}

func tokens(h http.Header, name, want string, has bool) error {
	for _, t := range strings.Split(strings.Join(h.Values(name), ","), ",") {
		if strings.TrimSpace(t) == want {
			if has {
				return nil
			}
			return fmt.Errorf("header %s holds %s: %q", name, want, h.Values(name))
		}
	}
	if has {
		return fmt.Errorf("header %s lacks %s: %q", name, want, h.Values(name))
	}
	return nil
}

// textMatch compiles = text, != text and ~ pattern. Variables are filled in when it runs.
func textMatch(op, value string) (func(*exchange, string) error, error) {
	switch op {
	case "=", "!=":
		return func(x *exchange, got string) error {
			want, err := x.vars.Expand(value)
			if err != nil {
				return err
			}
			if (strings.TrimSpace(got) == want) != (op == "=") {
				return fmt.Errorf("%q, want %s %q", got, op, want)
			}
			return nil
		}, nil
	case "~":
		if _, err := regexp.Compile(variable.ReplaceAllString(value, "x")); err != nil {
			return nil, fmt.Errorf("pattern: %w", err)
		}
		return func(x *exchange, got string) error {
			pattern, err := expandPattern(x.vars, value)
			if err != nil {
				return err
			}
			if !pattern.MatchString(got) {
				return fmt.Errorf("%q does not match %s", got, pattern)
			}
			return nil
		}, nil
	}
	return nil, fmt.Errorf("unknown operator %q", op)
}

func expandPattern(v *Vars, value string) (*regexp.Regexp, error) {
	quoted := NewVars(nil)
	for k, s := range v.set {
		quoted.set[k] = regexp.QuoteMeta(s)
	}
	filled, err := quoted.Expand(value)
	if err != nil {
		return nil, err
	}
	for name := range quoted.used {
		v.used[name] = true
	}
	return regexp.Compile(filled)
}

func compileBody(rest string) (func(*exchange) error, error) {
	if rest == "empty" {
		return func(x *exchange) error {
			if len(x.answer.Body) > 0 {
				return fmt.Errorf("body of %d bytes, want none: %.200q", len(x.answer.Body), x.answer.Body)
			}
			return nil
		}, nil
	}
	op, value, _ := strings.Cut(rest, " ")
	if op == "==" {
		return func(x *exchange) error {
			want, err := x.vars.Expand(value)
			if err != nil {
				return err
			}
			if string(x.answer.Body) != want {
				return fmt.Errorf("body %q, want byte for byte %q", x.answer.Body, want)
			}
			return nil
		}, nil
	}
	check, err := lineCheck(op, value)
	if err != nil {
		return nil, err
	}
	return func(x *exchange) error { return check(x, string(x.answer.Body)) }, nil
}
