package line

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mustCorpus finds the real bodies that lie beside the project, or skips.
func mustCorpus(t testing.TB) string {
	t.Helper()
	dir := corpusDir()
	if dir == "" {
		t.Skip("no corpus beside the project")
	}
	return dir
}

// corpusDir is where the real bodies lie, "" if they do not.
func corpusDir() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for dir != filepath.Dir(dir) {
		corpus := filepath.Join(filepath.Dir(dir), "shared", "corpus")
		if _, err := os.Stat(filepath.Join(corpus, "LABELS.tsv")); err == nil {
			return corpus
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// TestCorpus reads every real body without losing a byte, and parses each that a server must accept.
func TestCorpus(t *testing.T) {
	corpus := mustCorpus(t)
	table, err := os.ReadFile(filepath.Join(corpus, "LABELS.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	bodies := 0
	for row := range strings.Lines(string(table)) {
		name, label, ok := strings.Cut(strings.TrimSpace(row), "\t")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		source, err := os.ReadFile(filepath.Join(corpus, name))
		if err != nil {
			t.Fatal(err)
		}
		bodies++
		t.Run(name, func(t *testing.T) {
			mustTile(t, source, slices.Collect(Read(source)))
			doc, err := Parse(source)
			switch {
			case err == nil:
				mustNest(t, doc)
			case label == "must-accept" || label == "not-xml-text":
				t.Errorf("%s: %v", label, err)
			}
		})
	}
	if bodies < 400 {
		t.Errorf("only %d bodies in the corpus", bodies)
	}
}
