package server

import (
	"errors"
	"io"
	"net/http"

	"daycairn/server/davxml"
)

// report runs the row of the body's root element (RFC 3253 §3.6).
func (x *exchange) report() error {
	body, budget, err := x.xmlStream()
	if err != nil {
		return err
	}
	root, err := body.Root()
	if err != nil {
		return err
	}
	for i := range reports {
		r := &reports[i]
		if r.root != root.Name || !r.kinds.has(x.target.kind) {
			continue
		}
		if streamed[r.root] {
			budget.left += x.limits.Multiget - x.limits.Request
		}
		return r.run(x, root, body)
	}
	return violated(http.StatusForbidden, dav("supported-report"))
}

// streamed are the reports whose body has no end but Limits.Multiget.
var streamed = map[davxml.Name]bool{
	caldav("calendar-multiget"):     true,
	carddav("addressbook-multiget"): true,
}

// maxChildren bounds the elements under the root of a report that is held as a whole.
const maxChildren = 64

// children reads what is under the root.
func children(body *davxml.Decoder) ([]*davxml.Element, error) {
	var list []*davxml.Element
	for {
		el, err := body.Next()
		switch {
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return nil, err
		case len(list) == maxChildren:
			return nil, statusError(http.StatusBadRequest)
		}
		list = append(list, el)
	}
}

// childNamed finds the first of that name, nil for none.
func childNamed(list []*davxml.Element, n davxml.Name) *davxml.Element {
	for _, el := range list {
		if el.Name == n {
			return el
		}
	}
	return nil
}
