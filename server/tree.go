package server

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"daycairn/backend"
)

// MaxPath bounds an escaped path, MaxName one decoded segment of it, in bytes.
const (
	MaxPath = 8 << 10
	MaxName = 1 << 10
)

// A target is what a path names, found without I/O. Whether it exists is another question.
type target struct {
	kind      kind
	family    *family // nil outside the homes
	principal string  // slug
	slug      string  // of a collection; of the apex: "" or its only segment
	name      string  // of an item
}

// The segments under the prefix.
const principalsSegment = "principals"

// tree knows the URL space; nothing else does. Prefix is the context path, without a slash at its end.
type tree struct{ prefix string }

// resolve finds what an escaped path names. It is the one way in for request targets, Destination, If tags and hrefs in
// bodies. A malformed path is 400, one that can name nothing 404; neither depends on what exists.
func (t tree) resolve(escaped string) (target, error) {
	if len(escaped) > MaxPath {
		return target{}, statusError(414)
	}
	switch strings.TrimSuffix(escaped, "/") {
	case "":
		return target{kind: kindApex}, nil
	case "/" + principalsSegment:
		return target{kind: kindApex, slug: principalsSegment}, nil
	}
	rest, ok := strings.CutPrefix(escaped, t.prefix)
	if !ok || (rest != "" && rest[0] != '/') {
		if _, err := segments(escaped); err != nil {
			return target{}, err
		}
		return target{}, statusError(404)
	}
	seg, err := segments(rest)
	if err != nil {
		return target{}, err
	}
	return place(seg, strings.HasSuffix(rest, "/"))
}

// place tells what decoded segments name.
func place(seg []string, slash bool) (target, error) {
	if len(seg) == 0 {
		return target{kind: kindRoot}, nil
	}
	if seg[0] == principalsSegment {
		switch len(seg) {
		case 1:
			return target{kind: kindPrincipals}, nil
		case 2:
			return target{kind: kindPrincipal, principal: seg[1]}, nil
		}
		return target{}, statusError(404)
	}
	f := familyOf(backend.Kind(seg[0]))
	if f == nil {
		return target{}, statusError(404)
	}
	t := target{family: f}
	switch len(seg) {
	case 1:
		t.kind = kindHomes
	case 2:
		t.kind, t.principal = f.home, seg[1]
	case 3:
		t.kind, t.principal, t.slug = f.collection, seg[1], seg[2]
	case 4:
		if slash { // an item is no collection
			return target{}, statusError(404)
		}
		t.kind, t.principal, t.slug, t.name = f.item, seg[1], seg[2], seg[3]
	default:
		return target{}, statusError(404)
	}
	return t, nil
}

// segments splits at raw slashes and decodes each segment once. One slash may end the path.
func segments(escaped string) ([]string, error) {
	escaped = strings.TrimSuffix(strings.TrimPrefix(escaped, "/"), "/")
	if escaped == "" {
		return nil, nil
	}
	raw := strings.Split(escaped, "/")
	out := make([]string, len(raw))
	for i, s := range raw {
		d, err := url.PathUnescape(s)
		if err != nil || !validSegment(d) {
			return nil, statusError(400)
		}
		out[i] = d
	}
	return out, nil
}

// validSegment refuses what could mean something else to whoever stands between us and the client.
func validSegment(s string) bool {
	if s == "" || s == "." || s == ".." || len(s) > MaxName || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r == '/' || r == '\\' || r < 0x20 || (r >= 0x7f && r < 0xa0) {
			return false
		}
	}
	return true
}

// href writes the one encoding of a target's path for ever (clients keep it as a key).
func (t tree) href(to target) string { return string(t.appendHref(nil, to)) }

// appendHref is href for hot paths.
func (t tree) appendHref(dst []byte, to target) []byte {
	if to.kind == kindApex {
		dst = append(dst, '/')
		if to.slug != "" {
			dst = append(append(dst, to.slug...), '/')
		}
		return dst
	}
	dst = append(dst, t.prefix...)
	dst = append(dst, '/')
	switch {
	case to.kind == kindRoot:
		return dst
	case to.family == nil:
		dst = append(dst, principalsSegment...)
	default:
		dst = append(dst, to.family.kind...)
	}
	dst = append(dst, '/')
	for _, s := range [3]string{to.principal, to.slug, to.name} {
		if s == "" {
			break
		}
		dst = appendSegment(dst, s)
		dst = append(dst, '/')
	}
	if kindItem.has(to.kind) {
		dst = dst[:len(dst)-1]
	}
	return dst
}

const upperHex = "0123456789ABCDEF"

// appendSegment percent-encodes everything but unreserved characters (RFC 3986 §2.3).
func appendSegment(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.', c == '_', c == '~':
			dst = append(dst, c)
		default:
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

// resolveHref finds what an href of a body or header names: an absolute path, or a URL whose host does not matter
// (proxies change scheme and host).
func (t tree) resolveHref(href string) (target, error) {
	href = strings.TrimSpace(href)
	if len(href) > MaxPath {
		return target{}, statusError(414)
	}
	if !strings.HasPrefix(href, "/") {
		i := strings.Index(href, "://")
		if i < 0 {
			return target{}, statusError(400)
		}
		rest := href[i+3:]
		j := strings.IndexByte(rest, '/')
		if j < 0 {
			return target{kind: kindApex}, nil
		}
		href = rest[j:]
	}
	if strings.ContainsAny(href, "?#") {
		return target{}, statusError(400)
	}
	return t.resolve(href)
}

// Targets that hang together.

func (to target) collection() target {
	return target{kind: to.family.collection, family: to.family, principal: to.principal, slug: to.slug}
}

func (to target) home() target {
	return target{kind: to.family.home, family: to.family, principal: to.principal}
}

func (to target) item(name string) target {
	return target{kind: to.family.item, family: to.family, principal: to.principal, slug: to.slug, name: name}
}

func (to target) child(slug string) target {
	return target{kind: to.family.collection, family: to.family, principal: to.principal, slug: slug}
}

func principalTarget(slug string) target { return target{kind: kindPrincipal, principal: slug} }

func homeTarget(k backend.Kind, slug string) target {
	f := familyOf(k)
	return target{kind: f.home, family: f, principal: slug}
}
