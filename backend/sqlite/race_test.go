//go:build race

package sqlite

// raced tells that the race detector is on: what it runs takes twenty times as long.
const raced = true
