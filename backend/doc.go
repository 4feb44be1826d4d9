// Package backend is the domain in words a user would use: principals, collections, items and their versions.
// It holds what the server and every engine agree on, and imports no SQL.
//
// Two closures carry all traffic: Store.View reads one unchanging snapshot, Store.Update checks and writes alone.
// Whatever a Writer does is recorded as versions under the Actor of its Update: nothing is overwritten.
package backend
