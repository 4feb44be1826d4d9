package server

import (
	"net/http"
	"strings"
	"time"

	"daycairn/backend"
	"daycairn/backend/ics"
	"daycairn/server/davxml"
)

// A calendarFilter is a compiled CALDAV:filter (RFC 4791 §9.7). Nil matches every object.
type calendarFilter struct{ root *compFilter }

// A compFilter is a compiled comp-filter (§9.7.1).
type compFilter struct {
	name   string
	absent bool
	window *ics.Window
	props  []propFilter
	comps  []*compFilter
}

// A propFilter is a compiled prop-filter (§9.7.2).
type propFilter struct {
	name   string
	absent bool
	window *ics.Window
	text   *textMatch
	params []paramFilter
}

// maxCompFilters is how deep comp-filters nest: no component that exists is deeper.
const maxCompFilters = 8

// scopes are the components that RFC 5545 §3.6 knows, and where each may stand.
var scopes = map[string]string{
	"VCALENDAR": "",
	"VEVENT":    "VCALENDAR",
	"VTODO":     "VCALENDAR",
	"VJOURNAL":  "VCALENDAR",
	"VFREEBUSY": "VCALENDAR",
	"VTIMEZONE": "VCALENDAR",
	"VALARM":    "VEVENT VTODO",
	"STANDARD":  "VTIMEZONE",
	"DAYLIGHT":  "VTIMEZONE",
}

// timedComponents are those whose time-range §9.9 defines; true where Facts.Component may be one.
var timedComponents = map[string]bool{
	"VEVENT": true, "VTODO": true, "VJOURNAL": true, "VFREEBUSY": true, "VALARM": false,
}

// timedProperties are those whose time-range §9.9 defines.
var timedProperties = map[string]bool{
	"COMPLETED": true, "CREATED": true, "DTEND": true, "DTSTAMP": true, "DTSTART": true, "DUE": true,
	"LAST-MODIFIED": true,
}

// parseCalendarFilter compiles a filter. Clients that send none, or an empty one, want everything.
func parseCalendarFilter(el *davxml.Element) (*calendarFilter, error) {
	if el == nil {
		return nil, nil
	}
	r := newFilterReader(davxml.CalDAV)
	children, err := r.children(el, "comp-filter")
	if err != nil || len(children) == 0 {
		return nil, err
	}
	if len(children) > 1 {
		return nil, r.invalid()
	}
	root, err := r.comp(children[0], "", 0)
	if err != nil {
		return nil, err
	}
	return &calendarFilter{root}, nil
}

// comp compiles a comp-filter within the scope of another; "" is the top.
func (r *filterReader) comp(el *davxml.Element, scope string, depth int) (*compFilter, error) {
	name, err := r.named(el)
	if err != nil {
		return nil, err
	}
	where, known := scopes[name]
	_, scopeKnown := scopes[scope]
	switch {
	case depth == maxCompFilters:
		return nil, r.invalid()
	case scope == "" && name != "VCALENDAR":
		return nil, r.invalid()
	case scopeKnown && known && !strings.Contains(where, scope):
		return nil, r.invalid()
	}
	children, err := r.children(el, "is-not-defined", "time-range", "prop-filter", "comp-filter")
	if err != nil {
		return nil, err
	}
	f := &compFilter{name: name}
	if f.absent, err = r.undefined(children); err != nil || f.absent {
		return f, err
	}
	for _, c := range children {
		switch c.Name.Local {
		case "time-range":
			err = r.compWindow(el, c, f)
		case "prop-filter":
			var p propFilter
			p, err = r.prop(c)
			f.props = append(f.props, p)
		case "comp-filter":
			var inner *compFilter
			inner, err = r.comp(c, name, depth+1)
			f.comps = append(f.comps, inner)
		}
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (r *filterReader) compWindow(el, timeRange *davxml.Element, f *compFilter) (err error) {
	if _, timed := timedComponents[f.name]; !timed {
		if _, known := scopes[f.name]; known {
			return r.invalid()
		}
		return r.unsupported(el)
	}
	if f.window != nil {
		return r.invalid()
	}
	f.window, err = r.window(timeRange)
	return err
}

func (r *filterReader) prop(el *davxml.Element) (p propFilter, err error) {
	if p.name, err = r.named(el); err != nil {
		return p, err
	}
	children, err := r.children(el, "is-not-defined", "time-range", "text-match", "param-filter")
	if err != nil {
		return p, err
	}
	if p.absent, err = r.undefined(children); err != nil || p.absent {
		return p, err
	}
	for _, c := range children {
		switch c.Name.Local {
		case "time-range":
			if !timedProperties[p.name] {
				if strings.HasPrefix(p.name, "X-") {
					return p, r.unsupported(el)
				}
				return p, r.invalid()
			}
			if p.window != nil || p.text != nil {
				return p, r.invalid()
			}
			p.window, err = r.window(c)
		case "text-match":
			if p.window != nil || p.text != nil {
				return p, r.invalid()
			}
			p.text, err = r.text(c)
		case "param-filter":
			var param paramFilter
			param, err = r.param(c)
			p.params = append(p.params, param)
		}
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

// window compiles a time-range (§9.9): UTC only, at least one end, and the end after the start.
func (r *filterReader) window(el *davxml.Element) (*ics.Window, error) {
	w, err := parseWindow(el)
	if err != nil || w.Start.IsZero() && w.End.IsZero() {
		return nil, r.invalid()
	}
	return &w, nil
}

// parseWindow reads the start and end attributes of time-range, expand and their kind.
func parseWindow(el *davxml.Element) (w ics.Window, err error) {
	for _, end := range []struct {
		attr string
		to   *time.Time
	}{{"start", &w.Start}, {"end", &w.End}} {
		v, ok := el.Attr(end.attr)
		if !ok {
			continue
		}
		if *end.to, err = time.Parse("20060102T150405Z", v); err != nil {
			return w, err
		}
	}
	if !w.Start.IsZero() && !w.End.IsZero() && !w.End.After(w.Start) {
		return w, statusError(http.StatusBadRequest)
	}
	return w, nil
}

// Query is what an engine can tell of a match without reading bodies: never less than Match finds.
func (f *calendarFilter) Query() backend.Query {
	var q backend.Query
	if f == nil || f.root.absent {
		return q
	}
	for _, c := range f.root.comps {
		if c.absent {
			continue
		}
		if timedComponents[c.name] {
			q.Components = append(q.Components, c.name)
		}
		c.narrow(&q)
		for _, inner := range c.comps {
			inner.narrow(&q)
		}
	}
	return q
}

// only tells that the component of an object alone decides whether it matches, and which one that must be, "" for any:
// then bodies need not be read.
func (f *calendarFilter) only() (component string, ok bool) {
	if f == nil {
		return "", true
	}
	if f.root.absent || len(f.root.props) > 0 || len(f.root.comps) > 1 {
		return "", false
	}
	if len(f.root.comps) == 0 {
		return "", true
	}
	c := f.root.comps[0]
	bare := !c.absent && c.window == nil && len(c.props)+len(c.comps) == 0
	return c.name, bare && timedComponents[c.name]
}

// narrow adds what one required component asks for.
func (f *compFilter) narrow(q *backend.Query) {
	for i := range f.props {
		p := &f.props[i]
		if p.text == nil || !backend.TextProperties[p.name] {
			continue
		}
		if n := p.text.needle(); n != "" {
			q.Texts = append(q.Texts, n)
		}
	}
	if f.window == nil || q.From != nil || q.To != nil {
		return
	}
	q.From, q.To = unixOf(f.window.Start), unixOf(f.window.End)
	q.Alarm = f.name == "VALARM"
}

func unixOf(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	u := t.Unix()
	return &u
}
