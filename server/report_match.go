package server

import (
	"bytes"
	"net/http"

	"daycairn/backend"
	"daycairn/server/davxml"
)

// D:principal-match, RFC 3744 §9.3: members, at any depth, that are oneself, or one of whose properties names oneself.
func init() {
	reports = append(reports, report{dav("principal-match"), kindAny &^ kindItem, (*exchange).principalMatch})
}

// maxMatches bounds the resources of one answer.
const maxMatches = 20_000

func (x *exchange) principalMatch(_ *davxml.Element, body *davxml.Decoder) error {
	q, err := x.principalQuestion(body)
	if err != nil {
		return err
	}
	prop := childNamed(q.children, dav("principal-property"))
	if (prop == nil) == (childNamed(q.children, dav("self")) == nil) {
		return statusError(http.StatusBadRequest)
	}
	var all []*listing
	err = x.view(func(rd backend.Reader) error {
		all, err = x.descend(rd, q.plan, func(k kind) bool {
			if prop == nil {
				return k == kindPrincipal
			}
			return x.namesSelf(prop, k)
		})
		return err
	})
	if err != nil {
		return err
	}
	m := x.multistatus()
	for _, l := range all {
		if err := l.write(m, q.plan); err != nil {
			return err
		}
	}
	return m.close()
}

// namesSelf tells whether a property of prop has the URL of whoever asks for a value, on a kind. Only what is the same
// for all resources of the kind can: there is nobody else to name.
func (x *exchange) namesSelf(prop *davxml.Element, k kind) bool {
	self := rendered(x.appendSelf)
	for _, c := range prop.Children {
		row, _ := findProperty(c.Name, k)
		if row == nil || !row.fixed {
			continue
		}
		value := rendered(func(w *davxml.Writer) { row.get(w, x, &resource{target: target{kind: k, family: familyOfKind(k)}}) })
		if bytes.Contains(value, self) {
			return true
		}
	}
	return false
}

// descend lists the members of the target at any depth whose kinds match.
func (x *exchange) descend(rd backend.Reader, p *plan, match func(kind) bool) ([]*listing, error) {
	if _, err := x.load(rd, x.target, 0); err != nil {
		return nil, err
	}
	var all []*listing
	count := 0
	for queue := []target{x.target}; len(queue) > 0; queue = queue[1:] {
		t := queue[0]
		if kindCollection.has(t.kind) && !match(t.family.item) {
			continue
		}
		l, err := x.list(rd, t, depth1, p, false)
		if err != nil {
			return nil, err
		}
		matching := l.members[:0]
		for _, res := range l.members {
			queue = append(queue, res.target)
			if match(res.kind) {
				matching = append(matching, res)
			}
		}
		l.members = matching
		all = append(all, l)
		if count += len(l.members); l.items != nil {
			count += len(l.items.items)
		}
		if count > maxMatches {
			return nil, violated(http.StatusForbidden, dav("number-of-matches-within-limits"))
		}
	}
	return all, nil
}
