package promises

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daycairn/conformance/target"
)

// A sample is a real file with what the RFCs say about it as a single PUT.
type sample struct {
	path, label string
	body        []byte
}

// allowed are the preconditions that may turn a label's files away, by family. RFC 4791 §5.3.2.1 and §4.1, RFC 6352
// §6.3.2.1 and §5.1: a flaw of the stream is one of the data, a flaw of what one resource may hold one of the object.
// Labels that are absent must be accepted.
var allowed = map[string]map[string][]string{
	".ics": {
		"not-icalendar":     {"C:valid-calendar-data"},
		"no-component":      {"C:valid-calendar-object-resource", "C:valid-calendar-data"},
		"no-uid":            {"C:valid-calendar-object-resource", "C:valid-calendar-data"},
		"method":            {"C:valid-calendar-object-resource"},
		"several-uids":      {"C:valid-calendar-object-resource"},
		"several-kinds":     {"C:valid-calendar-object-resource"},
		"several-calendars": {"C:valid-calendar-object-resource", "C:valid-calendar-data"},
		"other-kind":        {"C:supported-calendar-component"},
	},
	".vcf": {
		"not-vcard":     {"CR:valid-address-data"},
		"no-fn":         {"CR:valid-address-data"},
		"no-uid":        {"CR:valid-address-data"},
		"several-cards": {"CR:valid-address-data"},
		"other-version": {"CR:supported-address-data"},
	},
}

// accepted are the labels of which every file is to be stored.
var accepted = []string{"must-accept", "not-xml-text"}

// TestCorpus puts each real file into a collection of its own: what must be accepted comes back byte for byte, and so
// does whatever else is; the rest is refused with the condition that the RFC names for its flaw.
func TestCorpus(t *testing.T) {
	samples := mustSamples(t)
	s := target.Start(t, quiet, "DAYCAIRN_LIMITS_MAX_COLLECTIONS=2000")
	p := mustPerson(t, s, "corpus", 2)
	table := map[string]int{}
	for i, sm := range samples {
		outcome, err := trySample(p, sm, i)
		if err != nil {
			t.Errorf("%s (%s): %v", sm.path, sm.label, err)
			outcome = "WRONG"
		}
		table[fmt.Sprintf("%-18s %s", sm.label, outcome)]++
	}
	checkLog(t, s)
	var b strings.Builder
	for _, row := range slices.Sorted(maps.Keys(table)) {
		fmt.Fprintf(&b, "%4d  %s\n", table[row], row)
	}
	t.Logf("%d files by label and outcome:\n%s", len(samples), b.String())
}

// mustSamples reads the corpus beside the project.
func mustSamples(t testing.TB) []sample {
	t.Helper()
	dir := corpusDir()
	if dir == "" {
		t.Skip("no shared/corpus beside the project")
	}
	index, err := os.ReadFile(filepath.Join(dir, "LABELS.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var list []sample
	for in := bufio.NewScanner(bytes.NewReader(index)); in.Scan(); {
		path, label, ok := strings.Cut(in.Text(), "\t")
		if !ok || strings.HasPrefix(path, "#") {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, sample{path, strings.TrimSpace(label), body})
	}
	if len(list) == 0 {
		t.Fatalf("%s names no files", dir)
	}
	return list
}

// corpusDir looks for shared/corpus in the directories above.
func corpusDir() string {
	at, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		dir := filepath.Join(at, "shared", "corpus")
		if _, err := os.Stat(filepath.Join(dir, "LABELS.tsv")); err == nil {
			return dir
		}
		up := filepath.Dir(at)
		if up == at {
			return ""
		}
		at = up
	}
}

// trySample gives "kept", or the condition that the file was refused with.
func trySample(p *person, sm sample, i int) (string, error) {
	f := calendars
	if filepath.Ext(sm.path) == ".vcf" {
		f = books
	}
	coll := fmt.Sprintf("%ssample-%d/", f.home(p.User), i)
	a, err := f.make(p, coll, sm.path)
	if err != nil {
		return "", err
	}
	if a.Status != http.StatusCreated {
		return "", fmt.Errorf("make its collection: %d %.200s", a.Status, a.Body)
	}
	item := coll + "item" + f.ext
	a, err = p.do("PUT", item, sm.body, "Content-Type", f.mediaType, "If-None-Match", "*")
	if err != nil {
		return "", err
	}
	switch {
	case a.Status == http.StatusCreated:
		return "kept", checkKept(p, f, coll, item, sm, a.Header.Get("ETag"))
	case slices.Contains(accepted, sm.label):
		return "", fmt.Errorf("refused: %d %s", a.Status, condition(a))
	case a.Status != http.StatusForbidden && a.Status != http.StatusConflict:
		return "", fmt.Errorf("status %d %.200s", a.Status, a.Body)
	}
	got := condition(a)
	if !slices.Contains(allowed[f.ext][sm.label], got) {
		return "", fmt.Errorf("refused with %d %q, want %q", a.Status, got, allowed[f.ext][sm.label])
	}
	return got, checkAbsent(p, f, coll, item)
}
