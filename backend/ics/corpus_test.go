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

// Every real file can be asked everything.
func TestCorpusIsUnderstood(t *testing.T) {
	berlin := mustZone(t, "Europe/Berlin")
	for _, f := range corpusFiles(t) {
		for _, text := range []string{"20240101T000000Z/20240201T000000Z", "20100101T000000Z/20200101T000000Z", "/20000101T000000Z", "20300101T000000Z/"} {
			asks(t, f.body, window(t, text), berlin)
		}
	}
}

// Zones that real files define and name say the same by either.
func TestCorpusZones(t *testing.T) {
	compared, differ := 0, 0
	for _, f := range corpusFiles(t) {
		cal, err := Parse(f.body)
		if err != nil {
			continue
		}
		for _, comp := range cal.Root.Children {
			if comp.Name != "VTIMEZONE" {
				continue
			}
			named, ok := LookupZone(zoneID(comp))
			if !ok {
				continue
			}
			own, _ := componentZone(comp, &budget{left: maxZoneSteps})
			compared++
			same := 0
			for month := range int64(48) {
				at := int64(1262304000) + month*30*daySeconds // 2010 to 2014
				if own.Local(at) == named.Local(at) {
					same++
				}
			}
			if same < 40 { // some files define what was once the rule, or end their rules
				differ++
			}
		}
	}
	if compared < 50 || differ > compared/20 {
		t.Errorf("%d of %d zones differ from what they are named after", differ, compared)
	}
}
