package server

import (
	"bytes"
	"net/http"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// D:expand-property, RFC 3253 §3.8: property values, and what the hrefs in them lead to.
func init() {
	reports = append(reports, report{dav("expand-property"), kindAny, (*exchange).expandProperty})
}

// maxExpandDepth bounds how far hrefs are followed, maxExpanded the resources of one answer.
const (
	maxExpandDepth = 5
	maxExpanded    = 1000
	maxExpandNames = 1000    // properties of one request
	maxExpandBytes = 8 << 20 // of values, those within others again, and names of what is not there: all is held until it is sent
)

// An expansion is one D:property of the request.
type expansion struct {
	name  davxml.Name
	plan  *plan // of this property alone
	inner []expansion
}

func (x *exchange) expandProperty(_ *davxml.Element, body *davxml.Decoder) error {
	d, err := x.depth(depth0)
	if err != nil {
		return err
	}
	if d != depth0 {
		return statusError(http.StatusBadRequest)
	}
	list, err := x.readExpansions(body)
	if err != nil {
		return err
	}
	var answer []byte
	err = x.view(func(rd backend.Reader) error {
		e := &expander{x: x, rd: rd, left: maxExpanded, room: maxExpandBytes}
		answer, err = e.response(x.target, list)
		return err
	})
	if err != nil {
		return err
	}
	m := x.multistatus()
	m.w.Raw(answer)
	return m.close()
}

func (x *exchange) readExpansions(body *davxml.Decoder) ([]expansion, error) {
	top, err := children(body)
	if err != nil {
		return nil, err
	}
	left := maxExpandNames
	return x.expansions(top, 1, &left)
}

// expansions reads the D:property elements of one level. It goes no deeper than maxExpandDepth.
func (x *exchange) expansions(list []*davxml.Element, level int, left *int) ([]expansion, error) {
	var out []expansion
	for _, el := range list {
		if el.Name != dav("property") {
			continue
		}
		local, ok := el.Attr("name")
		if *left--; !ok || local == "" || *left < 0 || level > maxExpandDepth {
			return nil, statusError(http.StatusBadRequest)
		}
		n := dav(local)
		if space, ok := el.Attr("namespace"); ok {
			n.Space = space
		}
		if !n.Valid() { // it is going to be an element of the answer
			return nil, statusError(http.StatusBadRequest)
		}
		one := &davxml.Element{Name: dav("prop"), Children: []*davxml.Element{{Name: n}}}
		p, err := x.planProps(one, nil, false)
		if err != nil {
			return nil, err
		}
		inner, err := x.expansions(el.Children, level+1, left)
		if err != nil {
			return nil, err
		}
		out = append(out, expansion{name: n, plan: p, inner: inner})
	}
	return out, nil
}

// An expander follows hrefs within one View. What it writes is small, and sent after it.
type expander struct {
	x    *exchange
	rd   backend.Reader
	left int // resources
	room int // bytes
}

// errExpansion refuses an answer that is beyond its bounds.
var errExpansion = violated(http.StatusForbidden, dav("number-of-matches-within-limits"))

// response gives a whole D:response. What is not there is a response with 404, but for the target of the request.
func (e *expander) response(t target, list []expansion) ([]byte, error) {
	first := e.left == maxExpanded
	if e.left--; e.left < 0 {
		return nil, errExpansion
	}
	var needs need
	for i := range list {
		needs |= list[i].plan.needs(t.kind)
	}
	res, err := e.x.load(e.rd, t, needs)
	if notFound(err) && !first {
		return rendered(func(w *davxml.Writer) {
			w.Open(dav("response"))
			e.x.appendHref(w, t)
			appendStatus(w, http.StatusNotFound)
			w.Close(dav("response"))
		}), nil
	}
	if err != nil {
		return nil, err
	}
	var found []byte
	var absent []davxml.Name
	m := &multistatus{x: e.x}
	for i := range list {
		p := &list[i]
		c := p.plan.on(t.kind)
		value := rendered(func(w *davxml.Writer) { m.values(w, res, c, p.plan) })
		if e.room -= len(value) + len(p.name.Space) + len(p.name.Local); e.room < 0 {
			return nil, errExpansion
		}
		if len(value) == 0 {
			absent = append(absent, p.name)
			continue
		}
		if len(p.inner) > 0 && res.storedProperty(p.name) == nil {
			if value, err = e.follow(value, p.inner); err != nil {
				return nil, err
			}
		}
		found = append(found, value...)
	}
	return rendered(func(w *davxml.Writer) { e.write(w, t, found, absent) }), nil
}

// follow puts what they lead to in the place of hrefs. Values are as this package writes them, not as clients do, so
// hrefs are found by their text; what leads nowhere here (mailto:, urn:) stays.
func (e *expander) follow(value []byte, inner []expansion) ([]byte, error) {
	var out []byte
	open, end := []byte("<D:href>"), []byte(hrefClose)
	for {
		i := bytes.Index(value, open)
		if i < 0 {
			return append(out, value...), nil
		}
		j := bytes.Index(value, end)
		if j < i {
			return append(out, value...), nil
		}
		out = append(out, value[:i]...)
		t, err := e.x.tree.resolveHref(string(value[i+len(open) : j]))
		if err != nil {
			out = append(out, value[i:j+len(end)]...)
		} else {
			r, err := e.response(t, inner)
			if err != nil {
				return nil, err
			}
			out = append(out, r...)
		}
		value = value[j+len(end):]
	}
}

func (e *expander) write(w *davxml.Writer, t target, found []byte, absent []davxml.Name) {
	w.Open(dav("response"))
	e.x.appendHref(w, t)
	quiet := e.x.prefer.minimal
	if len(found) > 0 || len(absent) == 0 || quiet {
		w.RawString(propstatOpen)
		w.Raw(found)
		w.RawString(propstat200)
	}
	if len(absent) > 0 && !quiet {
		w.RawString(propstatOpen)
		for _, n := range absent {
			w.Empty(n)
		}
		w.RawString(propstat404)
	}
	w.Close(dav("response"))
}
