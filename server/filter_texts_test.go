package server

import (
	"runtime"
	"strings"
	"testing"

	"daycairn/backend/line"
	"daycairn/backend/vcf"
	"daycairn/server/davxml"
)

func cardOf(t *testing.T, lines ...string) *vcf.Card {
	t.Helper()
	card, err := vcf.Parse([]byte("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCARD\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// TestCompoundBound: a value of very many parts, or a very long one, is matched as a whole only.
func TestCompoundBound(t *testing.T) {
	for _, value := range []string{strings.Repeat("a,", 1<<20), "a," + strings.Repeat("b", maxCasemapped)} {
		texts := lineTexts{line: &line.Line{Name: "CATEGORIES", Value: []byte(value)}}
		if got := len(texts.card()); got != 1 {
			t.Errorf("got %d texts, want 1", got)
		}
	}
}

// TestLongTexts: what is too long to be prepared may match; what can be told of it is told.
func TestLongTexts(t *testing.T) {
	match := func(attrs, text string) string {
		return `<C:filter><C:prop-filter name="NOTE"><C:text-match ` + attrs + `>` + text + `</C:text-match></C:prop-filter></C:filter>`
	}
	ascii := "NOTE:" + strings.Repeat("note ", 1<<20)
	unicode := "NOTE:" + strings.Repeat("\ufdfa", 3<<20)
	invalid := "NOTE:\xff" + strings.Repeat("ü", 1<<20)
	param := `NOTE;X="` + strings.Repeat("ü", 1<<20) + `",b:c`
	inParam := func(negate string) string {
		return `<C:filter><C:prop-filter name="NOTE"><C:param-filter name="X"><C:text-match negate-condition="` + negate +
			`">zzz</C:text-match></C:param-filter></C:prop-filter></C:filter>`
	}
	for _, c := range []struct {
		name, filter, line string
		want               bool
	}{
		{"there", match("", "E N"), ascii, true},
		{"not there", match("", "zzz"), ascii, false},
		{"nobody knows", match("", "zzz"), unicode, true},
		{"nobody knows the contrary", match(`negate-condition="yes"`, "zzz"), unicode, true},
		{"the octets are not there", match(`collation="i;octet"`, "zzz"), unicode, false},
		{"the letters are not there", match(`collation="i;ascii-casemap"`, "zzz"), unicode, false},
		{"no UTF-8", match("", "zzz"), invalid, false},
		{"a parameter", inParam("no"), param, true},
		{"not a parameter", inParam("yes"), param, true},
	} {
		filter, card := mustCardFilter(t, c.filter), cardOf(t, c.line)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := filter.Match(card)
		runtime.ReadMemStats(&after)
		if got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+3*len(c.line)); got > most {
			t.Errorf("%s: a line of %d KiB takes %d KiB", c.name, len(c.line)>>10, got>>10)
		}
	}
}

// TestParameterTextsAreSharedByConditions: so many conditions on so many values allocate no more than one.
func TestParameterTextsAreSharedByConditions(t *testing.T) {
	const param = `<C:param-filter name="X"><C:text-match negate-condition="yes">zzz</C:text-match></C:param-filter>`
	filter := func(n int) *cardFilter {
		return mustCardFilter(t, `<C:filter><C:prop-filter name="NOTE" test="allof">`+strings.Repeat(param, n)+`</C:prop-filter></C:filter>`)
	}
	card := cardOf(t, "NOTE;X="+strings.Repeat("b,", 4000)+"b:c")
	of := func(f *cardFilter) float64 { return testing.AllocsPerRun(3, func() { f.Match(card) }) }
	if one, many := of(filter(1)), of(filter(40)); many > one+40 {
		t.Errorf("%.0f allocations for one condition, %.0f for 40", one, many)
	}
}

// TestWantedTextIsBounded: it is compared with everything.
func TestWantedTextIsBounded(t *testing.T) {
	for length, ok := range map[int]bool{maxWanted: true, maxWanted + 1: false} {
		el := mustXML(t, davxml.CardDAV, `<C:filter><C:prop-filter name="NOTE"><C:text-match>`+strings.Repeat("x", length)+`</C:text-match></C:prop-filter></C:filter>`)
		if _, err := parseCardFilter(el); (err == nil) != ok {
			t.Errorf("a text of %d bytes: %v", length, err)
		}
	}
}
