// Package sqlite is the engine: a backend.Store in one SQLite file with a write-ahead log, synced at each commit.
//
// One goroutine writes. It lets requests run one after the other in one transaction, each in a savepoint of its own,
// and answers all of them after the commit that holds them; while a commit is synced, the next batch forms. Readers
// have connections of their own and see one snapshot each.
//
// Whatever a Writer does becomes a record with all its ids; one function (apply) carries a record out, whether it comes
// from a request or, after a crash, from the journal.
package sqlite
