package vcf

import (
	"slices"

	"daycairn/backend/line"
)

// An edit is a line being converted. Its parameters and value alias the line's until something changes.
type edit struct {
	index   int // of the line in its card
	line    *line.Line
	name    string
	params  []line.Param
	value   []byte
	changed bool
	dropped bool
	after   []byte // further lines that follow it
}

func (e *edit) fullName() string {
	if e.line.Group == "" {
		return e.name
	}
	return e.line.Group + "." + e.name
}

func (e *edit) setName(name string) {
	e.name, e.changed = name, true
}

func (e *edit) setValue(value []byte) {
	e.value, e.changed = value, true
}

// param returns the first value of the first such parameter.
func (e *edit) param(name string) (string, bool) {
	l := line.Line{Params: e.params}
	return l.Param(name)
}

// drop takes all parameters of these names away.
func (e *edit) drop(names ...string) {
	in := func(p line.Param) bool { return slices.Contains(names, p.Name) }
	if slices.ContainsFunc(e.params, in) {
		e.params = slices.DeleteFunc(slices.Clone(e.params), in)
		e.changed = true
	}
}

// add appends a parameter.
func (e *edit) add(name string, values ...string) {
	e.params = append(slices.Clip(e.params), line.Param{Name: name, Values: values})
	e.changed = true
}

// writable reports whether l can be written anew: line.Append refuses what would read as something else.
func writable(l *line.Line) bool {
	return len(line.Append(nil, l.Name, l.Params, l.Value)) > 0
}

// hasControl reports whether value holds what no line may hold (RFC 6350 §3.3).
func hasControl(value []byte) bool {
	return slices.ContainsFunc(value, func(c byte) bool { return c < ' ' && c != '\t' || c == 0x7F })
}
