package line

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustRead(t testing.TB, source string) []Line {
	t.Helper()
	lines := slices.Collect(Read([]byte(source)))
	mustTile(t, []byte(source), lines)
	return lines
}

// mustTile checks the promise of Line: every byte but a byte order mark belongs to exactly one line.
func mustTile(t testing.TB, source []byte, lines []Line) {
	t.Helper()
	var got []byte
	at := 0
	if bytes.HasPrefix(source, bom) {
		at = len(bom)
		got = append(got, bom...)
	}
	for _, l := range lines {
		if l.Start != at || l.End <= l.Start {
			t.Fatalf("line at %d–%d after %d", l.Start, l.End, at)
		}
		got = append(got, source[l.Start:l.End]...)
		at = l.End
	}
	if !bytes.Equal(got, source) {
		t.Fatalf("print(read(x)) is not x: got %q, want %q", got, source)
	}
}

// said renders what lines say, one a row, for comparing with a table.
func said(lines []Line) []string {
	var rows []string
	for _, l := range lines {
		var b strings.Builder
		if l.Group != "" {
			fmt.Fprintf(&b, "%s.", l.Group)
		}
		b.WriteString(l.Name)
		for _, p := range l.Params {
			fmt.Fprintf(&b, " %s%q", p.Name, p.Values)
		}
		fmt.Fprintf(&b, " = %s", l.Value)
		rows = append(rows, b.String())
	}
	return rows
}

var readTable = []struct {
	name, source string
	want         []string
}{
	{"empty source", "", nil},
	{"CRLF", "A:1\r\nB:2\r\n", []string{"A = 1", "B = 2"}},
	{"bare LF", "A:1\nB:2\n", []string{"A = 1", "B = 2"}},
	{"bare CR", "A:1\rB:2\r", []string{"A = 1", "B = 2"}},
	{"mixed endings", "A:1\rB:2\nC:3\r\nD:4", []string{"A = 1", "B = 2", "C = 3", "D = 4"}},
	{"missing last newline", "A:1\r\nB:2", []string{"A = 1", "B = 2"}},
	{"CR CRLF, as doubled by a bad transport", "A:1\r\r\n 2\r\r\n", []string{"A = 12", " = "}},
	{"fold with blank", "A:1\r\n 2\r\n  3\r\n", []string{"A = 12 3"}},
	{"fold with tab", "A:1\n\t2\n", []string{"A = 12"}},
	{"fold with bare CR", "A:1\r 2\rB:3", []string{"A = 12", "B = 3"}},
	{"fold in a UTF-8 sequence", "A:\xC3\r\n \xA9\r\n", []string{"A = é"}},
	{"fold in a name", "SUMM\r\n ARY:1\r\n", []string{"SUMMARY = 1"}},
	{"fold in a parameter", "A;TZ\r\n ID=Europe/\r\n Berlin:1\r\n", []string{`A TZID["Europe/Berlin"] = 1`}},
	{"fold of nothing after the line", "A:1\r\n \r\nB:2\r\n", []string{"A = 1", "B = 2"}},
	{"fold at the end of the source", "A:1\r\n ", []string{"A = 1"}},
	{"fold over empty lines", "A:1\r\n\r\n 2\r\nB:3", []string{"A = 12", "B = 3"}},
	{"blank at the beginning", " A:1\r\n", []string{"A = 1"}},
	{"empty lines are one line", "\r\n\nA:1\n\n\n\nB:2\n\n", []string{" = ", "A = 1", " = ", "B = 2", " = "}},
	{"trailing blanks stay", "A:1  \r\n", []string{"A = 1  "}},
	{"UTF-8 byte order mark", "\xEF\xBB\xBFA:1\r\n", []string{"A = 1"}},
	{"only a byte order mark", "\xEF\xBB\xBF", nil},
	{"UTF-16 is no content line", "\xFF\xFEA\x00:\x001\x00", []string{" = \xFF\xFEA\x00:\x001\x00"}},
	{"NUL in a value", "A:1\x002\n", []string{"A = 1\x002"}},
	{"invalid UTF-8", "A:\xE4\xF6\n", []string{"A = \xE4\xF6"}},
	{"no colon", "hello\nA:1", []string{" = hello", "A = 1"}},
	{"prose with a colon", "Hello there: you\n", []string{" = Hello there: you"}},
	{"no name", ":1\n;X=1:2\n", []string{" = :1", " = ;X=1:2"}},
	{"parameter without value of the line", "DTSTART;TZID=foo\n", []string{" = DTSTART;TZID=foo"}},
	{"empty value", "A:\n", []string{"A = "}},
	{"lower case", "summary;language=en:Hi\n", []string{`SUMMARY LANGUAGE["en"] = Hi`}},
	{"blanks around a name", "SUMMARY :1\nA; TZID =x:1\n", []string{"SUMMARY = 1", `A TZID["x"] = 1`}},
	{"underscore", "X_y:1\n", []string{"X_Y = 1"}},
	{"letters that only Unicode folds", "ſUMMARY:1\n", []string{" = ſUMMARY:1"}},
	{"group", "item1.tel:1\n", []string{"item1.TEL = 1"}},
	{"no group before the dot", ".TEL:1\nitem1.:2\n", []string{" = .TEL:1", " = item1.:2"}},
	{"dot in a parameter", "TEL;A=b.c:1\n", []string{`TEL A["b.c"] = 1`}},
}

var paramTable = []struct {
	name, source string
	want         []string
}{
	{"several", "A;X=1;Y=2,3:v", []string{`A X["1"] Y["2" "3"] = v`}},
	{"quoted delimiters", `A;X="a:b;c,d",e:v`, []string{`A X["a:b;c,d" "e"] = v`}},
	{"quotes inside a value", `A;X=a"b:c"d:v`, []string{`A X["a\"b:c\"d"] = v`}},
	{"unterminated quote", `A;X="a;Y=b:v`, []string{`A X["\"a"] Y["b"] = v`}},
	{"unterminated quote, no colon", `A;X="a`, []string{` = A;X="a`}},
	{"inch sign", `A;X=5" disk:v`, []string{`A X["5\" disk"] = v`}},
	{"quote in the value", `A;X=a:"v;"`, []string{`A X["a"] = "v;"`}},
	{"escaped quotes", `A;CN="B \"x\" C":v`, []string{`A CN["B \\\"x\\\" C"] = v`}},
	{"bare, as in vCard 2.1", "TEL;HOME;VOICE:1", []string{"TEL HOME[] VOICE[] = 1"}},
	{"empty value", "A;X=:v", []string{`A X[""] = v`}},
	{"empty values", `A;X=,"":v`, []string{`A X["" ""] = v`}},
	{"empty parameters are none", "A;;X=1;:v", []string{`A X["1"] = v`}},
	{"parameter without name is none", "A;=1;X=2:v", []string{`A X["2"] = v`}},
	{"equals sign in a value", "A;X=a=b:v", []string{`A X["a=b"] = v`}},
	{"RFC 6868", "A;CN=^'x^' ^n ^^n ^x ^:v", []string{`A CN["\"x\" \n ^n ^x ^"] = v`}},
	{"RFC 6868 in quotes", `A;CN="^'x^', y":v`, []string{`A CN["\"x\", y"] = v`}},
	{"blanks of a value stay", "A;TZID=Berlin :v", []string{`A TZID["Berlin "] = v`}},
	{"soft breaks", "N;ENCODING=QUOTED-PRINTABLE:a=\r\nb=\r\n c\r\nFN:x",
		[]string{`N ENCODING["QUOTED-PRINTABLE"] = ab c`, "FN = x"}},
	{"soft break, bare and lower case", "N;quoted-printable:a=\nb\n", []string{"N QUOTED-PRINTABLE[] = ab"}},
	{"soft break into nothing", "N;QUOTED-PRINTABLE:a=\n\nFN:x", []string{"N QUOTED-PRINTABLE[] = a", "FN = x"}},
	{"soft break at the end", "N;QUOTED-PRINTABLE:a=", []string{"N QUOTED-PRINTABLE[] = a="}},
	{"no soft break elsewhere", "PHOTO;ENCODING=b:YQ==\nFN:x", []string{`PHOTO ENCODING["b"] = YQ==`, "FN = x"}},
}

func TestRead(t *testing.T) {
	for _, tt := range append(readTable, paramTable...) {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, said(mustRead(t, tt.source))); d != "" {
				t.Errorf("reading %q (-want +got):\n%s", tt.source, d)
			}
		})
	}
}

func TestParam(t *testing.T) {
	l := mustRead(t, "A;X=1,2;HOME;X=3:v")[0]
	for _, tt := range []struct {
		name, want string
		ok         bool
	}{{"X", "1", true}, {"HOME", "", true}, {"Y", "", false}} {
		if got, ok := l.Param(tt.name); got != tt.want || ok != tt.ok {
			t.Errorf("Param(%s) is %q, %v; want %q, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

func TestReadLeavesTheSourceAlone(t *testing.T) {
	source := []byte("A:1\r\nB;X=1:2\r\n")
	for l := range Read(source) {
		_ = append(l.Value, "overwritten"...)
	}
	if got, want := string(source), "A:1\r\nB;X=1:2\r\n"; got != want {
		t.Errorf("appending to values made the source %q, want %q", got, want)
	}
}

func TestUnfold(t *testing.T) {
	source := []byte("A;X=\r\n 1:2\r\n\t3\r\n\r\nB:4\n")
	want := []string{"A;X=1:23", "", "B:4"}
	i := 0
	for l := range Read(source) {
		if got := string(Unfold(source[l.Start:l.End])); got != want[i] {
			t.Errorf("line %d unfolded is %q, want %q", i, got, want[i])
		}
		i++
	}
	if len(Unfold(nil)) != 0 {
		t.Error("nothing unfolded is something")
	}
}
