package vcf

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

func seed(f *testing.F) {
	for _, tt := range conversions {
		f.Add([]byte(card(V3, named+tt.v3)))
		f.Add([]byte(card(V4, named+tt.v4)))
	}
	for _, tt := range oneWay {
		f.Add([]byte(card(opposite(tt.to), named+tt.from)))
	}
	for _, tt := range wholes {
		f.Add([]byte(tt.from))
	}
	f.Add([]byte(selected))
	f.Add([]byte(card("2.1", "TEL;HOME:1")))
}

func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := Parse(body)
		if err == nil {
			err = c.Check()
		}
		if invalid := new(Invalid); err != nil && !errors.As(err, &invalid) {
			t.Fatalf("%v is no *Invalid", err)
		}
		if err != nil {
			return
		}
		if c.UID() == "" || len(c.UID()) > len(body) {
			t.Fatalf("a card was taken with the UID %q", c.UID())
		}
		props := []Prop{{Name: "UID"}, {Name: "TEL", NoValue: true}}
		part := Select(body, props)
		if len(part) > len(body)+2*len(c.Lines()) {
			t.Fatalf("a part of %q is %q", body, part)
		}
		p, err := Parse(part)
		if err != nil || p.UID() != c.UID() || p.Version() != c.Version() {
			t.Fatalf("the part %q of %q: %v", part, body, err)
		}
		if again := Select(part, props); !bytes.Equal(again, part) {
			t.Fatalf("the part %q of the part %q", again, part)
		}
	})
}

func FuzzConvert(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := Parse(body)
		if err != nil || c.cards != 1 || c.Version() != V3 && c.Version() != V4 {
			return
		}
		out := mustConvert(t, body, opposite(c.Version()))
		o, err := Parse(out)
		if err != nil {
			t.Fatalf("%q became %q: %v", body, out, err)
		}
		if o.cards != 1 || o.others != 0 || o.Version() == c.Version() || o.UID() != c.UID() || o.first("FN") == nil {
			t.Fatalf("%q became %q", body, out)
		}
		if same := mustConvert(t, body, c.Version()); !bytes.Equal(same, body) {
			t.Fatalf("the same version of %q is %q", body, same)
		}
		mustSettle(t, body)
	})
}

// TestConvertGrowsNoMoreThanItsInput bounds what a hostile card can make of itself.
func TestConvertGrowsNoMoreThanItsInput(t *testing.T) {
	for name, lines := range map[string]string{
		"addresses and texts": strings.Repeat("ADR;TYPE=home:;;;;;;\nLABEL;TYPE=home:x\n", 20_000),
		"texts first":         strings.Repeat("LABEL;TYPE=home:x\n", 20_000) + strings.Repeat("ADR;TYPE=home:;;;;;;\n", 20_000),
		"types":               strings.Repeat("TEL;TYPE=pref"+strings.Repeat(",x", 4000)+":1\n", 100),
		"preferences":         strings.Repeat("TEL;TYPE=pref:1\n", 50_000),
		"blanks in base64":    "PHOTO;ENCODING=b:" + strings.Repeat(" A", 1<<20) + "\n",
		"sorting":             "N:x\n" + strings.Repeat("SORT-STRING:x\n", 50_000),
		"percent signs":       "PHOTO:data:," + strings.Repeat("%41", 1<<18) + "\n",
	} {
		for _, to := range []string{V3, V4} {
			body := []byte(card(opposite(to), named+strings.TrimSuffix(lines, "\n")))
			out := mustConvert(t, body, to)
			if len(out) > 2*len(body) {
				t.Errorf("%s: %d bytes became %d", name, len(body), len(out))
			}
			if o := mustParse(t, string(out)); o.first("FN") == nil {
				t.Errorf("%s: FN is gone", name)
			}
		}
	}
}

func BenchmarkParse(b *testing.B) {
	body := []byte(card(V3, "UID:1\n"+named+strings.Join(slices.Repeat([]string{"TEL;TYPE=home,voice:+49 1", "item1.EMAIL:a@b"}, 10), "\n")))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkConvert(b *testing.B) {
	body := []byte(card(V3, "UID:1\n"+named+"TEL;TYPE=home,pref:1\nBDAY:1996-04-15\nPHOTO;ENCODING=b;TYPE=JPEG:"+strings.Repeat("AAAA", 5000)))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Convert(body, V4); err != nil {
			b.Fatal(err)
		}
	}
}
