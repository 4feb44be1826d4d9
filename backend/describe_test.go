package backend_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"daycairn/backend"
)

func TestDescribe(t *testing.T) {
	for _, tc := range []struct {
		name string
		kind backend.Kind
		body string
		want backend.Facts
	}{
		{"event", backend.Calendar, `
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:a\,b
DTSTART:20260101T100000Z
DTEND:20260101T110000Z
SUMMARY:Grüße\nMeeting
X-SECRET:nobody looks here
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT10M
DESCRIPTION:Wake
END:VALARM
END:VEVENT
END:VCALENDAR
`, backend.Facts{UID: "a,b", Component: "VEVENT", Text: "a,b\n" + backend.Fold("Grüße\nMeeting") + "\nwake\n", Spans: []backend.Span{
			{From: 1767261600, To: 1767265200}, {From: 1767261000, To: 1767261000, Alarm: true},
		}}},
		{"to-do without dates", backend.Calendar, "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nEND:VTODO\nEND:VCALENDAR\n",
			backend.Facts{UID: "t", Component: "VTODO", Text: "t\n", Spans: []backend.Span{{From: math.MinInt64, To: math.MaxInt64}}}},
		{"card", backend.AddressBook, "BEGIN:VCARD\nVERSION:3.0\nUID:c\nFN:Anna\nitem1.EMAIL:A@Example.com\nPHOTO:xxxx\nEND:VCARD\n",
			backend.Facts{UID: "c", Component: "VCARD", Text: "c\nanna\na@example.com\n"}},
		{"card of version 4", backend.AddressBook, "BEGIN:VCARD\nVERSION:4.0\nUID:c\nFN:Anna\nEND:VCARD\n",
			backend.Facts{UID: "c", Component: "VCARD", Text: "c\nanna\n", V4: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := backend.Describe(tc.kind, []byte(strings.TrimPrefix(tc.body, "\n")))
			if err != nil {
				t.Fatal(err)
			}
			tc.want.Version = backend.FactsVersion
			sameSpans(t, got.Spans, tc.want.Spans)
			got.Spans, tc.want.Spans = nil, nil
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// sameSpans checks that each span holds what it must, and not much more.
func sameSpans(t *testing.T, got, want []backend.Span) {
	t.Helper()
	const margin, generous = 48 * 3600, 7 * 24 * 3600
	if len(got) != len(want) {
		t.Errorf("spans %+v, want %+v", got, want)
		return
	}
	for i, w := range want {
		g, open := got[i], w.From == math.MinInt64
		if g.Alarm != w.Alarm || open && g != w ||
			!open && (g.From > w.From-margin || g.To < w.To+margin || g.From < w.From-generous || g.To > w.To+generous) {
			t.Errorf("span %+v, want about %+v", g, w)
		}
	}
}

func TestDescribeRefuses(t *testing.T) {
	for _, tc := range []struct {
		kind            backend.Kind
		body, condition string
	}{
		{backend.Calendar, "", "valid-calendar-data"},
		{backend.Calendar, "BEGIN:VCARD\nUID:x\nEND:VCARD\n", "valid-calendar-data"},
		{backend.Calendar, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n", "valid-calendar-object-resource"},
		{backend.Calendar, "BEGIN:VCALENDAR\nBEGIN:X-Y\nUID:x\nEND:X-Y\nEND:VCALENDAR\n", "supported-calendar-component"},
		{backend.AddressBook, "", "valid-address-data"},
		{backend.AddressBook, "BEGIN:VCARD\nVERSION:2.1\nUID:x\nEND:VCARD\n", "supported-address-data"},
		{backend.Kind("elsewhere"), "BEGIN:VCARD\nUID:x\nEND:VCARD\n", "supported-collection"},
	} {
		_, err := backend.Describe(tc.kind, []byte(tc.body))
		var invalid *backend.Invalid
		if !errors.As(err, &invalid) || invalid.Condition != tc.condition || invalid.Detail == "" {
			t.Errorf("%s %q: got %v, want %s", tc.kind, tc.body, err, tc.condition)
		}
	}
}

// corpus finds the collection of real files, which is no part of the project.
func corpus(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		found := filepath.Join(dir, "shared", "corpus")
		if info, err := os.Stat(found); err == nil && info.IsDir() {
			return found
		}
	}
	t.Skip("no corpus of real files beside the project")
	return ""
}

// Facts are a function of the bytes, whoever holds them, and their texts are found by what is in them.
func TestDescribeCorpus(t *testing.T) {
	kinds := map[string]backend.Kind{".ics": backend.Calendar, ".vcf": backend.AddressBook}
	described := 0
	err := filepath.WalkDir(corpus(t), func(path string, d os.DirEntry, err error) error {
		kind, known := kinds[strings.ToLower(filepath.Ext(path))]
		if err != nil || !known || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		before := bytes.Clone(body)
		f, err := backend.Describe(kind, body)
		if !bytes.Equal(before, body) {
			t.Errorf("%s: the body was changed", path)
		}
		var invalid *backend.Invalid
		if err != nil {
			if !errors.As(err, &invalid) {
				t.Errorf("%s: %v", path, err)
			}
			return nil
		}
		described++
		clear(body) // what facts hold on to must be their own
		again, err := backend.Describe(kind, before)
		if err != nil || cmp.Diff(f, again) != "" {
			t.Errorf("%s: described twice: %v, %s", path, err, cmp.Diff(f, again))
		}
		if !strings.Contains(f.Text, backend.Needle(f.UID)) {
			t.Errorf("%s: its uid %q is not in its text", path, f.UID)
		}
		if slices.ContainsFunc(f.Spans, func(s backend.Span) bool { return s.From >= s.To }) {
			t.Errorf("%s: an empty span in %v", path, f.Spans)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if described < 100 {
		t.Errorf("only %d files could be described", described)
	}
	t.Logf("%d files", described)
}

func FuzzDescribe(f *testing.F) {
	f.Add(true, []byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nDTSTART:20260101T100000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\nEND:VCALENDAR\n"))
	f.Add(false, []byte("BEGIN:VCARD\nVERSION:4.0\nUID:x\nFN;X=\"y\":Z\nEND:VCARD\n"))
	f.Fuzz(func(t *testing.T, calendar bool, body []byte) {
		kind := backend.AddressBook
		if calendar {
			kind = backend.Calendar
		}
		facts, err := backend.Describe(kind, body)
		var invalid *backend.Invalid
		if err != nil && !errors.As(err, &invalid) {
			t.Errorf("got %v", err)
		}
		if err == nil && (facts.UID == "" || facts.Component == "" || facts.Version != backend.FactsVersion) {
			t.Errorf("facts %+v", facts)
		}
	})
}
