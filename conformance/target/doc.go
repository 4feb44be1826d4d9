// Package target is the server that the conformance tests speak to: the real program, built once and started on a free
// port, or any other server whose address and accounts were given.
package target
