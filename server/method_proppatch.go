package server

import (
	"net/http"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// proppatch is RFC 4918 §9.2: everything is done in document order, or nothing is. A refusal is a result of the
// transaction and not an error: the answer is a 207 all the same.
func (x *exchange) proppatch() error {
	cond, err := x.conditions()
	if err != nil {
		return err
	}
	root, err := x.xml()
	if err != nil {
		return err
	}
	if root.Name != dav("propertyupdate") {
		return statusError(http.StatusBadRequest)
	}
	list, err := x.readChanges(root)
	if err != nil {
		return err
	}
	done := false
	err = x.update(func(wr backend.Writer) error {
		done = false
		res, err := x.load(wr, x.target, needStored)
		if err != nil {
			return err
		}
		if header, err := cond.failed(x, wr, currentOf(res)); err != nil {
			return err
		} else if header != "" {
			return preconditionFailed(header)
		}
		if done = x.checkSet(res, list, false); !done {
			return nil
		}
		return x.apply(wr, res, list)
	})
	if err != nil {
		return err
	}
	if x.prefer.minimal {
		x.w.Header().Add("Preference-Applied", "return=minimal")
		if done { // RFC 8144 §2.2
			x.w.WriteHeader(http.StatusOK)
			return nil
		}
	}
	m := x.multistatus()
	m.changed(x.target, list)
	return m.close()
}

// currentOf is what conditions compare with.
func currentOf(res *resource) current {
	switch {
	case res.item != nil:
		return currentItem(res.item)
	case res.coll != nil:
		return current{exists: true, modified: res.coll.Modified}
	}
	return current{exists: true}
}

// apply stores what checkSet let pass.
func (x *exchange) apply(wr backend.Writer, res *resource, list []change) error {
	s, ok := x.subject(res)
	if !ok {
		return statusError(http.StatusForbidden)
	}
	if res.kind == kindPrincipal {
		if err := x.rename(wr, list); err != nil {
			return err
		}
	}
	props := changedProperties(list)
	if len(props) == 0 {
		return nil
	}
	return wr.SetProperties(s, props)
}

// rename gives the account the display name that it set for itself.
func (x *exchange) rename(wr backend.Writer, list []change) error {
	for i := len(list) - 1; i >= 0; i-- {
		c := &list[i]
		if c.name != dav("displayname") {
			continue
		}
		p, err := wr.PrincipalByID(x.who.Principal.ID)
		if err != nil {
			return err
		}
		p.DisplayName = ""
		if c.el != nil {
			p.DisplayName = c.el.Text
		}
		return wr.UpdatePrincipal(p)
	}
	return nil
}

// changed is the response of a PROPPATCH.
func (m *multistatus) changed(t target, list []change) {
	m.w.RawString(responseOpen)
	m.w.TextBytes(m.x.tree.appendHref(nil, t))
	m.w.RawString(hrefClose)
	appendChanges(m.w, list)
	m.w.RawString(responseEnd)
}

// appendChanges appends a propstat for each refusal, one for what was not done for their sake, or one for all. It is
// the content of C:mkcalendar-response and D:mkcol-response, too.
func appendChanges(w *davxml.Writer, list []change) {
	refused := false
	for i := range list {
		c := &list[i]
		if c.err == nil {
			continue
		}
		refused = true
		w.RawString(propstatOpen)
		w.Empty(c.name)
		w.Close(dav("prop"))
		appendStatus(w, c.err.status)
		appendCondition(w, c.err.condition)
		w.Close(dav("propstat"))
	}
	status := http.StatusOK
	if refused {
		status = http.StatusFailedDependency
	}
	seen := make(map[davxml.Name]bool, len(list))
	rest := rendered(func(w *davxml.Writer) {
		for i := range list {
			if c := &list[i]; c.err == nil && !seen[c.name] {
				seen[c.name] = true
				w.Empty(c.name)
			}
		}
	})
	if refused && len(rest) == 0 {
		return
	}
	w.RawString(propstatOpen)
	w.Raw(rest)
	w.Close(dav("prop"))
	appendStatus(w, status)
	w.Close(dav("propstat"))
}
