// Package server is the DAV frontend: one flat package, one subject a file; its listing reads like the RFCs.
//
// # The life of a request
//
// Handler.ServeHTTP catches panics, answers 503 while the store may not be believed, asks Auth who is there, resolves the
// path without I/O (tree.go), finds the method's row (method.go) and, when its account has shares enough (gate.go), runs it
// on an exchange. What goes wrong comes back as an error and becomes a status and a DAV:error body in one place
// (errors.go).
//
// # The tables
//
// What the server claims is computed from what dispatches (RFC 4918 Allow, DAV:supported-report-set and so on):
//
//	kind.go       what a URL can name
//	method.go     methods, and the kinds that have them
//	property.go   properties: kinds, need, get, set   (rows in prop_*.go)
//	report.go     reports: root element, kinds, run   (rows in report_*.go)
//	privilege.go  privileges that a principal has on each kind
//
// To add a property write a row in a prop_*.go; to add a report or a method write a row and the function that it names.
package server
