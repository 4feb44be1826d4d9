// Package vcf understands vCards (RFC 6350, RFC 2426) without rewriting them: what a stored card says, whether
// a book may hold it (RFC 6352 §5.1), and what of it a REPORT answers with (§10.4), in the version asked for.
//
// Stored bytes are never touched. Select and Convert make new bytes for one answer, and keep every line that
// they need not change as the client wrote it.
package vcf

import (
	"bytes"
	"strings"

	"daycairn/backend/line"
)

// The versions that we keep and convert between.
const (
	V3 = "3.0"
	V4 = "4.0"
)

// A Card is a body read as a vCard. Of a body with several it is the first; one without any has no lines.
type Card struct {
	source []byte
	card   *line.Component // nil without any
	cards  int             // at the top of the body
	others int             // components at the top that are none
}

// Parse reads body. What cannot be read as components at all is an *Invalid; whether the card is one that a
// book may hold, Check tells. The card aliases body.
func Parse(body []byte) (*Card, error) {
	doc, err := line.Parse(body)
	if err != nil {
		return nil, &Invalid{Condition: ValidAddressData, Detail: "not a vCard: " + err.Error(), Err: err}
	}
	c := &Card{source: body}
	for _, top := range doc.Components {
		switch {
		case top.Name != "VCARD":
			c.others++
		case c.card == nil:
			c.card = top
			c.cards++
		default:
			c.cards++
		}
	}
	return c, nil
}

// Lines returns the properties of the card in order, those without a name too, but not BEGIN and END.
func (c *Card) Lines() []line.Line {
	if c.card == nil {
		return nil
	}
	return c.card.Lines
}

// UID returns the unescaped UID, "" without. Of several it is the first that is not empty.
func (c *Card) UID() string {
	lines := c.Lines()
	for i := range lines {
		if lines[i].Name != "UID" {
			continue
		}
		if uid := strings.TrimSpace(line.Text(lines[i].Value)); uid != "" {
			return uid
		}
	}
	return ""
}

// Version returns what the card says of itself. One that says nothing counts as 3.0, the default of
// RFC 6352 §10.4.
func (c *Card) Version() string {
	if l := c.first("VERSION"); l != nil {
		return string(bytes.TrimSpace(l.Value))
	}
	return V3
}

// Kind returns the lower-case kind of the card: KIND (RFC 6350 §6.1.4) or what Apple writes for it in 3.0;
// "individual" without.
func (c *Card) Kind() string {
	for _, name := range []string{"KIND", "X-ADDRESSBOOKSERVER-KIND"} {
		if l := c.first(name); l != nil {
			return strings.ToLower(strings.TrimSpace(line.Text(l.Value)))
		}
	}
	return "individual"
}

// first returns the first line of that name, or nil.
func (c *Card) first(name string) *line.Line {
	lines := c.Lines()
	for i := range lines {
		if lines[i].Name == name {
			return &lines[i]
		}
	}
	return nil
}
