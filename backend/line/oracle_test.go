package line

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-ical"
	"github.com/emersion/go-vcard"
)

// What other readers find in a body that they can read must be what we find: the same properties with the same values
// in the same components. They refuse or panic on much of what real clients make; those bodies prove nothing here.

const wellFormed = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//b\r\nBEGIN:VEVENT\r\nUID:1\r\n" +
	"DTSTART;TZID=\"Europe/Berlin\":20260101T100000\r\nSUMMARY:one\\, two\\; three with a fo\r\n ld\r\n" +
	"ATTENDEE;CN=\"Doe; John\";ROLE=CHAIR:mailto:a@example.org\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n" +
	"END:VEVENT\r\nEND:VCALENDAR\r\n"

const wellFormedCard = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:John Doe\r\nN:Doe;John;;;\r\n" +
	"item1.TEL;TYPE=HOME,CELL:+1 555\r\nNOTE:a fo\r\n ld\r\nEND:VCARD\r\n"

func TestGoICalAgrees(t *testing.T) {
	agreed := oracle(t, "ics", []byte(wellFormed), calendarOracle)
	if agreed < 1 {
		t.Error("the oracle read nothing")
	}
}

func TestGoVCardAgrees(t *testing.T) {
	agreed := oracle(t, "vcf", []byte(wellFormedCard), cardOracle)
	if agreed < 1 {
		t.Error("the oracle read nothing")
	}
}

// oracle compares one body, and the real ones where they lie beside the project; it counts those that the other
// reader could read.
func oracle(t *testing.T, ext string, body []byte, read func([]byte) ([]string, bool)) (agreed int) {
	t.Helper()
	bodies := map[string][]byte{"well-formed": body}
	if dir := corpusDir(); dir != "" {
		files, err := filepath.Glob(filepath.Join(dir, ext, "*."+ext))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if bodies[filepath.Base(f)], err = os.ReadFile(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, body := range bodies {
		if len(body) > 64<<10 || bytes.Contains(body, []byte("QUOTED-PRINTABLE")) {
			continue // they take quadratic time, or do not know soft breaks
		}
		theirs, ok := read(body)
		if !ok {
			continue
		}
		doc, err := Parse(body)
		if err != nil {
			t.Errorf("%s: they read it, we do not: %v", name, err)
			continue
		}
		ours := flatten(doc)
		slices.Sort(theirs)
		slices.Sort(ours)
		if !slices.Equal(ours, theirs) {
			t.Errorf("%s:\nours   %q\ntheirs %q", name, ours, theirs)
			continue
		}
		agreed++
	}
	t.Logf("%d of %d bodies read by both, all alike", agreed, len(bodies))
	return agreed
}

// flatten lists what the first component holds, as "PATH NAME=value".
func flatten(doc *Document) (out []string) {
	if len(doc.Components) == 0 {
		return nil
	}
	type step struct {
		c    *Component
		path string
	}
	for todo := []step{{doc.Components[0], doc.Components[0].Name}}; len(todo) > 0; {
		s := todo[0]
		todo = todo[1:]
		for i := range s.c.Lines {
			out = append(out, entry(s.path, s.c.Lines[i].Name, string(s.c.Lines[i].Value)))
		}
		for _, child := range s.c.Children {
			todo = append(todo, step{child, s.path + "/" + child.Name})
		}
	}
	return out
}

func entry(path, name, value string) string {
	return path + " " + strings.ToUpper(name) + "=" + strings.TrimRight(value, " \t")
}

func calendarOracle(body []byte) (out []string, ok bool) {
	defer func() {
		if recover() != nil {
			out, ok = nil, false
		}
	}()
	cal, err := ical.NewDecoder(bytes.NewReader(body)).Decode()
	if err != nil {
		return nil, false
	}
	type step struct {
		c    *ical.Component
		path string
	}
	for todo := []step{{cal.Component, cal.Name}}; len(todo) > 0; {
		s := todo[0]
		todo = todo[1:]
		for name, props := range s.c.Props {
			if strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
				return nil, false // they take junk, and groups, for names
			}
			for _, p := range props {
				out = append(out, entry(s.path, name, p.Value))
			}
		}
		for _, child := range s.c.Children {
			todo = append(todo, step{child, s.path + "/" + child.Name})
		}
	}
	return out, true
}

// cardOracle undoes nothing: go-vcard unescapes values as it reads, so only bodies without a backslash are compared.
func cardOracle(body []byte) (out []string, ok bool) {
	defer func() {
		if recover() != nil {
			out, ok = nil, false
		}
	}()
	if bytes.ContainsRune(body, '\\') {
		return nil, false
	}
	card, err := vcard.NewDecoder(bytes.NewReader(body)).Decode()
	if err != nil {
		return nil, false
	}
	for name, fields := range card {
		for _, f := range fields {
			out = append(out, entry("VCARD", name, f.Value))
		}
	}
	return out, true
}
