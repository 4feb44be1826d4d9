package davxml

import "bytes"

// tree builds the element whose start tag is in d.t, with all that is in it. It is iterative: the
// stack grows by what Limits.Depth allows.
func (d *Decoder) tree() (*Element, error) {
	d.doc = &document{}
	d.count = 0
	d.s.hold()
	floor := len(d.stack)
	if err := d.open(); err != nil {
		return nil, err
	}
	top := d.stack[floor].el
	for d.closeEmpty(); len(d.stack) > floor; {
		kind, token, err := d.s.next()
		if err != nil {
			return nil, err
		}
		if err := d.content(kind, token); err != nil {
			return nil, err
		}
	}
	d.doc.text = d.s.release()
	return top, nil
}

// content takes one token of an element's content.
func (d *Decoder) content(kind kind, token []byte) error {
	f := &d.stack[len(d.stack)-1]
	switch kind {
	case startTag:
		if err := d.parseTag(token); err != nil {
			return err
		}
		if err := d.open(); err != nil {
			return err
		}
		d.closeEmpty()
	case endTag:
		if err := d.matches(token); err != nil {
			return err
		}
		d.close()
	case charData:
		var msg string
		if f.text, msg = appendText(f.text, token); msg != "" {
			return d.s.syntax(msg)
		}
	case cdata:
		f.text = appendLines(f.text, token)
	case endOfInput:
		return d.s.syntax("body ends within an element")
	}
	return nil
}

func (d *Decoder) parseTag(token []byte) error {
	msg := d.t.parse(token, d.s.lim.Attrs)
	if msg == tooManyAttrs {
		return &LimitError{"Attrs", int64(d.s.lim.Attrs)}
	}
	if msg != "" {
		return d.s.syntax(msg)
	}
	return nil
}

// open pushes the element of d.t: its declarations come in scope, then its names are resolved.
func (d *Decoder) open() error {
	if len(d.stack) == d.s.lim.Depth {
		return &LimitError{"Depth", int64(d.s.lim.Depth)}
	}
	if d.count++; d.count > d.s.lim.Elements {
		return &LimitError{"Elements", int64(d.s.lim.Elements)}
	}
	el := &Element{doc: d.doc, start: d.s.token}
	f := frame{el: el}
	if n := len(d.stack); n > 0 {
		el.outer, el.lang = d.stack[n-1].scope, d.stack[n-1].lang
	}
	f.scope, f.lang = el.outer, el.lang
	if err := d.declare(&f); err != nil {
		return err
	}
	var err error
	if el.Name, err = d.resolve(f.scope, d.t.name, true); err != nil {
		return err
	}
	if err := d.attrs(&f); err != nil {
		return err
	}
	d.push(f)
	return nil
}

// push adds f to the stack, in the memory of the frame that was there before.
func (d *Decoder) push(f frame) {
	n := len(d.stack)
	if n < cap(d.stack) {
		old := d.stack[:n+1][n]
		f.name, f.text = old.name[:0], old.text[:0]
	}
	f.name = append(f.name, d.t.name...)
	d.stack = append(d.stack, f)
}

// declare brings the tag's namespace declarations in scope.
func (d *Decoder) declare(f *frame) error {
	for _, a := range d.t.attrs {
		var prefix string
		switch {
		case string(a.name) == "xmlns":
		case bytes.HasPrefix(a.name, []byte("xmlns:")):
			p, local, ok := split(a.name)
			if !ok || string(p) != "xmlns" {
				return d.s.syntax("name is not valid")
			}
			prefix = string(local)
		default:
			continue
		}
		var msg string
		if d.scratch, msg = appendValue(d.scratch[:0], a.value); msg != "" {
			return d.s.syntax(msg)
		}
		space := string(d.scratch)
		if !bindable(prefix, space) {
			return d.s.syntax("namespace declaration is not valid")
		}
		f.scope = f.scope.bind(prefix, space)
		if f.scope.depth > d.s.lim.Attrs {
			return &LimitError{"Attrs", int64(d.s.lim.Attrs)}
		}
	}
	return nil
}

// bindable tells what Namespaces in XML §2.2 and §3 leave open: only a default namespace may be
// undeclared, xml is itself and no other prefix, xmlns is nothing.
func bindable(prefix, space string) bool {
	if prefix == "xml" || space == XML {
		return prefix == "xml" && space == XML
	}
	return prefix != "xmlns" && space != xmlnsSpace && (prefix == "" || space != "")
}

// attrs resolves the tag's attributes; the same one twice is an error, by what it means and not only
// by how it is written.
func (d *Decoder) attrs(f *frame) error {
	for i, a := range d.t.attrs {
		if len(a.name) > d.s.lim.NameLen {
			return &LimitError{"NameLen", int64(d.s.lim.NameLen)}
		}
		for _, b := range d.t.attrs[:i] {
			if bytes.Equal(a.name, b.name) {
				return d.s.syntax("attribute given twice")
			}
		}
		if string(a.name) == "xmlns" || bytes.HasPrefix(a.name, []byte("xmlns:")) {
			continue
		}
		name, err := d.resolve(f.scope, a.name, false)
		if err != nil {
			return err
		}
		for _, b := range f.el.Attrs {
			if b.Name == name {
				return d.s.syntax("attribute given twice")
			}
		}
		var msg string
		if d.scratch, msg = appendValue(d.scratch[:0], a.value); msg != "" {
			return d.s.syntax(msg)
		}
		f.el.Attrs = append(f.el.Attrs, Attr{name, string(d.scratch)})
		if name == (Name{XML, "lang"}) {
			f.lang = string(d.scratch)
		}
	}
	return nil
}

// resolve gives the meaning of a qualified name. Attributes without a prefix have no namespace.
func (d *Decoder) resolve(scope *binding, qname []byte, element bool) (Name, error) {
	if len(qname) > d.s.lim.NameLen {
		return Name{}, &LimitError{"NameLen", int64(d.s.lim.NameLen)}
	}
	prefix, local, ok := split(qname)
	if !ok || string(prefix) == "xmlns" {
		return Name{}, d.s.syntax("name is not valid")
	}
	if len(prefix) == 0 && !element {
		return Name{Local: string(local)}, nil
	}
	space, ok := scope.lookup(string(prefix))
	if !ok {
		return Name{}, d.s.syntax("namespace prefix is not declared")
	}
	return Name{space, string(local)}, nil
}

// matches tells whether an end tag closes the innermost element.
func (d *Decoder) matches(token []byte) error {
	n := nameEnd(token)
	if !isBlank(token[n:]) || !bytes.Equal(token[:n], d.stack[len(d.stack)-1].name) {
		return d.s.syntax("end tag does not match")
	}
	return nil
}

func (d *Decoder) closeEmpty() {
	if d.t.empty {
		d.close()
	}
}

// close pops the innermost element and hands it to its parent within the tree.
func (d *Decoder) close() {
	n := len(d.stack) - 1
	f := &d.stack[n]
	f.el.Text = string(f.text)
	f.el.end = d.s.pos - d.s.base
	if n > 0 && d.stack[n-1].el.doc == d.doc {
		p := d.stack[n-1].el
		p.Children = append(p.Children, f.el)
	}
	d.stack = d.stack[:n]
}
