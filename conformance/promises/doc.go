// Package promises holds the tests behind what the README guarantees, each against the real program over HTTP: real
// files come back byte for byte (corpus), replicas that sync end equal with the server (replicas), acknowledged writes
// outlive a kill and are synced before the answer (crash, order), conditional requests are linearizable (linear), users are
// strangers to each other (strangers), and one writer's trouble is nobody else's (neighbours).
//
// Each test reaches its full size in an ordinary run; -short makes it small. What a machine cannot do (strace, mounting
// a small disk) is skipped by name.
package promises
