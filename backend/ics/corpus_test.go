package ics

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpusDir finds the directory of real calendars beside the project; tests that need it skip
// where it is absent.
func corpusDir(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		corpus := filepath.Join(dir, "shared", "corpus")
		if _, err := os.Stat(filepath.Join(corpus, "LABELS.tsv")); err == nil {
			return corpus
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("no corpus of real calendars beside the project")
	return ""
}

// corpusFile is a real file and what a server may do with it.
type corpusFile struct {
	name, label string
	body        []byte
}

func corpusFiles(t testing.TB) []corpusFile {
	t.Helper()
	dir := corpusDir(t)
	labels, err := os.ReadFile(filepath.Join(dir, "LABELS.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var files []corpusFile
	for row := range strings.Lines(string(labels)) {
		name, label, ok := strings.Cut(strings.TrimSpace(row), "\t")
		if !ok || !strings.HasPrefix(name, "ics/") {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, corpusFile{name, label, body})
	}
	return files
}

// corpusConditions says which answers each label allows; "" is acceptance. A file with two faults
// may be refused for either.
var corpusConditions = map[string][]string{
	"must-accept":       {""},
	"not-xml-text":      {""},
	"not-icalendar":     {ValidData},
	"several-calendars": {ValidObject, ValidData},
	"several-kinds":     {ValidObject},
	"several-uids":      {ValidObject},
	"no-uid":            {ValidObject},
	"no-component":      {ValidObject},
	"method":            {ValidObject, ValidData},
	"other-kind":        {"", ValidObject, SupportedComponent},
	"other-version":     {SupportedData},
}

func condition(err error) string {
	var invalid *Invalid
	if errors.As(err, &invalid) {
		return invalid.Condition
	}
	return ""
}

func TestCheckCorpus(t *testing.T) {
	for _, f := range corpusFiles(t) {
		cal, err := Parse(f.body)
		if err == nil {
			err = cal.Check()
		}
		allowed := corpusConditions[f.label]
		ok := false
		for _, c := range allowed {
			ok = ok || c == condition(err)
		}
		if !ok {
			t.Errorf("%s (%s): %v", f.name, f.label, err)
		}
	}
}
