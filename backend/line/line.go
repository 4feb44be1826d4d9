// Package line reads and writes content lines, the common ground of iCalendar
// (RFC 5545 §3.1) and vCard (RFC 6350 §3.3), without losing a byte.
//
// A Line says what a content line means and where in the source it stands, so that whoever understands a
// body can still answer with the bytes that the client sent. Reading never fails: what is no content line is
// a Line without a name. Everything here takes time linear in its input, and memory bounded by named limits.
package line

// A Line is one content line: what it says, and where in the source it stands.
//
// The Lines of a source follow each other without gaps; only a UTF-8 byte order mark at the very beginning
// belongs to none. What has no colon, or no well-formed name before it, is a Line whose Name is "" and whose
// Value is all of it. A run of empty lines is one Line that has neither Name nor Value.
type Line struct {
	Start, End int     // physical extent in the source, folds and line ending included
	Group      string  // "item1" of item1.TEL, as written; "" without
	Name       string  // upper-case ASCII
	Params     []Param // in order
	Value      []byte  // unfolded, otherwise as written (escapes kept); aliases the source where it was not folded
}

// Param is one parameter of a line. A bare one of vCard 2.1 (TEL;HOME:) has its word as name and no values.
type Param struct {
	Name   string   // upper-case ASCII
	Values []string // without their quotes, RFC 6868-decoded
}

// Param returns the first value of the first parameter of that name, which is upper-case.
func (l *Line) Param(name string) (string, bool) {
	for i := range l.Params {
		if l.Params[i].Name != name {
			continue
		}
		if len(l.Params[i].Values) == 0 {
			return "", true
		}
		return l.Params[i].Values[0], true
	}
	return "", false
}

// Blank reports whether the line says nothing: a run of empty lines.
func (l *Line) Blank() bool { return l.Name == "" && len(l.Value) == 0 }
