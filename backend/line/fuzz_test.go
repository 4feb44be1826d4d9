package line

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func seed(f *testing.F) {
	for _, tt := range append(readTable, paramTable...) {
		f.Add([]byte(tt.source))
	}
	f.Add([]byte("BEGIN:VCALENDAR \r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	f.Add([]byte("BEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nAGENT:\nBEGIN:VCARD\nEND:VCARD\nEND:VCARD"))
	f.Add([]byte("END:X\n"))
}

func FuzzRead(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, source []byte) {
		mustTile(t, source, slices.Collect(Read(source)))
		for l := range Read(source) {
			if len(l.Value) > l.End-l.Start {
				t.Fatalf("value of %d bytes in a line of %d", len(l.Value), l.End-l.Start)
			}
			if text := Text(l.Value); len(text) > len(l.Value) {
				t.Fatalf("Text(%q) grew to %q", l.Value, text)
			}
			if got := bytes.Join(List(l.Value, ';'), []byte(";")); !bytes.Equal(got, l.Value) {
				t.Fatalf("List(%q) joined is %q", l.Value, got)
			}
			mustWrite(t, &l)
		}
	})
}

// mustWrite checks that what Append writes is read as the same line, unless it refuses to write it.
func mustWrite(t *testing.T, l *Line) {
	t.Helper()
	name := l.Name
	if l.Group != "" {
		name = l.Group + "." + name
	}
	written := Append(nil, name, l.Params, l.Value)
	if len(written) == 0 {
		return
	}
	again := slices.Collect(Read(written))
	if len(again) != 1 {
		t.Fatalf("%q is read as %d lines", written, len(again))
	}
	a := &again[0]
	if a.Group != l.Group || a.Name != l.Name || !bytes.Equal(a.Value, l.Value) || !slices.EqualFunc(a.Params, l.Params, sameParam) {
		t.Fatalf("%+v is written %q and read %+v", l, written, a)
	}
	for _, physical := range bytes.Split(bytes.TrimSuffix(written, []byte("\r\n")), []byte("\r\n")) {
		if len(physical) > foldAt {
			t.Fatalf("a physical line of %d octets: %q", len(physical), physical)
		}
	}
}

func sameParam(a, b Param) bool { return a.Name == b.Name && slices.Equal(a.Values, b.Values) }

func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, source []byte) {
		doc, err := Parse(source)
		if err != nil {
			if e := new(Error); !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(source) {
				t.Fatalf("Parse: %#v", err)
			}
			return
		}
		mustNest(t, doc)
	})
}

// mustNest checks that components lie in their parents one after the other, and lines in their component.
func mustNest(t *testing.T, doc *Document) {
	t.Helper()
	type span struct {
		in   *Component
		list []*Component
	}
	work := []span{{nil, doc.Components}}
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		at, end := 0, len(doc.Source)
		if s.in != nil {
			at, end = s.in.Start, s.in.End
		}
		for _, c := range s.list {
			if c.Parent != s.in || c.Start < at || c.End > end || c.End <= c.Start {
				t.Fatalf("component %s at %d–%d within %d–%d", c.Name, c.Start, c.End, at, end)
			}
			at = c.End
			for _, l := range c.Lines {
				if l.Start < c.Start || l.End > c.End || l.Blank() {
					t.Fatalf("line %+v of the component at %d–%d", l, c.Start, c.End)
				}
			}
			work = append(work, span{c, c.Children})
		}
	}
}
