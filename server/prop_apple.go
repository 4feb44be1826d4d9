package server

import (
	"bytes"

	"daycairn/server/davxml"
)

// What Apple's calendars brought and all others learned.
func init() {
	register(
		property{name: cs("getctag"), kinds: kindCollection, always: true, get: syncToken(cs("getctag"))},
		property{name: apple("calendar-color"), kinds: kindCalendar, needs: needStored, get: color, set: checkText},
		property{name: apple("calendar-order"), kinds: kindCalendar, needs: needStored, get: stored(apple("calendar-order")), set: checkNumber},
	)
}

func apple(local string) davxml.Name { return davxml.Name{Space: davxml.AppleICal, Local: local} }

// color gives a colour as #RRGGBBAA, the one form that all clients read, with the attributes as they were sent. What is
// no such colour comes back as it went in: a refusal makes Apple's calendars stop (clients.md A1).
func color(w *davxml.Writer, _ *exchange, res *resource) bool {
	xml := res.storedProperty(apple("calendar-color"))
	if xml == nil {
		return false
	}
	from, to := content(xml)
	var b [9]byte
	value, ok := appendColor(b[:0], bytes.TrimSpace(xml[from:to]))
	if !ok {
		w.Raw(xml)
		return true
	}
	w.Raw(xml[:from])
	w.Raw(value)
	w.Raw(xml[to:])
	return true
}

// appendColor appends #RGB, #RRGGBB or #RRGGBBAA as the last of them.
func appendColor(dst, c []byte) ([]byte, bool) {
	if len(c) == 0 || c[0] != '#' {
		return dst, false
	}
	for _, d := range c[1:] {
		if !('0' <= d && d <= '9' || 'a' <= d && d <= 'f' || 'A' <= d && d <= 'F') {
			return dst, false
		}
	}
	switch len(c) {
	case 4:
		return append(dst, '#', c[1], c[1], c[2], c[2], c[3], c[3], 'F', 'F'), true
	case 7:
		return append(append(dst, c...), 'F', 'F'), true
	case 9:
		return append(dst, c...), true
	}
	return dst, false
}

// content finds what stands between the tags of an element, nothing for one that is closed at once. The XML is
// well-formed: it was parsed when it was stored.
func content(xml []byte) (from, to int) {
	quote := byte(0)
	for i, c := range xml {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			to = bytes.LastIndex(xml, []byte("</"))
			if xml[i-1] == '/' || to <= i {
				return len(xml), len(xml)
			}
			return i + 1, to
		}
	}
	return len(xml), len(xml)
}
