package server

import (
	"daycairn/backend"
	"daycairn/backend/ics"
	"daycairn/server/davxml"
)

// need says what must be loaded before a property can be given.
type need uint16

const (
	needStored    need = 1 << iota // what clients set on the subject (backend.Property)
	needUsage                      // sums of the account
	needMembers                    // the state of a home: its sequence
	needAddresses                  // calendar user addresses
	needBody                       // the bytes of the item
	needDefault                    // the default collection of a home
)

// A getter appends a property's whole element. False: the resource has none (404), and nothing was appended.
type getter func(w *davxml.Writer, x *exchange, res *resource) bool

// A shape gives what a report's answer shows of a body (RFC 4791 §9.6, RFC 6352 §10.4).
type shape func(x *exchange, res *resource) ([]byte, error)

// A property is a row.
type property struct {
	name    davxml.Name
	kinds   kind // that have it
	allprop bool // named by allprop (RFC 4918 §9.1); else only when asked for
	// fixed: the same for all resources of a kind within one request. It is rendered once, and get looks at nothing
	// of the resource but its kind and family.
	fixed bool
	// always: every resource of the kinds has it.
	always bool
	needs  need
	get    getter
	// ask reads what the element in a report says of what to show of a body; nil: the property shows none.
	ask func(el *davxml.Element) (shape, error)
	// set checks what a client wants to write, which is then stored as it is; nil: protected. nil element: removal.
	set func(x *exchange, res *resource, el *davxml.Element) error
	// create checks what is protected but may be given when a collection is made.
	create func(x *exchange, res *resource, el *davxml.Element) error
}

// properties by name, and in the order in which they are listed. Rows are registered by the prop_*.go files; what no
// row names is a dead property.
var (
	properties   = map[davxml.Name]*property{}
	propertyRows []*property
)

// register adds rows; two rows of one name are a mistake of ours.
func register(rows ...property) {
	for i := range rows {
		if _, twice := properties[rows[i].name]; twice {
			panic("property registered twice: " + rows[i].name.Local)
		}
		properties[rows[i].name] = &rows[i]
		propertyRows = append(propertyRows, &rows[i])
	}
}

// findProperty gives the row of a name on a kind. Without one the property may be a dead one, unless it is protected
// where it lives: nothing can have been stored under such a name.
func findProperty(n davxml.Name, k kind) (row *property, dead bool) {
	row = properties[n]
	if row == nil {
		return nil, true
	}
	if !row.kinds.has(k) {
		return nil, row.set != nil
	}
	return row, false
}

// A resource is what is known of a target in one View: narrow, and valid after it.
type resource struct {
	target
	coll      *backend.Collection // of a collection and its items
	item      *backend.Item
	stored    []backend.Property  // needStored
	usage     *backend.Usage      // needUsage
	state     int64               // needMembers
	mark      backend.Mark        // of state
	addresses []string            // needAddresses
	primary   *backend.Collection // needDefault
	body      []byte              // needBody; nil: damaged
	shown     []byte              // of the body, in the shape that was asked for
	refusal   *davError           // why the body cannot be shown in that shape
	byHref    bool                // it was asked for by its href
	zone      *ics.Zone           // of floating times in a report, nil: UTC
}

// storedProperty finds what a client set, nil if nothing.
func (res *resource) storedProperty(n davxml.Name) []byte {
	for i := range res.stored {
		if res.stored[i].Name == backend.PropertyName(n) {
			return res.stored[i].XML
		}
	}
	return nil
}
