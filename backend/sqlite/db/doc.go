// Package db is a thin binding to SQLite: connections, cached statements, rows.
//
// It takes the place of database/sql for one engine that owns its connections: a statement is prepared once, a row is
// read without an allocation that its caller did not ask for, and the state that a writer must know after an error
// (InTransaction) is in reach. It is the only package of the tree that touches memory which Go does not manage.
//
// A Conn and its statements belong to one goroutine at a time.
package db
