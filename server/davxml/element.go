package davxml

import "bytes"

// An Attr is one attribute. Namespace declarations are not among an element's attributes.
type Attr struct {
	Name  Name
	Value string
}

// An Element is one parsed element with all that is in it.
type Element struct {
	Name     Name
	Attrs    []Attr
	Children []*Element
	Text     string // the character data of this element, without its children's, concatenated

	doc        *document
	start, end int
	outer      *binding // the namespace declarations around it
	lang       string   // the xml:lang around it
}

// A document is the text that the elements of one tree were read from.
type document struct{ text []byte }

// A binding is one namespace declaration in scope, innermost first. The chain is at most
// Limits.Attrs long.
type binding struct {
	prefix string
	space  string
	next   *binding
	depth  int // how many there are from here on
}

func (b *binding) bind(prefix, space string) *binding {
	n := &binding{prefix: prefix, space: space, next: b, depth: 1}
	if b != nil {
		n.depth += b.depth
	}
	return n
}

// find gives the innermost declaration of a prefix, nil for none.
func (b *binding) find(prefix string) *binding {
	for b != nil && b.prefix != prefix {
		b = b.next
	}
	return b
}

// lookup resolves a prefix, "" for the default namespace; it is false for one that was not declared.
func (b *binding) lookup(prefix string) (string, bool) {
	if prefix == "xml" {
		return XML, true
	}
	if b = b.find(prefix); b != nil {
		return b.space, true
	}
	return "", prefix == ""
}

// Child gives the first child of that name, nil for none. It may be called on nil.
func (e *Element) Child(n Name) *Element {
	if e == nil {
		return nil
	}
	for _, c := range e.Children {
		if c.Name == n {
			return c
		}
	}
	return nil
}

// Attr gives the attribute of that local name and no namespace.
func (e *Element) Attr(local string) (string, bool) {
	if e == nil {
		return "", false
	}
	for _, a := range e.Attrs {
		if a.Name.Space == "" && a.Name.Local == local {
			return a.Value, true
		}
	}
	return "", false
}

// XML gives the element as the client wrote it, made to stand alone: the namespace declarations that
// it uses from around it and the xml:lang in scope (RFC 4918 §4.3) are added to its start tag. All
// other bytes are untouched, but for the encoding, which is UTF-8. It is nil for a root that
// Decoder.Root gave, since that is not held.
func (e *Element) XML() []byte {
	if e.doc == nil {
		return nil
	}
	text := e.doc.text[e.start:e.end]
	added := e.missing(text)
	if len(added) == 0 {
		return bytes.Clone(text)
	}
	n := 1 + nameEnd(text[1:])
	out := make([]byte, 0, len(text)+len(added))
	out = append(out, text[:n]...)
	out = append(out, added...)
	return append(out, text[n:]...)
}

// missing gives the attributes that the element's text lacks to stand alone.
func (e *Element) missing(text []byte) []byte {
	var added []byte
	for _, b := range e.uses(text) {
		added = append(added, " xmlns"...)
		if b.prefix != "" {
			added = append(added, ':')
			added = append(added, b.prefix...)
		}
		added = append(added, `="`...)
		added = appendEscapedValue(added, b.space)
		added = append(added, '"')
	}
	if e.lang != "" && !e.hasLang() {
		added = append(added, ` xml:lang="`...)
		added = appendEscapedValue(added, e.lang)
		added = append(added, '"')
	}
	return added
}

func (e *Element) hasLang() bool {
	for _, a := range e.Attrs {
		if a.Name == (Name{XML, "lang"}) {
			return true
		}
	}
	return false
}
