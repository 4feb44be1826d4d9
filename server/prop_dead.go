package server

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"daycairn/server/davxml"
)

// A dead property is whatever a client sets under a name that no row has: kept with its XML and attributes, and given
// back as it was (RFC 4918 §4). Rows that clients write (set) are stored in the same way.

// stored gives what a client set.
func stored(n davxml.Name) getter {
	return func(w *davxml.Writer, _ *exchange, res *resource) bool {
		xml := res.storedProperty(n)
		if xml == nil {
			return false
		}
		w.Raw(xml)
		return true
	}
}

// appendDead appends the dead properties of a resource that the plan's steps did not name, or their names. Live ones
// that a client set are not among them: allprop leaves them out (RFC 4791 §5.2).
func appendDead(w *davxml.Writer, res *resource, c *compiled, namesOnly bool) {
	for i := range res.stored {
		n := davxml.Name(res.stored[i].Name)
		if row, _ := findProperty(n, res.kind); row != nil || c.listed[n] {
			continue
		}
		if namesOnly {
			w.Empty(n)
		} else {
			w.Raw(res.stored[i].XML)
		}
	}
}

// elementText is the character data of a stored property.
func elementText(xml []byte) string {
	el, err := davxml.Parse(bytes.NewReader(xml), davxml.Limits{})
	if err != nil {
		return ""
	}
	return el.Text
}

// Checks of what a client wants to write. RFC 4918 §9.2.1: 409 for a value that makes no sense for the property.

var errValue = statusError(http.StatusConflict)

// checkText takes character data and nothing else.
func checkText(_ *exchange, _ *resource, el *davxml.Element) error {
	if el != nil && len(el.Children) > 0 {
		return errValue
	}
	return nil
}

// checkNumber takes a number, or nothing.
func checkNumber(_ *exchange, _ *resource, el *davxml.Element) error {
	if el == nil {
		return nil
	}
	s := strings.TrimSpace(el.Text)
	if len(el.Children) > 0 {
		return errValue
	}
	if _, err := strconv.ParseFloat(s, 64); s != "" && err != nil {
		return errValue
	}
	return nil
}

// checkHref takes one href, or none.
func checkHref(_ *exchange, _ *resource, el *davxml.Element) error {
	if el == nil || len(el.Children) == 0 && strings.TrimSpace(el.Text) == "" {
		return nil
	}
	if len(el.Children) != 1 || el.Children[0].Name != dav("href") {
		return errValue
	}
	return nil
}

// checkTransparency takes one of the two words of RFC 6638 §9.1.
func checkTransparency(_ *exchange, _ *resource, el *davxml.Element) error {
	if el == nil {
		return nil
	}
	if len(el.Children) == 1 {
		switch el.Children[0].Name {
		case caldav("opaque"), caldav("transparent"):
			return nil
		}
	}
	return errValue
}

// maxComponents bounds the components that a calendar may be restricted to.
const maxComponents = 16

// checkComponents wants components that have names (RFC 4791 §5.2.3).
func checkComponents(_ *exchange, _ *resource, el *davxml.Element) error {
	if el == nil {
		return nil
	}
	if len(el.Children) == 0 || len(el.Children) > maxComponents {
		return errValue
	}
	for _, c := range el.Children {
		if name, _ := c.Attr("name"); c.Name == caldav("comp") && !isToken(name) {
			return errValue
		}
	}
	return nil
}

// isToken tells what can be the name of a component (RFC 5545 §3.1).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if !('a' <= c && c <= 'z' || '0' <= s[i] && s[i] <= '9' || s[i] == '-') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}
