package davxml

import "io"

// flushAt is how much a Writer gathers before it writes by itself.
const flushAt = 32 << 10

// A Writer makes an answer's XML. It appends to one buffer and allocates nothing for an element. The
// first error of the io.Writer sticks: what follows is dropped, and Flush returns it.
type Writer struct {
	w   io.Writer
	buf []byte
	err error
}

// NewWriter gives a Writer to w. Without one, nil, it gathers all for Bytes.
func NewWriter(w io.Writer) *Writer {
	if w == nil {
		return &Writer{}
	}
	return &Writer{w: w, buf: make([]byte, 0, flushAt+4096)}
}

// Reset makes the Writer new, for an answer to w, in the same memory.
func (w *Writer) Reset(to io.Writer) { w.w, w.buf, w.err = to, w.buf[:0], nil }

// Start opens the root, after the XML declaration; the prefixes of all namespaces that this package
// names are declared there and nowhere else, so the elements of a Writer stand inside one Start.
func (w *Writer) Start(root Name) {
	w.buf = append(w.buf, `<?xml version="1.0" encoding="utf-8"?>`+"\n<"...)
	w.name(root)
	w.buf = append(w.buf, declarations...)
	w.declareOwn(root)
	w.buf = append(w.buf, '>')
}

// Open writes a start tag. Attributes of namespaces that this package does not name are left out.
func (w *Writer) Open(n Name, attrs ...Attr) {
	w.tag(n, attrs)
	w.buf = append(w.buf, '>')
}

// Empty writes an element with nothing in it.
func (w *Writer) Empty(n Name, attrs ...Attr) {
	w.tag(n, attrs)
	w.buf = append(w.buf, '/', '>')
}

// Close writes an end tag.
func (w *Writer) Close(n Name) {
	w.buf = append(w.buf, '<', '/')
	w.name(n)
	w.buf = append(w.buf, '>')
	w.spill()
}

// Element writes an element that holds text only.
func (w *Writer) Element(n Name, text string) {
	w.Open(n)
	w.Text(text)
	w.Close(n)
}

// Text writes character data. What XML cannot carry, bytes that are not UTF-8 and control
// characters, becomes U+FFFD.
func (w *Writer) Text(s string) {
	w.buf = appendEscapedText(w.buf, s)
	w.spill()
}

// TextBytes is Text of a body.
func (w *Writer) TextBytes(b []byte) {
	w.buf = appendEscapedText(w.buf, b)
	w.spill()
}

// Raw writes XML that is complete in itself: a stored property, a rendered part of an answer that
// uses our prefixes.
func (w *Writer) Raw(b []byte) {
	w.buf = append(w.buf, b...)
	w.spill()
}

// RawString is Raw of a constant.
func (w *Writer) RawString(s string) { w.buf = append(w.buf, s...) }

// Flush writes what was gathered and returns the first error. There must be an io.Writer.
func (w *Writer) Flush() error {
	if w.err == nil && len(w.buf) > 0 {
		_, w.err = w.w.Write(w.buf)
	}
	w.buf = w.buf[:0]
	return w.err
}

// Bytes is what was gathered and not yet written. It is good until the next call.
func (w *Writer) Bytes() []byte { return w.buf }

func (w *Writer) spill() {
	if len(w.buf) >= flushAt && w.w != nil {
		w.Flush()
	}
}

func (w *Writer) tag(n Name, attrs []Attr) {
	w.buf = append(w.buf, '<')
	w.name(n)
	w.declareOwn(n)
	for i := range attrs {
		a := &attrs[i]
		prefix := prefixOf(a.Name.Space)
		if prefix == "" && a.Name.Space != "" {
			continue
		}
		w.buf = append(w.buf, ' ')
		w.buf = append(w.buf, prefix...)
		w.buf = append(w.buf, a.Name.Local...)
		w.buf = append(w.buf, '=', '"')
		w.buf = appendEscapedValue(w.buf, a.Value)
		w.buf = append(w.buf, '"')
	}
}

// name writes a qualified name: an unknown namespace has the prefix X, which its own tag declares.
func (w *Writer) name(n Name) {
	prefix := prefixOf(n.Space)
	if prefix == "" && n.Space != "" {
		prefix = "X:"
	}
	w.buf = append(w.buf, prefix...)
	w.buf = append(w.buf, n.Local...)
}

func (w *Writer) declareOwn(n Name) {
	if n.Space == "" || prefixOf(n.Space) != "" {
		return
	}
	w.buf = append(w.buf, ` xmlns:X="`...)
	w.buf = appendEscapedValue(w.buf, n.Space)
	w.buf = append(w.buf, '"')
}
