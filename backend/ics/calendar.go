package ics

import (
	"iter"

	"daycairn/backend/line"
)

// A Calendar is a parsed iCalendar object. It is used by one goroutine at a time: what it works out
// once, it keeps.
type Calendar struct {
	Doc  *line.Document
	Root *line.Component // the first VCALENDAR, or a component without a name where there is none

	zones  map[string]*Zone // by TZID; nil for one that nobody knows
	view   *view
	filter filter // what filters have asked of the view
}

// Parse reads a body. The error is an *Invalid: the body is not made of components at all. Whatever
// else is wrong with it, Check finds.
func Parse(body []byte) (*Calendar, error) {
	doc, err := line.Parse(body)
	if err != nil {
		return nil, &Invalid{Condition: ValidData, Detail: err.Error()}
	}
	cal := &Calendar{Doc: doc, Root: &line.Component{}}
	for _, c := range doc.Components {
		if c.Name == "VCALENDAR" {
			cal.Root = c
			break
		}
	}
	return cal, nil
}

// Components yields the components that the object is about: masters and overrides, no time zones.
func (c *Calendar) Components() iter.Seq[*line.Component] {
	return func(yield func(*line.Component) bool) {
		for _, child := range c.Root.Children {
			if child.Name != "VTIMEZONE" && !yield(child) {
				return
			}
		}
	}
}

// UID is the UID that the components share; "" where there is none.
func (c *Calendar) UID() string {
	for comp := range c.Components() {
		if uid := componentUID(comp); uid != "" {
			return uid
		}
	}
	return ""
}

// Component is the kind of the object's components, "VEVENT" for one; "" where there is none.
func (c *Calendar) Component() string {
	for comp := range c.Components() {
		return comp.Name
	}
	return ""
}

func componentUID(comp *line.Component) string {
	if l := find(comp, "UID"); l != nil {
		return line.Text(l.Value)
	}
	return ""
}

// find is the first line of a name, which is upper-case; nil where there is none.
func find(comp *line.Component, name string) *line.Line {
	for i := range comp.Lines {
		if comp.Lines[i].Name == name {
			return &comp.Lines[i]
		}
	}
	return nil
}

// zone finds the zone that a TZID means in this object: its own VTIMEZONE, else one that we know;
// nil where it means nothing.
func (c *Calendar) zone(tzid string) (z *Zone, known bool) {
	tzid = trimID(tzid)
	if c.zones == nil {
		c.readZones()
	}
	if z, seen := c.zones[tzid]; seen {
		return z, z != nil
	}
	z, _ = LookupZone(tzid)
	if len(c.zones) < maxZones {
		c.zones[tzid] = z
	}
	return z, z != nil
}

// maxZones bounds the zones of one object that are remembered.
const maxZones = 1024

func (c *Calendar) readZones() {
	c.zones = make(map[string]*Zone)
	steps := &budget{left: maxZoneSteps}
	for _, child := range c.Root.Children {
		if child.Name != "VTIMEZONE" || len(c.zones) >= maxZones {
			continue
		}
		id := zoneID(child)
		if _, seen := c.zones[id]; seen {
			continue
		}
		if z, ok := componentZone(child, steps); ok {
			c.zones[id] = z
		}
	}
}
