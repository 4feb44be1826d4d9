package line

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// What Parse takes from one source, besides MaxParams and MaxValues for each line. A line of three bytes is held in a
// hundred, so these bound the memory that a small source can take; 10 MiB of what clients write stay far below.
const (
	MaxDepth       = 64
	MaxComponents  = 50_000
	MaxLines       = 250_000
	MaxAllParams   = 1_000_000 // parameters and their values, all lines together
	maxNameInError = 40
)

// Why Parse refuses a source.
var (
	ErrUnbalanced = errors.New("BEGIN and END do not match")
	ErrTooDeep    = errors.New("components are nested too deeply")
	ErrTooMany    = errors.New("more components, lines or parameters than we read")
)

// An Error says what is wrong with a source, and where. It wraps one of the errors above.
type Error struct {
	Offset int    // where the line that shows it begins; the source's length if that is its end
	Detail string // the component in question, or the limit
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("at byte %d: %v: %s", e.Offset, e.Err, e.Detail) }
func (e *Error) Unwrap() error { return e.Err }

// A Component is what stands between a BEGIN and its END.
type Component struct {
	Name       string // upper case
	Start, End int    // from the BEGIN line to the end of the END line
	Lines      []Line // its own, without BEGIN, END, and empty lines
	Children   []*Component
	Parent     *Component // nil at the top
}

// A Document is a source read as components.
type Document struct {
	Source     []byte
	Components []*Component // at the top, in order
	Stray      []Line       // outside every component; no empty lines
}

// Parse reads source into its components. It refuses, with an *Error, what is unbalanced or exceeds a limit,
// and nothing else: lines without sense stay where they stand, without a name.
func Parse(source []byte) (*Document, error) {
	t := tree{doc: &Document{Source: source}}
	for l := range Read(source) {
		if err := t.add(&l); err != nil {
			return nil, err
		}
	}
	if c := t.open; c != nil {
		return nil, &Error{Offset: len(source), Detail: shorten(c.Name) + " is not ended", Err: ErrUnbalanced}
	}
	return t.doc, nil
}

// A tree is a document being built; open is the innermost component that has not ended.
type tree struct {
	doc        *Document
	open       *Component
	depth      int
	pending    []Line        // of the components that have not ended, outermost first
	from       [MaxDepth]int // where in pending each begins
	lines      int
	components int
	params     int
}

// add puts l where it belongs.
func (t *tree) add(l *Line) error {
	if err := t.count(l); err != nil {
		return err
	}
	switch {
	case l.Blank():
	case l.Name == "BEGIN" && l.Group == "":
		return t.begin(l)
	case l.Name == "END" && l.Group == "":
		return t.end(l)
	case t.open == nil:
		t.doc.Stray = append(t.doc.Stray, *l)
	default:
		t.keep(l)
	}
	return nil
}

// keep holds a line until its component ends and how many it has is known: so it takes one allocation, of its size.
func (t *tree) keep(l *Line) {
	if len(t.pending) == cap(t.pending) {
		t.pending = slices.Grow(t.pending, max(32, len(t.pending))) // doubles: append alone would copy five times as much
	}
	t.pending = append(t.pending, *l)
}

// count holds l and everything before it against the limits.
func (t *tree) count(l *Line) error {
	t.lines++
	values := 0
	for i := range l.Params {
		values += len(l.Params[i].Values)
	}
	t.params += len(l.Params) + values
	if t.lines > MaxLines || len(l.Params) > MaxParams || values > MaxValues || t.params > MaxAllParams {
		return &Error{Offset: l.Start, Detail: "lines or parameters", Err: ErrTooMany}
	}
	return nil
}

func (t *tree) begin(l *Line) error {
	c := &Component{Name: componentName(l.Value), Start: l.Start, Parent: t.open}
	if t.components++; t.components > MaxComponents {
		return &Error{Offset: l.Start, Detail: "components", Err: ErrTooMany}
	}
	if t.depth++; t.depth > MaxDepth {
		return &Error{Offset: l.Start, Detail: shorten(c.Name), Err: ErrTooDeep}
	}
	if t.open == nil {
		t.doc.Components = append(t.doc.Components, c)
	} else {
		t.open.Children = append(t.open.Children, c)
	}
	t.open = c
	t.from[t.depth-1] = len(t.pending)
	return nil
}

func (t *tree) end(l *Line) error {
	name := componentName(l.Value)
	if t.open == nil || t.open.Name != name {
		return &Error{Offset: l.Start, Detail: "END:" + shorten(name), Err: ErrUnbalanced}
	}
	t.depth--
	if own := t.pending[t.from[t.depth]:]; len(own) > 0 {
		t.open.Lines = make([]Line, len(own))
		copy(t.open.Lines, own)
		t.pending = t.pending[:t.from[t.depth]]
	}
	t.open.End = l.End
	t.open = t.open.Parent
	return nil
}

// componentName forgives blanks around a name, which real files have, and lower case, which RFC 5545 §2 allows.
func componentName(value []byte) string { return upper(bytes.TrimSpace(value)) }

func shorten(s string) string { return fmt.Sprintf("%.*q", maxNameInError, s) }
