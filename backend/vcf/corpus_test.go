package vcf

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mustCorpus finds the real cards that lie beside the project, or skips.
func mustCorpus(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		corpus := filepath.Join(filepath.Dir(dir), "shared", "corpus")
		if _, err := os.Stat(filepath.Join(corpus, "LABELS.tsv")); err == nil {
			return corpus
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("no corpus beside the project")
	return ""
}

// mustCards returns the bodies of the corpus and their labels, by name.
func mustCards(t testing.TB) (bodies map[string][]byte, labels map[string]string) {
	t.Helper()
	corpus := mustCorpus(t)
	table, err := os.ReadFile(filepath.Join(corpus, "LABELS.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	bodies, labels = make(map[string][]byte), make(map[string]string)
	for row := range strings.Lines(string(table)) {
		name, label, ok := strings.Cut(strings.TrimSpace(row), "\t")
		if !ok || !strings.HasPrefix(name, "vcf/") {
			continue
		}
		if bodies[name], err = os.ReadFile(filepath.Join(corpus, name)); err != nil {
			t.Fatal(err)
		}
		labels[name] = label
	}
	if len(bodies) < 40 {
		t.Fatalf("only %d cards in the corpus", len(bodies))
	}
	return bodies, labels
}

// wantCondition says what Check answers for each label: "" accepts.
var wantCondition = map[string]string{
	"must-accept":   "",
	"not-xml-text":  "",
	"no-fn":         "",
	"no-uid":        ValidAddressData,
	"not-vcard":     ValidAddressData,
	"several-cards": ValidAddressData,
	"other-version": SupportedAddressData,
}

func TestCorpus(t *testing.T) {
	bodies, labels := mustCards(t)
	for name, body := range bodies {
		want, ok := wantCondition[labels[name]]
		if !ok {
			t.Errorf("%s: no expectation for the label %s", name, labels[name])
			continue
		}
		c, err := Parse(body)
		if err == nil {
			err = c.Check()
		}
		got := ""
		if invalid := new(Invalid); errors.As(err, &invalid) {
			got = invalid.Condition
		}
		if got != want {
			t.Errorf("%s, %s: %v; want %q", name, labels[name], err, want)
		}
	}
}

func TestCorpusConverts(t *testing.T) {
	bodies, _ := mustCards(t)
	converted := 0
	for name, body := range bodies {
		c, err := Parse(body)
		if err != nil || c.cards != 1 || c.Version() != V3 && c.Version() != V4 {
			continue
		}
		converted++
		t.Run(filepath.Base(name), func(t *testing.T) {
			other := mustConvert(t, body, opposite(c.Version()))
			o, err := Parse(other)
			if err != nil {
				t.Fatal(err)
			}
			if o.UID() != c.UID() || o.Kind() != c.Kind() || o.first("FN") == nil {
				t.Errorf("UID %q and kind %q became %q and %q:\n%s", c.UID(), c.Kind(), o.UID(), o.Kind(), other)
			}
			if same := mustConvert(t, body, c.Version()); !bytes.Equal(same, body) {
				t.Error("the same version is not the same bytes")
			}
			mustSettle(t, body)
		})
	}
	if converted < 20 {
		t.Errorf("only %d cards were converted", converted)
	}
}

func opposite(version string) string {
	if version == V3 {
		return V4
	}
	return V3
}

func mustConvert(t testing.TB, body []byte, version string) []byte {
	t.Helper()
	out, err := Convert(body, version)
	if err != nil {
		t.Fatalf("convert to %s: %v", version, err)
	}
	return out
}

// mustSettle converts a card there and back until nothing more is lost, which must be at once or after one round.
func mustSettle(t testing.TB, body []byte) {
	t.Helper()
	c, err := Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	round := func(b []byte) []byte {
		return mustConvert(t, mustConvert(t, b, opposite(c.Version())), c.Version())
	}
	once := round(body)
	twice := round(once)
	if thrice := round(twice); !bytes.Equal(twice, thrice) {
		t.Errorf("converting there and back does not settle:\n%q\n%q\n%q", once, twice, thrice)
	}
}
