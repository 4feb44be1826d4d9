package server

import (
	"errors"
	"net/http"
	"sync"

	"daycairn/server/davxml"
)

// A multistatus streams a 207 (RFC 4918 §13). The status line goes out with its first 32 KiB or so; until then an error
// can still become an answer of its own.
type multistatus struct {
	x      *exchange
	w      *davxml.Writer
	begun  bool
	err    error
	at     target        // the collection whose href is base
	base   []byte        // as XML
	name   []byte        // scratch
	absent []davxml.Name // scratch: what the resource at hand does not have
	denied []davxml.Name // scratch: what of it cannot be shown (resource.refusal)
}

// writers are kept: each has a buffer of a flush's size.
var writers = sync.Pool{New: func() any { return davxml.NewWriter(nil) }}

// maxKept is the largest buffer that is worth keeping.
const maxKept = 256 << 10

// keep gives a writer back.
func keep(w *davxml.Writer) {
	if cap(w.Bytes()) <= maxKept {
		w.Reset(nil)
		writers.Put(w)
	}
}

// multistatus begins one. Nothing is sent before the first flush.
func (x *exchange) multistatus() *multistatus {
	m := &multistatus{x: x, w: writers.Get().(*davxml.Writer)}
	m.w.Reset(m)
	m.w.Start(dav("multistatus"))
	return m
}

// Write sends a piece, after the header. It implements io.Writer for m.w.
func (m *multistatus) Write(p []byte) (int, error) {
	if !m.begun {
		m.begun = true
		m.x.w.Header().Set("Content-Type", xmlType)
		m.x.w.WriteHeader(http.StatusMultiStatus)
	}
	n, err := m.x.w.Write(p)
	if err != nil {
		m.err = err
	}
	return n, err
}

// The texts that clients compare literally (clients.md B3.1).
const (
	propstatOpen = "<D:propstat><D:prop>"
	propstat200  = "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
	propstat404  = "</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>"
	propstatEnd  = "</D:propstat>"
	responseOpen = "<D:response><D:href>"
	hrefClose    = "</D:href>"
	responseEnd  = "</D:response>"
)

// response tells what p asks of a resource. A body that cannot be shown in the form that was asked for is refused for that
// resource alone; other errors, the connection's among them, end the answer.
func (m *multistatus) response(res *resource, p *plan) error {
	res.refusal = nil
	if c := p.on(res.kind); c.shape != nil && res.body != nil {
		var err error
		if res.shown, err = c.shape(m.x, res); err != nil && !errors.As(err, &res.refusal) {
			return err
		}
		if res.refusal != nil && res.byHref && res.refusal.status == http.StatusUnsupportedMediaType { // RFC 6352 §8.7.2
			return m.status(m.x.tree.href(res.target), res.refusal.status, res.refusal.condition)
		}
	}
	m.w.RawString(responseOpen)
	m.href(res.target)
	m.w.RawString(hrefClose)
	m.propstats(m.w, res, p)
	m.w.RawString(responseEnd)
	return m.err
}

// href writes a target's. What the items of a collection have in common is made once; names are without XML's characters
// when they are encoded.
func (m *multistatus) href(t target) {
	if t.name == "" {
		m.w.TextBytes(m.x.tree.appendHref(nil, t))
		return
	}
	name := t.name
	if t = t.collection(); m.at != t {
		m.at = t
		m.base = rendered(func(w *davxml.Writer) { w.TextBytes(m.x.tree.appendHref(nil, t)) })
	}
	m.w.Raw(m.base)
	m.name = appendSegment(m.name[:0], name)
	m.w.Raw(m.name)
}

// propstats appends the propstats of one response to w.
func (m *multistatus) propstats(w *davxml.Writer, res *resource, p *plan) {
	c := p.on(res.kind)
	m.absent, m.denied = m.absent[:0], m.denied[:0]
	if c.sure || c.shape != nil && res.body != nil && res.refusal == nil {
		w.RawString(propstatOpen)
		m.values(w, res, c, p)
		w.RawString(propstat200)
	} else {
		found := rendered(func(w *davxml.Writer) { m.values(w, res, c, p) })
		if len(found) > 0 || len(m.denied) > 0 || p.quiet || len(c.absent)+len(m.absent) == 0 {
			// RFC 8144 §2.1: an empty propstat rather than none.
			w.RawString(propstatOpen)
			w.Raw(found)
			w.RawString(propstat200)
		}
	}
	if !p.quiet && len(c.absent)+len(m.absent) > 0 {
		w.RawString(propstatOpen)
		w.Raw(c.absent)
		for _, n := range m.absent {
			w.Empty(n)
		}
		w.RawString(propstat404)
	}
	m.appendDenied(w, res.refusal)
}

// appendDenied appends a propstat for what cannot be shown of a resource, and why. Its status is 404, not that of the
// refusal: a response that is not 200 is not listed, and deleted by clients (clients.md C3.4), and there are those who give
// up the whole answer for a propstat of any other status, but read a 404 and fetch the object itself.
func (m *multistatus) appendDenied(w *davxml.Writer, why *davError) {
	if len(m.denied) == 0 {
		return
	}
	w.RawString(propstatOpen)
	for _, n := range m.denied {
		w.Empty(n)
	}
	w.Close(dav("prop"))
	appendStatus(w, http.StatusNotFound)
	appendCondition(w, why.condition)
	w.RawString(propstatEnd)
}

// values appends what the resource has, and notes what it has not.
func (m *multistatus) values(w *davxml.Writer, res *resource, c *compiled, p *plan) {
	for i := range c.steps {
		s := &c.steps[i]
		switch {
		case s.ready != nil:
			w.Raw(s.ready)
		case s.shows && res.refusal != nil:
			m.denied = append(m.denied, s.name)
		case s.get != nil:
			if !s.get(w, m.x, res) && p.mode == askNamed {
				m.absent = append(m.absent, s.name)
			}
		default:
			if xml := res.storedProperty(s.name); xml != nil {
				w.Raw(xml)
			} else {
				m.absent = append(m.absent, s.name)
			}
		}
	}
	switch p.mode {
	case askAll:
		appendDead(w, res, c, false)
	case askNames:
		appendDead(w, res, c, true)
	}
}

// status tells of an href without properties. The condition is none when its Local is empty.
func (m *multistatus) status(href string, code int, cond davxml.Name) error {
	m.w.RawString(responseOpen)
	m.w.Text(href)
	m.w.RawString(hrefClose)
	appendStatus(m.w, code)
	appendCondition(m.w, cond)
	m.w.RawString(responseEnd)
	return m.err
}

// token is the state that the answer describes (RFC 6578 §3.3); it comes last.
func (m *multistatus) token(token string) { m.w.Element(dav("sync-token"), token) }

// close ends the document and sends what is left. After an error do not call it: the connection is cut instead.
func (m *multistatus) close() error {
	m.w.Close(dav("multistatus"))
	err := m.w.Flush()
	keep(m.w)
	m.w = nil
	return err
}

// appendStatus writes D:status: version, code and reason even over HTTP/2.
func appendStatus(w *davxml.Writer, code int) {
	switch code { // the frequent ones without a formatter
	case 200:
		w.RawString("<D:status>HTTP/1.1 200 OK</D:status>")
	case 404:
		w.RawString("<D:status>HTTP/1.1 404 Not Found</D:status>")
	default:
		w.Open(dav("status"))
		w.RawString("HTTP/1.1 ")
		var digits [3]byte
		w.Raw(appendInt(digits[:0], int64(code)))
		w.RawString(" ")
		w.RawString(http.StatusText(code))
		w.Close(dav("status"))
	}
}

// appendCondition writes D:error with one condition (RFC 4918 §14.5).
func appendCondition(w *davxml.Writer, cond davxml.Name) {
	if cond.Local == "" {
		return
	}
	w.Open(dav("error"))
	w.Empty(cond)
	w.Close(dav("error"))
}

// rendered gives what fn writes as bytes.
func rendered(fn func(*davxml.Writer)) []byte {
	var s sink
	w := writers.Get().(*davxml.Writer)
	w.Reset(&s)
	fn(w)
	w.Flush() // a sink takes everything
	keep(w)
	return s
}

// A sink keeps what a Writer writes.
type sink []byte

func (s *sink) Write(p []byte) (int, error) {
	*s = append(*s, p...)
	return len(p), nil
}
