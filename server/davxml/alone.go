package davxml

import (
	"bytes"
	"io"
)

// uses gives the declarations of e.outer that text, the element as written, refers to. The text was
// well-formed when it was read, so the walk over it has no errors to tell.
func (e *Element) uses(text []byte) []*binding {
	s := &scanner{buf: text, valid: len(text), lim: Limits{TagLen: len(text)}, err: io.EOF}
	var (
		used  []*binding
		t     tag
		inner []*binding // the declarations inside the element, one entry for each open element
		scope *binding
	)
	for {
		kind, token, err := s.next()
		if err != nil || kind == endOfInput {
			return used
		}
		switch kind {
		case startTag:
			t.parse(token, len(token))
			inner = append(inner, scope)
			for _, a := range t.attrs {
				if prefix, ok := declares(a.name); ok {
					scope = scope.bind(prefix, "")
				}
			}
			used = e.mark(used, scope, t.name, true)
			for _, a := range t.attrs {
				if _, ok := declares(a.name); !ok {
					used = e.mark(used, scope, a.name, false)
				}
			}
			if !t.empty {
				continue
			}
		case endTag:
		default:
			continue
		}
		scope, inner = inner[len(inner)-1], inner[:len(inner)-1]
	}
}

// declares gives the prefix that an attribute of that name binds.
func declares(name []byte) (string, bool) {
	if prefix, ok := bytes.CutPrefix(name, []byte("xmlns:")); ok {
		return string(prefix), true
	}
	return "", string(name) == "xmlns"
}

// mark adds the outer declaration that qname needs to used, once.
func (e *Element) mark(used []*binding, inside *binding, qname []byte, element bool) []*binding {
	prefix, _, _ := split(qname)
	if len(prefix) == 0 && !element || string(prefix) == "xml" {
		return used
	}
	if inside.find(string(prefix)) != nil {
		return used
	}
	b := e.outer.find(string(prefix))
	if b == nil || b.prefix == "" && b.space == "" {
		return used
	}
	for _, u := range used {
		if u == b {
			return used
		}
	}
	return append(used, b)
}
