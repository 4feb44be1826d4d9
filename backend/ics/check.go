package ics

import (
	"bytes"
	"fmt"
	"strings"
)

// The preconditions of RFC 4791 §5.3.2.1 that a body can fail by itself.
const (
	SupportedData      = "supported-calendar-data"
	ValidData          = "valid-calendar-data"
	ValidObject        = "valid-calendar-object-resource"
	SupportedComponent = "supported-calendar-component"
)

// Invalid says why a body cannot be stored as a calendar object resource: the name of the CALDAV
// precondition, and what a person can do about it.
type Invalid struct {
	Condition string
	Detail    string
}

func (e *Invalid) Error() string { return e.Condition + ": " + e.Detail }

// storable are the components that a calendar object resource may be about.
var storable = map[string]bool{"VEVENT": true, "VTODO": true, "VJOURNAL": true, "VFREEBUSY": true}

// Check tells whether the object may be stored as it is: nil, or an *Invalid. It asks no more than
// RFC 4791 §4.1 does, since what a client made must be storable: unreadable dates, unknown zones
// and senseless rules pass.
func (c *Calendar) Check() error {
	for _, check := range []func(*Calendar) *Invalid{checkRoot, checkVersion, checkMethod, checkKind, checkUID, checkStorable} {
		if invalid := check(c); invalid != nil {
			return invalid
		}
	}
	return nil
}

func checkRoot(c *Calendar) *Invalid {
	calendars := 0
	for _, comp := range c.Doc.Components {
		if comp.Name != "VCALENDAR" {
			return &Invalid{ValidData, fmt.Sprintf("component %.40q outside of a VCALENDAR", comp.Name)}
		}
		calendars++
	}
	switch {
	case calendars == 0:
		return &Invalid{ValidData, "no VCALENDAR"}
	case len(c.Doc.Stray) > 0:
		return &Invalid{ValidData, "text outside of the VCALENDAR"}
	case calendars > 1:
		return &Invalid{ValidObject, "more than one VCALENDAR"}
	}
	return nil
}

// checkVersion refuses vCalendar, which is another format with another media type.
func checkVersion(c *Calendar) *Invalid {
	if l := find(c.Root, "VERSION"); l != nil && string(bytes.TrimSpace(l.Value)) == "1.0" {
		return &Invalid{SupportedData, "vCalendar 1.0; iCalendar 2.0 is supported"}
	}
	return nil
}

func checkMethod(c *Calendar) *Invalid {
	if find(c.Root, "METHOD") != nil {
		return &Invalid{ValidObject, "METHOD belongs to messages, not to stored objects"}
	}
	return nil
}

func checkKind(c *Calendar) *Invalid {
	kind := c.Component()
	if kind == "" {
		return &Invalid{ValidObject, "no component besides time zones"}
	}
	for comp := range c.Components() {
		if comp.Name == "VCALENDAR" {
			return &Invalid{ValidObject, "a VCALENDAR in a VCALENDAR"}
		}
		if comp.Name != kind {
			return &Invalid{ValidObject, fmt.Sprintf("%.40q and %.40q in one object", kind, comp.Name)}
		}
	}
	return nil
}

func checkStorable(c *Calendar) *Invalid {
	if kind := c.Component(); !storable[kind] {
		return &Invalid{SupportedComponent, fmt.Sprintf("component %.40q", kind)}
	}
	return nil
}

func checkUID(c *Calendar) *Invalid {
	uid := c.UID()
	if strings.TrimSpace(uid) == "" {
		return &Invalid{ValidObject, "no UID"}
	}
	for comp := range c.Components() {
		switch other := componentUID(comp); other {
		case uid:
		case "":
			return &Invalid{ValidObject, "a component without UID"}
		default:
			return &Invalid{ValidObject, "components with different UIDs"}
		}
	}
	return nil
}
