// Package conformance holds the promises of daycairn, tested from outside over HTTP. rfcNNNN/*.http and clients/*.http are
// transcripts (package transcript says how to read them); suites/ drives real clients; the tests here start the real
// program. go test -run TestTranscripts ./conformance -url URL -user U -password P asks the same of any other server.
package conformance
