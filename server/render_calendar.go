package server

import (
	"errors"
	"net/http"
	"strings"

	"daycairn/backend/ics"
	"daycairn/backend/line"
	"daycairn/server/davxml"
)

// A calendarData is a compiled CALDAV:calendar-data (RFC 4791 §9.6): what of a stored object a report's answer
// shows. The zero one shows the stored bytes.
type calendarData struct {
	comp            *compSelection
	expand          *ics.Window
	limitRecurrence *ics.Window
	limitFreeBusy   *ics.Window
}

// A compSelection is a compiled comp (§9.6.1).
type compSelection struct {
	name     string
	allProps bool
	props    map[string]bool // the properties to show; true where only without the value
	allComps bool
	comps    []*compSelection
}

// maxSelected bounds the elements of one calendar-data or address-data.
const maxSelected = 1024

// mediaType checks the content-type and version that calendar-data and address-data may ask for. It gives the
// version, the first of versions by default.
func mediaType(el *davxml.Element, contentType string, versions ...string) (string, bool) {
	if asked, ok := el.Attr("content-type"); ok {
		asked, _, _ = strings.Cut(asked, ";")
		if !strings.EqualFold(strings.TrimSpace(asked), contentType) {
			return "", false
		}
	}
	version, ok := el.Attr("version")
	if !ok {
		return versions[0], true
	}
	for _, v := range versions {
		if v == version {
			return v, true
		}
	}
	return "", false
}

// parseCalendarData compiles calendar-data. What is not in the RFC's grammar is refused: an answer that shows more or
// less than was meant would look like data.
func parseCalendarData(el *davxml.Element) (*calendarData, error) {
	if _, ok := mediaType(el, "text/calendar", "2.0"); !ok {
		return nil, violated(http.StatusForbidden, caldav("supported-calendar-data"))
	}
	d := &calendarData{}
	left := maxSelected
	for _, c := range el.Children {
		if c.Name.Space != davxml.CalDAV {
			continue
		}
		var err error
		switch c.Name.Local {
		case "comp":
			if d.comp != nil {
				return nil, errSelection
			}
			d.comp, err = parseComp(c, 0, &left)
		case "expand":
			d.expand, err = parseLimit(c)
		case "limit-recurrence-set":
			d.limitRecurrence, err = parseLimit(c)
		case "limit-freebusy-set":
			d.limitFreeBusy, err = parseLimit(c)
		default:
			err = errSelection
		}
		if err != nil {
			return nil, err
		}
	}
	if d.expand != nil && d.limitRecurrence != nil {
		return nil, errSelection
	}
	return d, nil
}

// errSelection refuses a calendar-data or address-data that is not valid; the RFCs name no condition for it.
var errSelection = statusError(http.StatusBadRequest)

// parseLimit reads a window whose both ends are required.
func parseLimit(el *davxml.Element) (*ics.Window, error) {
	w, err := parseWindow(el)
	if err != nil || w.Start.IsZero() || w.End.IsZero() {
		return nil, errSelection
	}
	return &w, nil
}

func parseComp(el *davxml.Element, depth int, left *int) (*compSelection, error) {
	name, ok := el.Attr("name")
	if !ok || depth == maxCompFilters {
		return nil, errSelection
	}
	s := &compSelection{name: strings.ToUpper(strings.TrimSpace(name)), props: make(map[string]bool)}
	for _, c := range el.Children {
		if c.Name.Space != davxml.CalDAV {
			continue
		}
		if *left--; *left < 0 {
			return nil, errSelection
		}
		switch c.Name.Local {
		case "allprop":
			s.allProps = true
		case "allcomp":
			s.allComps = true
		case "prop":
			name, noValue, err := parseProp(c)
			if err != nil {
				return nil, err
			}
			old, twice := s.props[name]
			s.props[name] = noValue && (old || !twice)
		case "comp":
			inner, err := parseComp(c, depth+1, left)
			if err != nil {
				return nil, err
			}
			s.comps = append(s.comps, inner)
		default:
			return nil, errSelection
		}
	}
	if len(s.props) == 0 && len(s.comps) == 0 && !s.allProps && !s.allComps {
		s.allProps, s.allComps = true, true // an empty comp asks for all of it (§7.8.1, the VTIMEZONE)
	}
	return s, nil
}

// parseProp reads a prop of either protocol (RFC 4791 §9.6.4, RFC 6352 §10.4.2).
func parseProp(el *davxml.Element) (name string, noValue bool, err error) {
	name, ok := el.Attr("name")
	flag, flagged := el.Attr("novalue")
	if !ok || name == "" || flagged && flag != "yes" && flag != "no" {
		return "", false, errSelection
	}
	return strings.ToUpper(name), flag == "yes", nil
}

// verbatim tells that a body is shown as it is stored.
func (d *calendarData) verbatim() bool {
	return d == nil || d.comp == nil && d.expand == nil && d.limitRecurrence == nil && d.limitFreeBusy == nil
}

// render gives what the answer shows of a body. A body that cannot be read is shown as it is. An error is one of
// ics.Expand: ics.ErrTooMany without a result, or ics.ErrBudget with one that may lack instances.
func (d *calendarData) render(body []byte, floating *ics.Zone, lim ics.Limit) ([]byte, error) {
	if d.verbatim() {
		return body, nil
	}
	var failed error
	for _, step := range []struct {
		window *ics.Window
		apply  func(cal *ics.Calendar, w ics.Window) ([]byte, error)
	}{
		{d.expand, func(cal *ics.Calendar, w ics.Window) ([]byte, error) { return cal.Expand(w, floating, lim) }},
		{d.limitRecurrence, func(cal *ics.Calendar, w ics.Window) ([]byte, error) {
			return cal.LimitRecurrenceSet(w, floating), nil
		}},
		{d.limitFreeBusy, func(cal *ics.Calendar, w ics.Window) ([]byte, error) {
			return cal.LimitFreeBusySet(w, floating), nil
		}},
	} {
		if step.window == nil {
			continue
		}
		cal, err := ics.Parse(body)
		if err != nil {
			return body, nil
		}
		body, err = step.apply(cal, *step.window)
		if body == nil {
			return nil, err
		}
		failed = errors.Join(failed, err)
	}
	return d.comp.of(body), failed
}

// of gives what is selected of a body. Nil selects all, as of a body that cannot be read.
func (s *compSelection) of(body []byte) []byte {
	if s == nil {
		return body
	}
	doc, err := line.Parse(body)
	if err != nil {
		return body
	}
	out := make([]byte, 0, len(body))
	for _, c := range doc.Components {
		if c.Name == s.name {
			out = s.appendComp(out, body, c)
		}
	}
	return out
}

// appendComp writes a component: the lines that begin and end it, and of its lines and components those selected, in
// their order and as they were written. It recurs no deeper than selections nest.
func (s *compSelection) appendComp(dst, source []byte, c *line.Component) []byte {
	if s.allProps && s.allComps {
		return append(dst, source[c.Start:c.End]...)
	}
	begin, end := frame(source, c)
	dst = append(dst, begin...)
	children := c.Children
	for i := 0; i < len(c.Lines) || len(children) > 0; {
		if i == len(c.Lines) || len(children) > 0 && children[0].Start < c.Lines[i].Start {
			dst = s.appendChild(dst, source, children[0])
			children = children[1:]
			continue
		}
		dst = s.appendLine(dst, source, &c.Lines[i])
		i++
	}
	return append(dst, end...)
}

func (s *compSelection) appendChild(dst, source []byte, c *line.Component) []byte {
	for _, inner := range s.comps {
		if inner.name == c.Name {
			return inner.appendComp(dst, source, c)
		}
	}
	if s.allComps {
		return append(dst, source[c.Start:c.End]...)
	}
	return dst
}

func (s *compSelection) appendLine(dst, source []byte, l *line.Line) []byte {
	raw := source[l.Start:l.End]
	noValue, selected := s.props[l.Name]
	switch {
	case !selected && !s.allProps:
		return dst
	case !noValue:
		return append(dst, raw...)
	}
	content := line.Unfold(raw)
	dst = append(dst, content[:len(content)-len(l.Value)]...)
	return append(dst, "\r\n"...)
}

// frame gives the lines that begin and end a component, as written.
func frame(source []byte, c *line.Component) (begin, end []byte) {
	first := c.End
	for l := range line.Read(source[c.Start:c.End]) {
		first = c.Start + l.End
		break
	}
	last := first
	if n := len(c.Lines); n > 0 {
		last = max(last, c.Lines[n-1].End)
	}
	if n := len(c.Children); n > 0 {
		last = max(last, c.Children[n-1].End)
	}
	return source[c.Start:first], source[last:c.End]
}
