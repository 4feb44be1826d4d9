package server

import (
	"bytes"

	"daycairn/backend/line"
)

// lineTexts are the texts of a line that any number of conditions look at. Each is made when it is first asked for.
type lineTexts struct {
	line   *line.Line
	values []value
	params [][]value
}

// value gives the text of the line's value.
func (t *lineTexts) value() []value {
	if t.values == nil {
		t.values = []value{{raw: t.line.Value, long: len(t.line.Value) > maxCasemapped}}
	}
	return t.values
}

// param gives the texts of a parameter's values.
func (t *lineTexts) param(i int) []value {
	if t.params == nil {
		t.params = make([][]value, len(t.line.Params))
	}
	if t.params[i] == nil {
		long := t.end() > maxCasemapped
		values := t.line.Params[i].Values
		t.params[i] = make([]value, len(values))
		for j := range values {
			t.params[i][j] = value{text: values[j], long: long}
		}
	}
	return t.params[i]
}

// end is how much of the line its parameters take, at most.
func (t *lineTexts) end() int { return t.line.End - t.line.Start - len(t.line.Value) }

// compound are the properties of cards whose value has parts, and what separates them (RFC 2426 §3, RFC 6350 §6).
var compound = map[string]string{
	"N": ";,", "ADR": ";,", "ORG": ";", "NICKNAME": ",", "CATEGORIES": ",",
}

// maxParts bounds the parts of a compound value that are tested one by one.
const maxParts = 256

// card gives the texts that a match may be found in: the unescaped value, and each part of a compound one.
func (t *lineTexts) card() []value {
	if t.values != nil {
		return t.values
	}
	whole := t.value()
	separators := compound[t.line.Name]
	if separators == "" || whole[0].long || countAny(t.line.Value, separators) >= maxParts {
		return whole
	}
	parts := [][]byte{t.line.Value}
	for _, sep := range []byte(separators) {
		var finer [][]byte
		for _, p := range parts {
			finer = append(finer, line.List(p, sep)...)
		}
		parts = finer
	}
	for _, p := range parts {
		t.values = append(t.values, value{raw: p})
	}
	return t.values
}

func countAny(value []byte, chars string) int {
	n := 0
	for i := range len(chars) {
		n += bytes.Count(value, []byte{chars[i]})
	}
	return n
}
