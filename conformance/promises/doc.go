// Package promises holds tests of what the README guarantees that need more than a transcript, each against the real
// program over HTTP: a sync token that is not ours is refused and one from the future holds the store (tokens,
// rollback), replicas that read page by page while others write end equal with the server (pages), users are strangers
// to each other (strangers), and one writer's trouble is nobody else's (neighbours, full).
//
// Real files, crashes, the order of sync and answer, and linearizability are tested in package conformance.
//
// Each test reaches its full size in an ordinary run; -short makes it small. What a machine cannot do (mounting a small
// disk) is skipped by name.
package promises
