package promises

import (
	"flag"
	"os"
	"testing"

	"daycairn/conformance/target"
)

// flagSeed repeats one seed of TestReplicas.
var flagSeed = flag.Int64("seed", 0, "run this seed of TestReplicas alone")

// TestMain also is the server that the controls run against: see carelessMain.
func TestMain(m *testing.M) {
	if dir := os.Getenv(carelessDir); dir != "" {
		os.Exit(carelessMain(dir))
	}
	flag.Parse()
	code := m.Run()
	target.Cleanup()
	os.Exit(code)
}

// size is full in an ordinary run and small with -short.
func size(full, small int) int {
	if testing.Short() {
		return small
	}
	return full
}
