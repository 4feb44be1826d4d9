package hostile

import (
	"os"
	"testing"

	"daycairn/conformance/target"
)

func TestMain(m *testing.M) {
	code := m.Run()
	target.Cleanup()
	os.Exit(code)
}
