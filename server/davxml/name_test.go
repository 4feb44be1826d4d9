package davxml

import (
	"strings"
	"testing"
)

// What is valid reads back as itself; the rest would be another element, or none.
func TestNameValid(t *testing.T) {
	for _, c := range []struct {
		name  Name
		valid bool
	}{
		{Name{DAV, "displayname"}, true},
		{Name{"", "a"}, true},
		{Name{"urn:x?a=1&b='<\">", "é-1.x_"}, true},
		{Name{DAV, ""}, false},
		{Name{DAV, "a b"}, false},
		{Name{DAV, "1a"}, false},
		{Name{DAV, "a:b"}, false},
		{Name{DAV, "princip`l"}, false},
		{Name{DAV, "a></D:prop><D:status>HTTP/1.1 200 OK"}, false},
		{Name{DAV, "a\xff"}, false},
		{Name{DAV, strings.Repeat("a", DefaultLimits.NameLen+1)}, false},
		{Name{XML, "lang"}, false},
		{Name{"http://www.w3.org/2000/xmlns/", "a"}, false},
		{Name{"a\x01", "a"}, false},
		{Name{"a\xff", "a"}, false},
	} {
		if got := c.name.Valid(); got != c.valid {
			t.Errorf("%q: valid is %v", c.name, got)
		}
		if !c.valid {
			continue
		}
		w := NewWriter(nil)
		w.Empty(c.name)
		el, err := Parse(strings.NewReader(declared(string(w.Bytes()))), Limits{})
		if err != nil || len(el.Children) != 1 || el.Children[0].Name != c.name {
			t.Errorf("%q reads back as %+v: %v", c.name, el, err)
		}
	}
}

// declared puts an element into a root with our declarations.
func declared(inner string) string { return "<r" + declarations + ">" + inner + "</r>" }
