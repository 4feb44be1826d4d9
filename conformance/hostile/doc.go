// Package hostile is a client that tries to lose, leak or corrupt data, to hang the server or to end it. It asks the real
// program over HTTP, with an account of its own and without one.
//
// An attack is a row: the request, the statuses and the precondition that may answer it, and what it may cost. Around each
// table stands a watch: the process must not have been replaced, its log must not show a panic, an answer that was cut or
// an error that nobody planned, its processor time and its memory must stay within bounds that leave room for a busy
// machine, and the account of somebody else (the canary) must be, byte for byte and token for token, what it was before.
package hostile
