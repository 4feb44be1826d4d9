package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxDepth bounds the nesting of an answer that we are willing to read.
const maxDepth = 256

// An Element is one XML element. Text holds its own character data, pieces between children joined.
type Element struct {
	Name     xml.Name
	Attr     []xml.Attr // without namespace declarations
	Children []*Element
	Text     string
}

// ParseXML reads one whole document. It refuses what is not well-formed, undeclared prefixes and anything after the root.
func ParseXML(body []byte) (*Element, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	var root *Element
	var stack []*Element
	var texts []*strings.Builder
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("xml: %w", err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			el, err := newElement(t)
			if err != nil {
				return nil, err
			}
			if len(stack) == 0 && root != nil {
				return nil, errors.New("xml: a second root element")
			}
			if len(stack) == 0 {
				root = el
			} else {
				up := stack[len(stack)-1]
				up.Children = append(up.Children, el)
			}
			if len(stack) == maxDepth {
				return nil, fmt.Errorf("xml: deeper than %d", maxDepth)
			}
			stack, texts = append(stack, el), append(texts, new(strings.Builder))
		case xml.EndElement:
			last := len(stack) - 1
			stack[last].Text = texts[last].String()
			stack, texts = stack[:last], texts[:last]
		case xml.CharData:
			if len(stack) > 0 {
				texts[len(texts)-1].Write(t)
			} else if len(bytes.TrimSpace(t)) > 0 {
				return nil, fmt.Errorf("xml: text outside the root: %.40q", t)
			}
		case xml.Directive:
			return nil, fmt.Errorf("xml: directive %.40q", t)
		}
	}
	if root == nil {
		return nil, errors.New("xml: no element")
	}
	return root, nil
}

func newElement(t xml.StartElement) (*Element, error) {
	if t.Name.Space != "" && !strings.Contains(t.Name.Space, ":") {
		return nil, fmt.Errorf("xml: prefix %q of <%s> is not declared", t.Name.Space, t.Name.Local)
	}
	el := &Element{Name: t.Name}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" && a.Name.Space == "" {
			continue
		}
		el.Attr = append(el.Attr, xml.Attr{Name: a.Name, Value: a.Value})
	}
	return el, nil
}

// ParseFragment reads elements without a common root, in which our own prefixes are declared.
func ParseFragment(s string) ([]*Element, error) {
	root, err := ParseXML([]byte("<fragment" + Declarations() + ">" + s + "</fragment>"))
	if err != nil {
		return nil, err
	}
	return root.Children, nil
}

// Child yields the first child of that name, or nil.
func (e *Element) Child(n xml.Name) *Element {
	for _, c := range e.Children {
		if c.Name == n {
			return c
		}
	}
	return nil
}

// All yields every child of that name.
func (e *Element) All(n xml.Name) []*Element {
	var out []*Element
	for _, c := range e.Children {
		if c.Name == n {
			out = append(out, c)
		}
	}
	return out
}

// Attribute yields the value of an attribute without namespace.
func (e *Element) Attribute(local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// Find yields the first descendant for which ok holds, in document order, or nil.
func (e *Element) Find(ok func(*Element) bool) *Element {
	todo := slices.Clone(e.Children)
	for len(todo) > 0 {
		el := todo[0]
		if ok(el) {
			return el
		}
		todo = append(slices.Clone(el.Children), todo[1:]...)
	}
	return nil
}

// Value is the text of a property: its own, or that of the href which is its only child.
func (e *Element) Value() string {
	if len(e.Children) == 1 && e.Children[0].Name == MustName("D:href") {
		return strings.TrimSpace(e.Children[0].Text)
	}
	return e.Text
}
