// Package promises holds tests of what the README guarantees that need more than a transcript, each against the real
// program over HTTP: a sync token that is not ours is refused and one from the future holds the store (tokens,
// rollback); replicas that read page by page while others write end equal with the server (pages, followers); a kill
// leaves each item in one place, whole (killed); one writer's trouble is nobody else's (neighbours, full, broken_disk);
// nobody can list or search for others (unlisted).
//
// Real files, the order of sync and answer, linearizability, and strangers who guess each other's URLs are tested in
// package conformance.
//
// Each test reaches its full size in an ordinary run; -short makes it small. What a machine cannot do (strace, mounting
// a small disk) is skipped by name.
package promises
