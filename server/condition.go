package server

import (
	"net/http"
	"strings"
	"time"

	"daycairn/backend"
)

// conditions are what a request wants to be true before it is done. They are parsed before the transaction, and
// evaluated inside it: between a check and a write there is nobody.
type conditions struct {
	match, noneMatch *tagList
	unmodified       time.Time // If-Unmodified-Since, zero: absent
	modified         time.Time // If-Modified-Since, zero: absent
	scheduleTag      bool      // If-Schedule-Tag-Match is there
	lists            []stateList
}

// current is what conditions on the target itself compare with; the zero value is what does not exist.
type current struct {
	exists   bool
	etag     string // none for collections
	modified time.Time
}

// currentItem describes an item, nil for one that is not there.
func currentItem(it *backend.Item) current {
	if it == nil {
		return current{}
	}
	return current{true, it.ETag(), it.Modified}
}

// conditions parses the headers; one that is malformed is 400, but for dates, which RFC 9110 §13.1.3 wants ignored.
func (x *exchange) conditions() (c conditions, err error) {
	hd := x.r.Header
	if c.match, err = parseTags(hd.Values("If-Match")); err != nil {
		return c, err
	}
	if c.noneMatch, err = parseTags(hd.Values("If-None-Match")); err != nil {
		return c, err
	}
	c.unmodified, _ = http.ParseTime(hd.Get("If-Unmodified-Since"))
	c.modified, _ = http.ParseTime(hd.Get("If-Modified-Since"))
	c.scheduleTag = hd.Get("If-Schedule-Tag-Match") != ""
	if v := hd.Values("If"); len(v) > 0 {
		c.lists, err = parseIf(strings.Join(v, " "))
	}
	return c, err
}

// failed names the header whose condition is false, "" if all hold, in the order of RFC 9110 §13.2.2.
// If-Modified-Since is for GET alone (notModified).
func (c *conditions) failed(x *exchange, rd backend.Reader, cur current) (string, error) {
	switch {
	case c.match != nil && !(cur.exists && c.match.strong(cur.etag)):
		return "If-Match", nil
	case c.match == nil && !c.unmodified.IsZero() && cur.modified.Truncate(time.Second).After(c.unmodified):
		return "If-Unmodified-Since", nil
	case c.noneMatch != nil && cur.exists && c.noneMatch.weak(cur.etag):
		return "If-None-Match", nil
	case c.scheduleTag: // RFC 6638 §8.3: there are no schedule tags here, so none matches
		return "If-Schedule-Tag-Match", nil
	}
	if c.lists == nil {
		return "", nil
	}
	ok, err := x.holds(rd, c.lists)
	if ok || err != nil {
		return "", err
	}
	return "If", nil
}

// notModified tells whether a GET may be answered with 304. failed came first and took If-None-Match for a failure.
func (c *conditions) notModified(failed string, cur current) bool {
	if c.noneMatch != nil {
		return failed == "If-None-Match"
	}
	return failed == "" && !c.modified.IsZero() && !cur.modified.Truncate(time.Second).After(c.modified)
}

// A tagList is the value of If-Match or If-None-Match.
type tagList struct {
	any  bool // *
	tags []opaqueTag
}

type opaqueTag struct {
	weak   bool
	opaque string // with its quotes
}

// maxTags bounds the entity tags of one header.
const maxTags = 1000

// strong compares as RFC 9110 §8.8.3.2 wants for If-Match.
func (l *tagList) strong(etag string) bool {
	return l.any || etag != "" && l.has(func(t opaqueTag) bool { return !t.weak && t.opaque == etag })
}

// weak compares as it wants for If-None-Match.
func (l *tagList) weak(etag string) bool {
	return l.any || etag != "" && l.has(func(t opaqueTag) bool { return t.opaque == etag })
}

func (l *tagList) has(is func(opaqueTag) bool) bool {
	for _, t := range l.tags {
		if is(t) {
			return true
		}
	}
	return false
}

// parseTags reads a list of entity tags, nil for no header.
func parseTags(lines []string) (*tagList, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	l := new(tagList)
	rest := strings.Join(lines, ",")
	for {
		rest = strings.TrimLeft(rest, ", \t")
		if rest == "" {
			break
		}
		if rest[0] == '*' {
			l.any, rest = true, rest[1:]
			continue
		}
		var t opaqueTag
		var ok bool
		if t, rest, ok = cutTag(rest, ", \t"); !ok || len(l.tags) == maxTags {
			return nil, statusError(http.StatusBadRequest)
		}
		l.tags = append(l.tags, t)
	}
	if !l.any && len(l.tags) == 0 || l.any && len(l.tags) > 0 {
		return nil, statusError(http.StatusBadRequest)
	}
	return l, nil
}

// cutTag takes one entity tag off s. GNOME escapes the quotes (\"abc\"), others leave them out: both are repaired. ends
// are the characters at which one without quotes ends.
func cutTag(s, ends string) (t opaqueTag, rest string, ok bool) {
	if w, found := strings.CutPrefix(s, "W/"); found {
		t.weak, s = true, w
	}
	s = strings.TrimPrefix(s, `\`)
	if s == "" {
		return t, s, false
	}
	if s[0] != '"' {
		i := strings.IndexAny(s, ends)
		if i < 0 {
			i = len(s)
		}
		t.opaque = `"` + unsuffixed(s[:i]) + `"`
		return t, s[i:], i > 0 && !strings.Contains(s[:i], `"`)
	}
	inner, rest, ok := strings.Cut(s[1:], `"`)
	t.opaque = `"` + unsuffixed(strings.TrimSuffix(inner, `\`)) + `"`
	return t, rest, ok
}

// unsuffixed takes off what compressing proxies put on: else each edit behind one would meet 412 (clients.md A1). No
// tag of ours ends so.
func unsuffixed(opaque string) string {
	for _, s := range []string{"-gzip", "-br"} {
		if t, ok := strings.CutSuffix(opaque, s); ok {
			return t
		}
	}
	return opaque
}
