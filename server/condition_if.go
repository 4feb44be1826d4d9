package server

import (
	"errors"
	"net/http"
	"strings"

	"daycairn/backend"
)

// maxStates bounds the conditions of one If header.
const maxStates = 1000

// maxTagged bounds the resources that one If header asks about: each is looked up while everybody else waits to write.
const maxTagged = 16

// A stateList is one List of RFC 4918 §10.4.2: all of its conditions hold, or it does not.
type stateList struct {
	tag    string // Resource-Tag, "" for the request's own target
	states []state
}

// A state is one Condition: an entity tag or a state token.
type state struct {
	not   bool
	etag  opaqueTag // when opaque is not ""
	token string
}

// parseIf reads the If header. It is iterative and linear; malformed ones are 400.
func parseIf(s string) ([]stateList, error) {
	bad := statusError(http.StatusBadRequest)
	var (
		lists []stateList
		tag   string
		fresh bool // a tag without a list so far
		count int
	)
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" {
			break
		}
		switch s[0] {
		case '<':
			ref, rest, ok := strings.Cut(s[1:], ">")
			untagged := len(lists) > 0 && tag == ""
			if !ok || ref == "" || fresh || untagged {
				return nil, bad
			}
			tag, fresh, s = ref, true, rest
		case '(':
			l := stateList{tag: tag}
			var ok bool
			if l.states, s, ok = parseStates(s[1:]); !ok {
				return nil, bad
			}
			if count += len(l.states); count > maxStates {
				return nil, bad
			}
			lists, fresh = append(lists, l), false
		default:
			return nil, bad
		}
	}
	if len(lists) == 0 || fresh {
		return nil, bad
	}
	return lists, nil
}

// parseStates reads the conditions of a list up to its closing parenthesis.
func parseStates(s string) (states []state, rest string, ok bool) {
	not := false
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" || len(states) > maxStates {
			return nil, s, false
		}
		switch {
		case s[0] == ')':
			return states, s[1:], len(states) > 0 && !not
		case s[0] == '<':
			token, rest, ok := strings.Cut(s[1:], ">")
			if !ok || token == "" {
				return nil, s, false
			}
			states, s = append(states, state{not: not, token: token}), rest
			not = false
		case s[0] == '[':
			t, rest, ok := cutTag(strings.TrimLeft(s[1:], " \t"), "] \t)")
			rest = strings.TrimLeft(rest, " \t")
			if !ok || !strings.HasPrefix(rest, "]") {
				return nil, s, false
			}
			states, s = append(states, state{not: not, etag: t}), rest[1:]
			not = false
		case len(s) > 3 && strings.EqualFold(s[:3], "not") && !not:
			not, s = true, s[3:]
		default:
			return nil, s, false
		}
	}
}

// holds evaluates an If header: true when any of its lists is (RFC 4918 §10.4.3).
func (x *exchange) holds(rd backend.Reader, lists []stateList) (bool, error) {
	seen := make(map[string]stateOf)
	for _, l := range lists {
		of, known := seen[l.tag]
		if !known {
			if len(seen) == maxTagged {
				return false, statusError(http.StatusBadRequest)
			}
			var err error
			if of, err = x.stateOf(rd, l.tag); err != nil {
				return false, err
			}
			seen[l.tag] = of
		}
		ok, err := x.all(rd, l.states, of)
		if ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// stateOf is what a resource shows to If: its entity tag, or its sync token. Both are missing where nothing is, or
// what is there belongs to others (RFC 4918 §10.4.4: it does not have the state).
type stateOf struct {
	etag string
	at   *position
}

func (x *exchange) stateOf(rd backend.Reader, tag string) (of stateOf, err error) {
	to := x.target
	if tag != "" {
		if to, err = x.tree.resolveHref(tag); err != nil {
			return of, nil
		}
	}
	res, err := x.load(rd, to, needMembers)
	if notFound(err) {
		return of, nil
	}
	if err != nil {
		return of, err
	}
	switch {
	case res.item != nil:
		of.etag = res.item.ETag()
	case res.coll != nil:
		p := members(res.coll)
		of.at = &p
	case kindHome.has(res.kind):
		p := collections(&x.who.Principal, res.family, res.state, res.mark)
		of.at = &p
	}
	return of, nil
}

// all tells whether each condition of a list holds.
func (x *exchange) all(rd backend.Reader, states []state, of stateOf) (bool, error) {
	for _, s := range states {
		var is bool
		var err error
		if s.etag.opaque != "" {
			is = !s.etag.weak && s.etag.opaque == of.etag
		} else if of.at != nil {
			is, err = x.isAt(rd, s.token, *of.at)
		}
		if is == s.not || err != nil {
			return false, err
		}
	}
	return true, nil
}

// isAt tells whether a state token is the listing's sync token (RFC 6578 §5). DAV:no-lock and lock tokens are the
// state of nothing: there are no locks. One from the future is a *rollback here, too.
func (x *exchange) isAt(rd backend.Reader, token string, now position) (bool, error) {
	p, err := x.resume(rd, token, now)
	if errors.Is(err, errForeign) {
		return false, nil
	}
	return err == nil && p.seq == now.seq && p.head == 0 && p.within == 0, err
}
