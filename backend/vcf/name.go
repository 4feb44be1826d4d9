package vcf

import (
	"strings"

	"daycairn/backend/line"
)

// sorting says what a card is sorted by: SORT-STRING of 3.0, SORT-AS of its N in 4.0.
type sorting struct {
	name int        // where N is, -1 without
	by   *line.Line // SORT-STRING, nil without
}

func findSorting(lines []line.Line) sorting {
	s := sorting{name: -1}
	for i := range lines {
		switch {
		case lines[i].Name == "N" && s.name < 0:
			s.name = i
		case lines[i].Name == "SORT-STRING" && s.by == nil:
			s.by = &lines[i]
		}
	}
	return s
}

// movable reports whether SORT-STRING can become a parameter of N.
func (s sorting) movable(lines []line.Line) bool {
	if s.name < 0 || s.by == nil {
		return false
	}
	_, has := lines[s.name].Param("SORT-AS")
	return !has && writable(&lines[s.name]) && !hasControl(s.by.Value)
}

func name4(v *conversion, e *edit) {
	if e.index == v.sort.name && v.sort.movable(v.card.Lines()) {
		e.add("SORT-AS", line.Text(v.sort.by.Value))
	}
}

func sorting4(v *conversion, e *edit) {
	e.dropped = e.line == v.sort.by && v.sort.movable(v.card.Lines())
}

func name3(v *conversion, e *edit) {
	if e.index != v.sort.name || v.sort.by != nil {
		return
	}
	for _, p := range e.params {
		if p.Name != "SORT-AS" {
			continue
		}
		value := line.Escape(strings.Join(p.Values, ","))
		if after := line.Append(nil, "SORT-STRING", nil, []byte(value)); len(after) > 0 {
			e.after = after
			e.drop("SORT-AS")
		}
		return
	}
}

// missing3 writes N, which 3.0 requires and 4.0 does not (RFC 2426 §3.1.2): the whole name as the family name,
// since where it parts nobody knows.
func missing3(v *conversion) {
	if !v.has["FN"] {
		v.append("FN", line.Escape(v.card.displayName()))
	}
	if !v.has["N"] {
		v.append("N", line.Escape(v.card.displayName())+";;;;")
	}
}

// missing4 writes FN, which both versions require and cards lack nevertheless.
func missing4(v *conversion) {
	if !v.has["FN"] {
		v.append("FN", line.Escape(v.card.displayName()))
	}
}

// displayName returns what to call the card: FN, or the best that there is instead.
func (c *Card) displayName() string {
	for _, name := range []string{"FN", "N", "ORG", "NICKNAME", "EMAIL", "TEL", "UID"} {
		l := c.first(name)
		if l == nil {
			continue
		}
		value := line.Text(l.Value)
		if name == "N" {
			value = nameInOrder(l.Value)
		}
		if name == "ORG" {
			value = line.Text(line.List(l.Value, ';')[0])
		}
		if value = strings.TrimSpace(value); value != "" {
			return value
		}
	}
	return ""
}

// nameInOrder writes N as one says it: prefixes, given and additional names, family name, suffixes.
func nameInOrder(value []byte) string {
	parts := line.List(value, ';')
	var said []string
	for _, i := range []int{3, 1, 2, 0, 4} {
		if i >= len(parts) {
			continue
		}
		for _, part := range line.List(parts[i], ',') {
			if text := strings.TrimSpace(line.Text(part)); text != "" {
				said = append(said, text)
			}
		}
	}
	return strings.Join(said, " ")
}
