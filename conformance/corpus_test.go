package conformance

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

// refusals are the conditions that RFC 4791 §5.3.2.1 and RFC 6352 §6.3.2.1 name for what a corpus file is labelled. A
// label without a row must be accepted.
var refusals = map[string][]string{
	"several-uids":      {"C:valid-calendar-object-resource"},
	"several-kinds":     {"C:valid-calendar-object-resource"},
	"no-uid":            {"C:valid-calendar-object-resource", "CR:valid-address-data"},
	"no-component":      {"C:valid-calendar-object-resource"},
	"method":            {"C:valid-calendar-object-resource", "C:valid-calendar-data"}, // one goes on after its END, too
	"several-calendars": {"C:valid-calendar-object-resource", "C:valid-calendar-data"},
	"other-kind":        {"C:valid-calendar-object-resource", "C:supported-calendar-component"},
	"not-icalendar":     {"C:valid-calendar-data"},
	"several-cards":     {"CR:valid-address-data"},
	"other-version":     {"CR:valid-address-data", "CR:supported-address-data"},
	"not-vcard":         {"CR:valid-address-data"},
	"no-fn":             {"CR:valid-address-data"},
}

// TestCorpus puts each real file into a collection of its own: it comes back byte for byte, or was refused with the
// condition that the RFC has for its label.
func TestCorpus(t *testing.T) {
	dir := corpus(t)
	labels, err := os.ReadFile(filepath.Join(dir, "LABELS.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	s := login(t, target.Start(t), "corpus")
	table := map[string]int{}
	for _, line := range strings.Split(string(labels), "\n") {
		name, label, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		outcome, err := s.store(t, name, label, string(body))
		if err != nil {
			t.Errorf("%s (%s): %v", name, label, err)
			outcome = "WRONG"
		}
		table[label+"\t"+outcome]++
	}
	tabulate(t, table)
}

func tabulate(t *testing.T, table map[string]int) {
	var rows []string
	for k, n := range table {
		label, outcome, _ := strings.Cut(k, "\t")
		rows = append(rows, fmt.Sprintf("%-20s %4d  %s", label, n, outcome))
	}
	slices.Sort(rows)
	t.Logf("label, files, outcome:\n%s", strings.Join(rows, "\n"))
	if len(rows) < 5 {
		t.Error("hardly any labels: is this the corpus?")
	}
}

// corpus finds the real files that may lie beside the project.
func corpus(t *testing.T) string {
	t.Helper()
	at, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		at = filepath.Dir(at)
		dir := filepath.Join(at, "shared", "corpus")
		if _, err := os.Stat(filepath.Join(dir, "LABELS.tsv")); err == nil {
			return dir
		}
	}
	t.Skip("no corpus beside the project")
	return ""
}

// store puts one file where nothing else is, and says how that went.
func (s *session) store(t *testing.T, file, label, body string) (string, error) {
	home, collection := s.CalHome, `<C:calendar/>`
	if strings.HasSuffix(file, ".vcf") {
		home, collection = s.CardHome, `<CR:addressbook/>`
	}
	at := home + target.Random("c") + "/"
	s.mustDo(t, []int{201}, "MKCOL", at, `<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav"><D:set><D:prop><D:resourcetype><D:collection/>`+collection+`</D:resourcetype></D:prop></D:set></D:mkcol>`)
	defer s.mustDo(t, []int{204}, "DELETE", at, "")
	media := "text/calendar"
	if home == s.CardHome {
		media = "text/vcard"
	}
	item := at + "item" + filepath.Ext(file)
	a := s.mustDo(t, []int{201, 400, 403, 409, 413, 415}, "PUT", item, body, "Content-Type", media)
	if a.Status == http.StatusCreated {
		return "kept", s.sameEverywhere(t, at, item, body, label != "not-xml-text")
	}
	s.mustDo(t, []int{404}, "GET", item, "")
	if m := s.mustList(t, "PROPFIND", at, "", "Depth", "1"); len(m.Responses) != 1 {
		return "", fmt.Errorf("refused and yet there: %d members", len(m.Responses)-1)
	}
	root, err := wire.ParseXML(a.Body)
	if err != nil || len(root.Children) != 1 {
		return "", fmt.Errorf("refused with %d and no condition: %.200s", a.Status, a.Body)
	}
	condition := wire.Short(root.Children[0].Name)
	if !slices.Contains(refusals[label], condition) {
		return "", fmt.Errorf("refused with %d %s, want kept or %v", a.Status, condition, refusals[label])
	}
	return fmt.Sprintf("%d %s", a.Status, condition), nil
}

// sameEverywhere reads an item in each way that there is.
func (s *session) sameEverywhere(t *testing.T, at, item, body string, inXML bool) error {
	if a := s.mustDo(t, []int{200}, "GET", item, ""); string(a.Body) != body {
		return fmt.Errorf("GET gave %d other bytes than the %d that were put", len(a.Body), len(body))
	}
	report, data := "calendar-multiget", "C:calendar-data"
	ns := `xmlns:x="urn:ietf:params:xml:ns:caldav"`
	if strings.HasSuffix(item, ".vcf") {
		report, data = "addressbook-multiget", "CR:address-data"
		ns = `xmlns:x="urn:ietf:params:xml:ns:carddav"`
	}
	_, local, _ := strings.Cut(data, ":")
	// A card is asked in its own version: another one would be converted.
	version := ""
	if strings.Contains(strings.ToUpper(body), "VERSION:4.0") {
		version = ` content-type="text/vcard" version="4.0"`
	}
	prop := `<D:prop><D:getetag/><x:` + local + version + `/></D:prop>`
	multiget := `<x:` + report + ` xmlns:D="DAV:" ` + ns + `>` + prop + `<D:href>` + item + `</D:href></x:` + report + `>`
	sync := `<D:sync-collection xmlns:D="DAV:" ` + ns + `><D:sync-token/><D:sync-level>1</D:sync-level>` + prop + `</D:sync-collection>`
	for _, question := range []string{multiget, sync} {
		m := s.mustList(t, "REPORT", at, question, "Depth", "0")
		r := m.At(item)
		if r == nil || r.Prop(wire.MustName(data)) == nil {
			return fmt.Errorf("not in the answer to %.60s", question)
		}
		if got := r.Value(wire.MustName(data)); inXML && got != body {
			return fmt.Errorf("a report gave %q, want %q", head(got), head(body))
		}
	}
	return nil
}

func head(s string) string { return s[:min(len(s), 300)] }
