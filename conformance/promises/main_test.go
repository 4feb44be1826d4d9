package promises

import (
	"flag"
	"os"
	"testing"

	"daycairn/conformance/target"
)

// The flags of tests that have seeds.
var (
	flagSeed  = flag.Uint64("seed", 0, "run this seed alone, counted from 1")
	flagSeeds = flag.Int("seeds", 200, "how many seeds to run")
)

func TestMain(m *testing.M) {
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

// quiet keeps the log short enough to be kept whole: warnings and worse.
const quiet = "DAYCAIRN_LOG_LEVEL=warn"

// mustServe starts the program with a short log.
func mustServe(t testing.TB, env ...string) *target.Server {
	t.Helper()
	return target.StartWith(t, target.Config{Env: append([]string{quiet}, env...)})
}
