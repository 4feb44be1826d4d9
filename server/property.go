package server

import (
	"daycairn/backend"
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
)

// A property is a row.
type property struct {
	name    davxml.Name
	kinds   kind // that have it
	allprop bool // named by allprop (RFC 4918 §9.1); else only when asked for
	needs   need
	// get appends the whole element; false: the resource has none (404).
	get func(w *davxml.Writer, x *exchange, res *resource) bool
	// set checks what a client wants to write, which is then stored as it is; nil: protected. nil element: removal.
	set func(x *exchange, res *resource, el *davxml.Element) error
}

// properties by name. Rows are registered by the prop_*.go files; what no row names is a dead property.
var properties = map[davxml.Name]*property{}

// register adds rows; two rows of one name and kind are a mistake of ours.
func register(rows ...property) {
	for i := range rows {
		if _, twice := properties[rows[i].name]; twice {
			panic("property registered twice: " + rows[i].name.Local)
		}
		properties[rows[i].name] = &rows[i]
	}
}

// A resource is what is known of a target in one View: narrow, and valid after it.
type resource struct {
	target
	coll      *backend.Collection // of a collection and its items
	item      *backend.Item
	stored    []backend.Property // needStored
	usage     *backend.Usage     // needUsage
	state     int64              // needMembers
	addresses []string           // needAddresses
	body      []byte             // needBody
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
