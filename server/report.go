package server

import "daycairn/server/davxml"

// A report is a row: the root element that asks for it, who has it, what it does (RFC 3253 §3.6).
type report struct {
	root  davxml.Name
	kinds kind
	// run gets the decoder behind the root's start tag: multiget streams its hrefs.
	run func(x *exchange, root *davxml.Element, body *davxml.Decoder) error
}

// reports is filled in init functions beside the functions that it names (report_*.go).
var reports []report

// reportsOf yields what DAV:supported-report-set says of a kind.
func reportsOf(k kind) []davxml.Name {
	var names []davxml.Name
	for i := range reports {
		if reports[i].kinds.has(k) {
			names = append(names, reports[i].root)
		}
	}
	return names
}
