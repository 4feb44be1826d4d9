package wire

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

// Canon prints an element so that two elements are equal exactly when their prints are: namespaces spelled out,
// attributes and children sorted (no DAV property gives a meaning to their order), white space around children dropped.
func (e *Element) Canon() string {
	type frame struct {
		el   *Element
		done []string
	}
	stack := []frame{{el: e}}
	for {
		top := &stack[len(stack)-1]
		if n := len(top.done); n < len(top.el.Children) {
			stack = append(stack, frame{el: top.el.Children[n]})
			continue
		}
		printed := top.el.canonWith(top.done)
		stack = stack[:len(stack)-1]
		if len(stack) == 0 {
			return printed
		}
		up := &stack[len(stack)-1]
		up.done = append(up.done, printed)
	}
}

func (e *Element) canonWith(children []string) string {
	var b strings.Builder
	b.WriteString("<" + Short(e.Name))
	attrs := slices.Clone(e.Attr)
	slices.SortFunc(attrs, func(x, y xml.Attr) int {
		return cmp.Or(cmp.Compare(x.Name.Space, y.Name.Space), cmp.Compare(x.Name.Local, y.Name.Local))
	})
	for _, a := range attrs {
		name := a.Name.Local
		if a.Name.Space != "" {
			name = "{" + a.Name.Space + "}" + name
		}
		fmt.Fprintf(&b, " %s=%q", name, a.Value)
	}
	b.WriteString(">")
	text := e.Text
	if len(children) > 0 {
		text = strings.TrimSpace(text)
	}
	b.WriteString(text)
	sorted := slices.Clone(children)
	slices.Sort(sorted)
	for _, c := range sorted {
		b.WriteString(c)
	}
	b.WriteString("</>")
	return b.String()
}

// CanonAll prints several elements, order-free.
func CanonAll(els []*Element) string {
	prints := make([]string, 0, len(els))
	for _, e := range els {
		prints = append(prints, e.Canon())
	}
	slices.Sort(prints)
	return strings.Join(prints, "")
}
