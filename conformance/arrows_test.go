package conformance

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// arrows says which packages of the project each may import. A package without a row of its own takes that of the
// longest name above it.
var arrows = map[string][]string{
	"daycairn/cmd":             {"daycairn/server", "daycairn/auth", "daycairn/backend"},
	"daycairn/server":          {"daycairn/backend", "daycairn/backend/ics", "daycairn/backend/vcf", "daycairn/backend/line", "daycairn/auth", "daycairn/server/davxml"},
	"daycairn/server/davxml":   {},
	"daycairn/auth":            {"daycairn/backend"},
	"daycairn/backend":         {"daycairn/backend/ics", "daycairn/backend/vcf", "daycairn/backend/line"},
	"daycairn/backend/line":    {},
	"daycairn/backend/ics":     {"daycairn/backend/line"},
	"daycairn/backend/vcf":     {"daycairn/backend/line"},
	"daycairn/backend/sqlite":  {"daycairn/backend", "daycairn/backend/sqlite/db"},
	"daycairn/backend/journal": {"daycairn/backend"},
	"daycairn/conformance":     {"daycairn/conformance"},
}

// whole are rows of arrows that name everything below what they name, not that package alone.
var whole = map[string]bool{"daycairn/cmd": true, "daycairn/conformance": true}

// TestImportArrows holds each package's imports against the table, tests left out.
func TestImportArrows(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "daycairn/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); ; seen++ {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(p.ImportPath, "backendtest") || strings.HasSuffix(p.ImportPath, "/generate") {
			continue // the engine's contract is a test; generators are tools
		}
		row := rowOf(p.ImportPath)
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "daycairn/") && !points(row, imported) {
				t.Errorf("%s imports %s; %s may import %v", p.ImportPath, imported, row, arrows[row])
			}
		}
	}
	if seen < 5 {
		t.Errorf("only %d packages listed", seen)
	}
}

// rowOf is the row that a package falls under.
func rowOf(path string) string {
	for path != "" {
		if _, ok := arrows[path]; ok {
			return path
		}
		path = path[:max(0, strings.LastIndexByte(path, '/'))]
	}
	return ""
}

func points(row, to string) bool {
	for _, allowed := range arrows[row] {
		if to == allowed || whole[row] && strings.HasPrefix(to, allowed+"/") {
			return true
		}
	}
	return false
}
