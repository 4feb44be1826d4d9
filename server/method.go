package server

import (
	"net/http"
	"strings"
)

// A method is a row: who has it, whether it writes, what it takes, what it does.
type method struct {
	name   string
	kinds  kind
	writes bool // refused to credentials that may only read
	cost   int  // of an account's shares, beside what the body takes (gate.go)
	run    func(*exchange) error
}

// methods, in the order in which Allow names them. Filled in init: the rows' functions read the table.
var methods []method

func init() {
	methods = []method{
		{"OPTIONS", kindAny, false, 1, (*exchange).options},
		{"GET", kindAny, false, 2, (*exchange).get},
		{"HEAD", kindAny, false, 1, (*exchange).get},
		{"PUT", kindItem, true, 1, (*exchange).put},
		{"DELETE", kindItem | kindCollection, true, 1, (*exchange).delete},
		{"POST", kindCollection, true, 1, (*exchange).post},
		{"PROPFIND", kindAny, false, 4, (*exchange).propfind},
		{"PROPPATCH", kindPrincipal | kindHome | kindCollection | kindItem, true, 2, (*exchange).proppatch},
		{"REPORT", kindAny, false, 4, (*exchange).report},
		{"MKCOL", kindCollection, true, 2, (*exchange).mkcol},
		{"MKCALENDAR", kindCalendar, true, 2, (*exchange).mkcalendar},
		{"COPY", kindItem, true, 4, (*exchange).copyMove},
		{"MOVE", kindItem | kindCollection, true, 2, (*exchange).copyMove},
	}
}

// allow is the Allow header of a kind (RFC 9110 §10.2.1), computed from the table.
func allow(k kind) string {
	var names []string
	for i := range methods {
		if methods[i].kinds.has(k) {
			names = append(names, methods[i].name)
		}
	}
	return strings.Join(names, ", ")
}

// unbuilt are methods that WebDAV and HTTP know and no kind has here: 405 rather than 501.
var unbuilt = map[string]bool{
	"LOCK": true, "UNLOCK": true, "ACL": true, "PATCH": true, "TRACE": true, "SEARCH": true, "BIND": true, "UNBIND": true,
	"REBIND": true, "VERSION-CONTROL": true, "ORDERPATCH": true,
}

// findMethod gives the row of a method: 501 for one that we do not know, 405 for a kind that does not have it, but
// where a calendar cannot be made the condition of RFC 4791 §5.3.1 says so.
func findMethod(name string, k kind) (*method, error) {
	known := unbuilt[name]
	for i := range methods {
		if methods[i].name != name {
			continue
		}
		if methods[i].kinds.has(k) {
			return &methods[i], nil
		}
		known = true
	}
	switch {
	case name == "MKCALENDAR" && (kindBook | kindItem).has(k):
		return nil, creators[name]
	case known:
		return nil, statusError(http.StatusMethodNotAllowed)
	}
	return nil, statusError(http.StatusNotImplemented)
}
