package target

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var built struct {
	once sync.Once
	dir  string
	path string
	err  error
}

// Program builds daycairn once per test binary and yields its path.
func Program(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		built.dir, built.err = os.MkdirTemp("", "daycairn-conformance-")
		if built.err != nil {
			return
		}
		built.path = filepath.Join(built.dir, "daycairn")
		out, err := exec.Command("go", "build", "-o", built.path, "daycairn/cmd/daycairn").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("go build daycairn/cmd/daycairn: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

// Cleanup removes what Program built; TestMain calls it last.
func Cleanup() {
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
}
