package ics

import (
	"iter"
	"strings"

	"daycairn/backend/line"
)

// maxText bounds the values that are worth searching; longer ones are data, not words.
const maxText = 64 << 10

// wordless are the properties whose values nobody searches for words.
var wordless = map[string]bool{
	"": true, "DTSTART": true, "DTEND": true, "DUE": true, "DURATION": true, "DTSTAMP": true, "CREATED": true,
	"LAST-MODIFIED": true, "COMPLETED": true, "RECURRENCE-ID": true, "RRULE": true, "EXRULE": true,
	"RDATE": true, "EXDATE": true, "FREEBUSY": true, "SEQUENCE": true, "TRIGGER": true, "REPEAT": true,
}

// Texts yields the property names and texts of the object's components and their alarms, escapes
// undone, for a search index. Dates, rules, binary values and values beyond 64 KiB are left out.
func (c *Calendar) Texts() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for comp := range c.Components() {
			if !yieldTexts(comp, yield) {
				return
			}
			for _, child := range comp.Children {
				if !yieldTexts(child, yield) {
					return
				}
			}
		}
	}
}

func yieldTexts(comp *line.Component, yield func(string, string) bool) bool {
	for i := range comp.Lines {
		l := &comp.Lines[i]
		if wordless[l.Name] || len(l.Value) == 0 || len(l.Value) > maxText || isBinary(l) {
			continue
		}
		if !yield(l.Name, line.Text(l.Value)) {
			return false
		}
	}
	return true
}

func isBinary(l *line.Line) bool {
	kind, _ := l.Param("VALUE")
	encoding, _ := l.Param("ENCODING")
	return strings.EqualFold(kind, "BINARY") || strings.EqualFold(encoding, "BASE64") || strings.EqualFold(encoding, "B")
}
