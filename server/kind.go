package server

import (
	"daycairn/backend"
	"daycairn/server/davxml"
)

// A kind is what a URL can name. Kinds are bits, so that a row of a table names all that it applies to.
type kind uint16

const (
	kindApex         kind = 1 << iota // "/" and "/principals/": where probes go; not part of the tree
	kindRoot                          // the context path
	kindPrincipals                    // the collection of principals
	kindPrincipal                     // a person
	kindHomes                         // the parent of all homes of a family
	kindCalendarHome                  // RFC 4791 §6.2.1
	kindCardHome                      // RFC 6352 §7.1.1
	kindCalendar                      // RFC 4791 §4.2
	kindBook                          // RFC 6352 §5.2
	kindEvent                         // a calendar object resource, RFC 4791 §4.1
	kindCard                          // an address object resource, RFC 6352 §5.1
)

// Sets of kinds that rows name often.
const (
	kindItem       = kindEvent | kindCard
	kindCollection = kindCalendar | kindBook
	kindHome       = kindCalendarHome | kindCardHome
	kindFolder     = kindApex | kindRoot | kindPrincipals | kindHomes // plain collections that only lead somewhere
	kindAny        = kindFolder | kindPrincipal | kindHome | kindCollection | kindItem
	kindCalDAV     = kindCalendarHome | kindCalendar | kindEvent
	kindCardDAV    = kindCardHome | kindBook | kindCard
)

// has tells whether the set s holds k.
func (s kind) has(k kind) bool { return s&k != 0 }

// resourceTypes of each kind (RFC 4918 §15.9).
var resourceTypes = map[kind][]davxml.Name{
	kindApex:         {dav("collection")},
	kindRoot:         {dav("collection")},
	kindPrincipals:   {dav("collection")},
	kindPrincipal:    {dav("collection"), dav("principal")},
	kindHomes:        {dav("collection")},
	kindCalendarHome: {dav("collection")},
	kindCardHome:     {dav("collection")},
	kindCalendar:     {dav("collection"), caldav("calendar")},
	kindBook:         {dav("collection"), carddav("addressbook")},
}

// Per family: the kinds of home, collection and item.
type family struct {
	kind                   backend.Kind
	home, collection, item kind
	mediaType              string // of items
	suffix                 string // of the names that the server makes
	space                  string // of the preconditions
}

var families = []family{
	{backend.Calendar, kindCalendarHome, kindCalendar, kindEvent, "text/calendar", ".ics", davxml.CalDAV},
	{backend.AddressBook, kindCardHome, kindBook, kindCard, "text/vcard", ".vcf", davxml.CardDAV},
}

// familyOf gives the row of a backend kind, nil for "".
func familyOf(k backend.Kind) *family {
	for i := range families {
		if families[i].kind == k {
			return &families[i]
		}
	}
	return nil
}

// familyOfKind gives the row of a home, collection or item, nil for anything else.
func familyOfKind(k kind) *family {
	for i := range families {
		if f := &families[i]; (f.home | f.collection | f.item).has(k) {
			return f
		}
	}
	return nil
}

func dav(local string) davxml.Name     { return davxml.Name{Space: davxml.DAV, Local: local} }
func caldav(local string) davxml.Name  { return davxml.Name{Space: davxml.CalDAV, Local: local} }
func carddav(local string) davxml.Name { return davxml.Name{Space: davxml.CardDAV, Local: local} }
