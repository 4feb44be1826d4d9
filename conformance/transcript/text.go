package transcript

import (
	"fmt"
	"strconv"
	"strings"
)

// lineCheck compiles has, lacks, count and ~ for a calendar, a card or any other text.
func lineCheck(op, value string) (func(*exchange, string) error, error) {
	if value == "" {
		return nil, fmt.Errorf("%q wants a value", op)
	}
	switch op {
	case "~":
		match, err := textMatch(op, value)
		if err != nil {
			return nil, err
		}
		return func(x *exchange, got string) error { return match(x, unfold(got)) }, nil
	case "has", "lacks":
		return func(x *exchange, got string) error {
			want, err := x.vars.Expand(value)
			if err != nil {
				return err
			}
			if strings.Contains(unfold(got), want) != (op == "has") {
				return fmt.Errorf("want it to %s %q: %q", map[bool]string{true: "hold", false: "lack"}[op == "has"], want, got)
			}
			return nil
		}, nil
	case "count":
		n, text, _ := strings.Cut(value, " ")
		want, err := strconv.Atoi(n)
		if err != nil || text == "" {
			return nil, fmt.Errorf("count wants a number and a text, not %q", value)
		}
		return func(x *exchange, got string) error {
			if n := strings.Count(unfold(got), text); n != want {
				return fmt.Errorf("%d times %q, want %d: %q", n, text, want, got)
			}
			return nil
		}, nil
	}
	return nil, fmt.Errorf("unknown operator %q", op)
}

// unfold joins folded content lines (RFC 5545 §3.1) and makes all line ends LF.
func unfold(s string) string {
	s = lf(s)
	return strings.NewReplacer("\n ", "", "\n\t", "").Replace(s)
}

// lf makes line ends comparable: an XML parser turns CRLF into LF (XML 1.0 §2.11).
func lf(s string) string {
	return strings.ReplaceAll(s, "\r\n", "\n")
}
