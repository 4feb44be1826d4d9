package davxml

import (
	"errors"
	"strconv"
)

// Limits bound what one body may cost. Zero fields take the value of DefaultLimits.
type Limits struct {
	Bytes    int64 // the whole body, after decoding to UTF-8
	Child    int   // one child of the root, or one text or comment between children: what is held at a time
	Depth    int   // elements open at once, the root included
	Attrs    int   // attributes of one element, and namespace declarations in scope
	NameLen  int   // bytes of a name with its prefix
	Elements int   // elements within one child of the root; Parse counts the whole tree
	TagLen   int   // bytes of one start tag
}

// DefaultLimits suit any body that a client is known to send: the longest multiget read as a stream,
// the largest calendar-timezone in one property.
var DefaultLimits = Limits{
	Bytes:    64 << 20,
	Child:    4 << 20,
	Depth:    64,
	Attrs:    64,
	NameLen:  256,
	Elements: 20000,
	TagLen:   32 << 10,
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	if l.Bytes <= 0 {
		l.Bytes = d.Bytes
	}
	for _, f := range []struct {
		have     *int
		fallback int
	}{
		{&l.Child, d.Child}, {&l.Depth, d.Depth}, {&l.Attrs, d.Attrs},
		{&l.NameLen, d.NameLen}, {&l.Elements, d.Elements}, {&l.TagLen, d.TagLen},
	} {
		if *f.have <= 0 {
			*f.have = f.fallback
		}
	}
	return l
}

// ErrEmpty says that a body has nothing in it but white space. RFC 4918 §9.1 gives that a meaning.
var ErrEmpty = errors.New("xml body is empty")

// A SyntaxError says that a body is not well-formed XML, or uses what we refuse in any XML:
// document type declarations and unknown encodings.
type SyntaxError struct {
	Offset int64 // bytes of the body, decoded to UTF-8, before the place
	Msg    string
}

func (e *SyntaxError) Error() string {
	return "xml at byte " + strconv.FormatInt(e.Offset, 10) + ": " + e.Msg
}

// A LimitError says that a body may be well-formed, but costs more than its Limits allow.
type LimitError struct {
	What  string // the name of the exceeded field of Limits
	Limit int64
}

func (e *LimitError) Error() string {
	return "xml body beyond limit " + e.What + " of " + strconv.FormatInt(e.Limit, 10)
}

// TooLarge tells a body that is simply long (413) from one of a shape nobody needs (400).
func (e *LimitError) TooLarge() bool { return e.What == "Bytes" || e.What == "Child" }
