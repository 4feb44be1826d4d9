package vcf

import (
	"strings"

	"daycairn/backend/line"
)

// A Prop asks for the lines of one property: CARDDAV:prop (RFC 6352 §10.4.2).
type Prop struct {
	Name    string // with a group ("X-ABC.TEL") only lines of that group, else those of any and of none
	NoValue bool   // the line only up to its colon
}

// Select returns body with only the lines that props ask for, as they were written, and BEGIN, VERSION and END,
// without which it would be no card. Without props, or if there is no card in it, it is body itself.
func Select(body []byte, props []Prop) []byte {
	if len(props) == 0 {
		return body
	}
	c, err := Parse(body)
	if err != nil || c.card == nil {
		return body
	}
	wanted := newSelection(props)
	begin, end := c.frame()
	out := append(make([]byte, 0, len(body)), begin...)
	for i := range c.card.Lines {
		l := &c.card.Lines[i]
		raw := body[l.Start:l.End]
		switch noValue, ok := wanted.match(l); {
		case l.Name == "VERSION", ok && !noValue:
			out = append(out, raw...)
		case ok:
			content := line.Unfold(raw)
			out = append(out, content[:len(content)-len(l.Value)]...)
			out = append(out, "\r\n"...)
		}
	}
	return append(out, end...)
}

// frame returns the lines that begin and end the card, as written.
func (c *Card) frame() (begin, end []byte) {
	for l := range line.Read(c.source[c.card.Start:c.card.End]) {
		begin = c.source[c.card.Start : c.card.Start+l.End]
		break
	}
	last := c.card.Start + len(begin)
	if n := len(c.card.Lines); n > 0 {
		last = max(last, c.card.Lines[n-1].End)
	}
	if n := len(c.card.Children); n > 0 {
		last = max(last, c.card.Children[n-1].End)
	}
	return begin, c.source[last:c.card.End]
}

// A selection is a set of props: by name in upper case, and by group in lower case before it.
type selection map[string]Prop

func newSelection(props []Prop) selection {
	s := make(selection, len(props))
	for _, p := range props {
		key := strings.ToUpper(p.Name)
		if dot := strings.LastIndexByte(p.Name, '.'); dot >= 0 {
			key = groupKey(p.Name[:dot], strings.ToUpper(p.Name[dot+1:]))
		}
		if old, ok := s[key]; ok {
			p.NoValue = p.NoValue && old.NoValue
		}
		s[key] = p
	}
	return s
}

// match tells whether l is asked for, and whether without its value. Groups and names have no case
// (RFC 6350 §3.3).
func (s selection) match(l *line.Line) (noValue, ok bool) {
	if l.Name == "" {
		return false, false
	}
	every, ok := s[l.Name]
	noValue = every.NoValue
	if l.Group == "" {
		return noValue, ok
	}
	if own, inGroup := s[groupKey(l.Group, l.Name)]; inGroup {
		noValue = own.NoValue && (noValue || !ok)
		ok = true
	}
	return noValue, ok
}

func groupKey(group, name string) string { return strings.ToLower(group) + "." + name }
