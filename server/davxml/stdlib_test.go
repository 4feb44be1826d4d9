package davxml

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// flat is a tree as a sequence: names and the character data between tags.
func flat(e *Element) string {
	var b strings.Builder
	type open struct {
		e    *Element
		next int
	}
	stack := []open{{e, 0}}
	b.WriteString("<" + e.Name.String() + ">")
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.next == len(top.e.Children) {
			b.WriteString(top.e.Text + "</>")
			stack = stack[:len(stack)-1]
			continue
		}
		c := top.e.Children[top.next]
		top.next++
		b.WriteString("<" + c.Name.String() + ">")
		stack = append(stack, open{c, 0})
	}
	return b.String()
}

// flatStdlib is flat as encoding/xml reads the body.
func flatStdlib(body string) (string, error) {
	d := xml.NewDecoder(strings.NewReader(body))
	var b strings.Builder
	var texts []string
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			b.WriteString("<" + Name{tok.Name.Space, tok.Name.Local}.String() + ">")
			texts = append(texts, "")
		case xml.EndElement:
			b.WriteString(texts[len(texts)-1] + "</>")
			texts = texts[:len(texts)-1]
		case xml.CharData:
			if len(texts) > 0 {
				texts[len(texts)-1] += string(tok)
			}
		}
	}
}

// FuzzStdlib: what we accept encoding/xml accepts too, and understands in the same way.
func FuzzStdlib(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if strings.Contains(body, "<?") || !strings.HasPrefix(body, "<") || strings.Contains(body, "\x00") {
			return // encoding/xml takes UTF-8 without a mark only, and has its own mind about the declaration
		}
		e, err := Parse(strings.NewReader(body), Limits{})
		if err != nil {
			return
		}
		want, err := flatStdlib(body)
		if err != nil {
			t.Fatalf("encoding/xml refuses what we accept: %v", err)
		}
		if got := flat(e); got != want {
			t.Fatalf("got %q, encoding/xml has %q", got, want)
		}
	})
}
