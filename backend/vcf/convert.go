package vcf

import (
	"fmt"

	"daycairn/backend/line"
)

// Convert returns the card in body as one of the version asked for, 3.0 or 4.0. It is for the answer of a
// REPORT (RFC 6352 §10.4), never for the store: what has no counterpart is kept as a line that the other version
// does not know. A card of that version already is returned as body itself, byte for byte. In one that is converted
// all lines end with CRLF; what stands before and behind the card in body is left out.
//
// What cannot be converted is an *Invalid with the condition supported-address-data-conversion.
func Convert(body []byte, version string) ([]byte, error) {
	c, err := Parse(body)
	if err != nil {
		return nil, &Invalid{Condition: SupportedAddressDataConversion, Detail: "it cannot be read", Err: err}
	}
	from := c.Version()
	switch {
	case c.card == nil || c.cards > 1:
		return nil, &Invalid{Condition: SupportedAddressDataConversion, Detail: "it is not one card"}
	case from == version:
		return body, nil
	case from == V3 && version == V4:
		return c.convert(to4).out, nil
	case from == V4 && version == V3:
		return c.convert(to3).out, nil
	}
	return nil, &Invalid{
		Condition: SupportedAddressDataConversion,
		Detail:    fmt.Sprintf("from %.*q to %.*q", maxQuoted, from, maxQuoted, version),
	}
}

// A direction is the table of what changes on the way to a version.
type direction struct {
	version string
	params  func(*conversion, *edit)            // for the properties in typed
	rules   map[string]func(*conversion, *edit) // by name
	missing func(*conversion)                   // writes what this version requires and the card lacks
}

var (
	to4 = direction{V4, params4, rules4, missing4}
	to3 = direction{V3, params3, rules3, missing3}
)

// A conversion is one card on its way.
type conversion struct {
	card *Card
	out  []byte
	direction
	has    map[string]bool // names of properties that the card has, as they will be called
	best   map[string]int  // name → its lowest PREF
	labels labels
	sort   sorting
}

func (c *Card) convert(to direction) *conversion {
	v := &conversion{card: c, direction: to, out: make([]byte, 0, len(c.source)+256)}
	v.survey()
	v.append("BEGIN", "VCARD")
	v.append("VERSION", to.version)
	v.missing(v)
	children := c.card.Children
	for i := range c.card.Lines {
		l := &c.card.Lines[i]
		for len(children) > 0 && children[0].Start < l.Start {
			v.copy(children[0].Start, children[0].End)
			children = children[1:]
		}
		v.line(i, l)
	}
	for _, child := range children {
		v.copy(child.Start, child.End)
	}
	v.append("END", "VCARD")
	return v
}

// copy writes a stretch of the source as it is, but for its line endings: a card that mixes them with those of the
// new lines is read by few.
func (v *conversion) copy(start, end int) {
	v.out = appendCRLF(v.out, v.card.source[start:end])
}

// append writes a new line.
func (v *conversion) append(name, value string) {
	v.out = line.Append(v.out, name, nil, []byte(value))
}

// line converts one line.
func (v *conversion) line(index int, l *line.Line) {
	if l.Name == "VERSION" {
		return
	}
	e := edit{index: index, line: l, name: l.Name, params: l.Params, value: l.Value}
	if typed[l.Name] {
		v.params(v, &e)
	}
	if rule := v.rules[l.Name]; rule != nil {
		rule(v, &e)
	}
	v.write(&e)
}

// write writes a line as it was if nothing in it changed, or if it holds what no line may hold.
func (v *conversion) write(e *edit) {
	if e.dropped {
		return
	}
	if e.changed {
		before := len(v.out)
		v.out = line.Append(v.out, e.fullName(), e.params, e.value)
		if len(v.out) > before {
			v.out = append(v.out, e.after...)
			return
		}
	}
	v.copy(e.line.Start, e.line.End)
}

// survey learns what the rules must know of the whole card before they see its lines.
func (v *conversion) survey() {
	v.has = make(map[string]bool, 16)
	v.best = make(map[string]int)
	lines := v.card.Lines()
	for i := range lines {
		l := &lines[i]
		v.has[l.Name] = true
		if n, ok := preference(l); ok && (v.best[l.Name] == 0 || n < v.best[l.Name]) {
			v.best[l.Name] = n
		}
	}
	v.labels = matchLabels(lines)
	v.sort = findSorting(lines)
}
