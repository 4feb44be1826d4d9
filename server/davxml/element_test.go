package davxml

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestXMLStandsAlone(t *testing.T) {
	const space = `http://a/?x=1&amp;y="2"`
	body := `<D:propertyupdate xmlns:D="DAV:" xmlns="urn:d" xmlns:u='unused' xmlns:p='` + space + "' xml:lang=\"de-&#x26;\">" +
		"<D:set><D:prop>" +
		"<p:color  symbolic='red' p:x=\"y\" >\r\n<![CDATA[#FF0000]]>&#13;<in D:t=''/></p:color>" +
		"<own xmlns='urn:own' xml:lang='fr'><own/></own>" +
		"<none xmlns=''><x/></none>" +
		"<D:plain/>" +
		"<D:lateral xmlns:p='urn:q'><p:a/></D:lateral><p:b/>" +
		"</D:prop></D:set></D:propertyupdate>"
	props := mustParse(t, body).Children[0].Children[0].Children
	const (
		d = ` xmlns:D="DAV:"`
		p = ` xmlns:p="http://a/?x=1&amp;y=&quot;2&quot;"`
		l = ` xml:lang="de-&amp;"`
	)
	want := []string{
		"<p:color" + p + ` xmlns="urn:d"` + d + l + "  symbolic='red' p:x=\"y\" >\r\n<![CDATA[#FF0000]]>&#13;<in D:t=''/></p:color>",
		"<own xmlns='urn:own' xml:lang='fr'><own/></own>",
		"<none" + l + " xmlns=''><x/></none>",
		"<D:plain" + d + l + "/>",
		"<D:lateral" + d + l + " xmlns:p='urn:q'><p:a/></D:lateral>",
		"<p:b" + p + l + "/>",
	}
	for i, e := range props {
		if got := string(e.XML()); got != want[i] {
			t.Errorf("property %d:\n got %s\nwant %s", i, got, want[i])
		}
	}
}

// checkAlone parses each element's XML again and finds the same tree.
func checkAlone(t *testing.T, top *Element) {
	t.Helper()
	for left, n := []*Element{top}, 0; len(left) > 0 && n < 50; n++ {
		e := left[len(left)-1]
		left = append(left[:len(left)-1], e.Children...)
		again, err := Parse(bytes.NewReader(e.XML()), Limits{Attrs: 200, TagLen: 1 << 20})
		if err != nil {
			t.Fatalf("parse %q again: %v", e.XML(), err)
		}
		want := *e
		if e.lang != "" && !e.hasLang() {
			want.Attrs = append([]Attr{{Name{XML, "lang"}, e.lang}}, e.Attrs...)
		}
		if diff := cmp.Diff(&want, again, sameElement); diff != "" {
			t.Fatalf("%q read again (-want +got):\n%s", e.XML(), diff)
		}
	}
}

var seeds = []string{
	`<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><getetag/><x:y xmlns:x="urn:x"/></prop></propfind>`,
	`<D:propertyupdate xmlns:D="DAV:" xml:lang="en"><D:set><D:prop><A:calendar-color xmlns:A="http://apple.com/ns/ical/" symbolic-color="red">#FF0000FF</A:calendar-color></D:prop></D:set></D:propertyupdate>`,
	`<a xmlns:b="u" b:c='&#10;&lt;' c="d"><b:e><![CDATA[]]]]><![CDATA[>]]></b:e><!-- c --><?p i?>` + "\r\n" + `</a>`,
	"\xfe\xff\x00<\x00a\x00/\x00>", "<?xml version='1.0' encoding='latin1'?><a>\xe9</a>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
	"<a><b xmlns='x'/><c/>", "",
}

// FuzzRead: nothing panics, both readers agree, and each element stands alone.
func FuzzRead(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		root, err := Parse(strings.NewReader(body), Limits{})
		d := NewDecoder(strings.NewReader(body), Limits{})
		streamed, streamErr := d.Root()
		var children []*Element
		for streamErr == nil {
			var e *Element
			if e, streamErr = d.Next(); streamErr == nil {
				children = append(children, e)
			}
		}
		if err != nil {
			if streamErr.Error() == "EOF" {
				t.Fatalf("stream accepts what parse refuses: %v", err)
			}
			return
		}
		if streamErr.Error() != "EOF" {
			t.Fatalf("stream refuses what parse accepts: %v", streamErr)
		}
		if streamed.Name != root.Name {
			t.Fatalf("root is %v streamed and %v parsed", streamed.Name, root.Name)
		}
		if diff := cmp.Diff(root.Children, children, sameElement); diff != "" {
			t.Fatalf("parsed and streamed (-parsed +streamed):\n%s", diff)
		}
		checkAlone(t, root)
		for _, c := range children {
			checkAlone(t, c)
		}
	})
}
