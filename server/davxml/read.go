package davxml

import "io"

// A Decoder reads a body child by child of its root, so that a multiget of any length is never held
// as a whole. Its errors are *SyntaxError, *LimitError, ErrEmpty, or wrap those of the reader; after
// one it gives no more elements.
type Decoder struct {
	s     *scanner
	t     tag
	stack []frame // the open elements; the root is stack[0] once Root was called
	root  *Element
	ended bool      // the root has
	count int       // elements of the current tree
	doc   *document // of the current tree
	err   error

	scratch []byte
}

// A frame is an open element.
type frame struct {
	el    *Element
	name  []byte // as written: the end tag must be the same
	scope *binding
	lang  string
	text  []byte
}

// NewDecoder gives a decoder of r. It reads nothing yet.
func NewDecoder(r io.Reader, lim Limits) *Decoder {
	return &Decoder{s: newScanner(r, lim.orDefault())}
}

// Parse reads a whole body as a tree.
func Parse(r io.Reader, lim Limits) (*Element, error) {
	d := NewDecoder(r, lim)
	if err := d.begin(); err != nil {
		return nil, err
	}
	root, err := d.tree()
	if err != nil {
		return nil, err
	}
	return root, d.epilog()
}

// Root reads the start of the root element: its name and attributes. Children come from Next.
func (d *Decoder) Root() (*Element, error) {
	if d.root != nil || d.err != nil {
		return d.root, d.err
	}
	if d.err = d.begin(); d.err != nil {
		return nil, d.err
	}
	if d.err = d.open(); d.err != nil {
		return nil, d.err
	}
	d.root = d.stack[0].el
	d.ended = d.t.empty
	return d.root, nil
}

// Next reads the next child of the root with all that is in it; text between children is passed
// over. It is io.EOF once the root has ended and nothing but comments follow.
func (d *Decoder) Next() (*Element, error) {
	if _, err := d.Root(); err != nil {
		return nil, err
	}
	el, err := d.child()
	d.err = err
	return el, err
}

func (d *Decoder) child() (*Element, error) {
	for !d.ended {
		kind, token, err := d.s.next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case startTag:
			if err := d.parseTag(token); err != nil {
				return nil, err
			}
			return d.tree()
		case endTag:
			d.ended = true
			if err := d.matches(token); err != nil {
				return nil, err
			}
		case endOfInput:
			return nil, d.s.syntax("body ends within the root element")
		case charData:
			var msg string
			if d.scratch, msg = appendText(d.scratch[:0], token); msg != "" {
				return nil, d.s.syntax(msg)
			}
		}
	}
	if err := d.epilog(); err != nil {
		return nil, err
	}
	return nil, io.EOF
}

// begin reads up to the root's start tag, which is then in d.t.
func (d *Decoder) begin() error {
	r, seen, err := prolog(d.s.r)
	if err != nil {
		d.s.err = err
		return d.s.failure("its first bytes")
	}
	d.s.r = r
	for {
		kind, token, err := d.s.next()
		switch {
		case err != nil:
			return err
		case kind == startTag:
			return d.parseTag(token)
		case kind == misc:
			seen = true
		case kind == endOfInput && !seen:
			return ErrEmpty
		case kind == endOfInput:
			return d.s.syntax("body has no element")
		case kind != charData || !isBlank(token):
			return d.s.syntax("content before the root element")
		}
	}
}

// epilog reads what follows the root: white space, comments and processing instructions.
func (d *Decoder) epilog() error {
	for {
		kind, token, err := d.s.next()
		switch {
		case err != nil:
			return err
		case kind == endOfInput:
			return nil
		case kind == misc, kind == charData && isBlank(token):
		default:
			return d.s.syntax("content after the root element")
		}
	}
}

func isBlank(b []byte) bool { return len(trimSpace(b)) == 0 }
