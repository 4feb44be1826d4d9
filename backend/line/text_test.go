package line

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	for _, tt := range []struct{ value, want string }{
		{"", ""},
		{"plain", "plain"},
		{`a\nb\Nc`, "a\nb\nc"},
		{`a\,b\;c\\d`, `a,b;c\d`},
		{`\\n`, `\n`},
		{`C:\dir`, `C:\dir`},
		{`end\`, `end\`},
		{`\`, `\`},
		{`\\\`, `\\`},
		{"\xE4\\,", "\xE4,"},
	} {
		if got := Text([]byte(tt.value)); got != tt.want {
			t.Errorf("Text(%q) is %q, want %q", tt.value, got, tt.want)
		}
	}
}

func TestEscape(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"plain é\t", "plain é\t"},
		{"a\nb\r\nc\rd", `a\nb\nc\nd`},
		{`a,b;c\d`, `a\,b\;c\\d`},
		{"a\x00\x1b\x7fb", "ab"},
		{"\xE4,", "\xE4\\,"},
	} {
		got := Escape(tt.text)
		if got != tt.want {
			t.Errorf("Escape(%q) is %q, want %q", tt.text, got, tt.want)
		}
		if again := Escape(Text([]byte(got))); again != got {
			t.Errorf("Escape(%q), read and escaped again, is %q", tt.text, again)
		}
	}
}

func TestList(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  []string
	}{
		{"", []string{""}},
		{"a", []string{"a"}},
		{"a;b", []string{"a", "b"}},
		{";a;", []string{"", "a", ""}},
		{`a\;b;c\\;d`, []string{`a\;b`, `c\\`, "d"}},
		{`a\`, []string{`a\`}},
	} {
		var got []string
		for _, item := range List([]byte(tt.value), ';') {
			got = append(got, string(item))
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("List(%q) (-want +got):\n%s", tt.value, d)
		}
	}
}

func TestListIsBounded(t *testing.T) {
	value := bytes.Repeat([]byte(","), 10*maxList)
	items := List(value, ',')
	if len(items) != maxList {
		t.Fatalf("%d items, want %d", len(items), maxList)
	}
	if got := bytes.Join(items, []byte(",")); !bytes.Equal(got, value) {
		t.Error("the items joined are not the value")
	}
}

func TestAppend(t *testing.T) {
	for _, tt := range []struct {
		name   string
		params []Param
		value  string
		want   string
	}{
		{"FN", nil, "x", "FN:x\r\n"},
		{"item1.TEL", []Param{{"TYPE", []string{"home", "cell"}}}, "1", "item1.TEL;TYPE=home,cell:1\r\n"},
		{"TEL", []Param{{"HOME", nil}, {"PREF", []string{""}}}, "1", "TEL;HOME;PREF=:1\r\n"},
		{"A", []Param{{"CN", []string{"Doe, J.; a:b", `"x" ^`, "a\nb"}}}, "1", `A;CN="Doe, J.; a:b",^'x^' ^^,a^nb:1` + "\r\n"},
		{"A", nil, strings.Repeat("x", 73), "A:" + strings.Repeat("x", 73) + "\r\n"},
		{"A", nil, strings.Repeat("x", 74), "A:" + strings.Repeat("x", 73) + "\r\n x\r\n"},
		{"A", nil, strings.Repeat("x", 72) + "é", "A:" + strings.Repeat("x", 72) + "\r\n é\r\n"},
		{"A", nil, strings.Repeat("x", 73) + strings.Repeat("y", 75), "A:" + strings.Repeat("x", 73) + "\r\n " + strings.Repeat("y", 74) + "\r\n y\r\n"},
		{"A", nil, strings.Repeat("\x80", 74), "A:" + strings.Repeat("\x80", 73) + "\r\n \x80\r\n"},
		{"A", nil, "tab\there", "A:tab\there\r\n"},
	} {
		if got := string(Append([]byte("before;"), tt.name, tt.params, []byte(tt.value))); got != "before;"+tt.want {
			t.Errorf("got %q, want %q", got, "before;"+tt.want)
		}
	}
}

func TestAppendRefusesInjection(t *testing.T) {
	type params []Param
	for _, tt := range []struct {
		name   string
		params []Param
		value  string
	}{
		{"", nil, "x"},
		{"A:B", nil, "x"},
		{"A B", nil, "x"},
		{"A\r\nB", nil, "x"},
		{".A", nil, "x"},
		{"g.", nil, "x"},
		{"a.b.c", nil, "x"},
		{"A", nil, "x\r\nBEGIN:VALARM"},
		{"A", nil, "x\nBEGIN:VALARM"},
		{"A", nil, "x\rBEGIN:VALARM"},
		{"A", nil, "x\x00"},
		{"A", params{{"", nil}}, "x"},
		{"A", params{{"X=Y", nil}}, "x"},
		{"A", params{{"X\n", []string{"1"}}}, "x"},
		{"A", params{{"X", []string{"1\r\n"}}}, "x"},
		{"A", params{{"X", []string{"\x1b"}}}, "x"},
	} {
		if got := string(Append([]byte("before"), tt.name, tt.params, []byte(tt.value))); got != "before" {
			t.Errorf("%q %q %q was written: %q", tt.name, tt.params, tt.value, got)
		}
	}
}
