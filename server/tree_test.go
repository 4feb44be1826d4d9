package server

import (
	"strings"
	"testing"

	"daycairn/backend"
)

var testTree = tree{"/dav"}

func TestResolve(t *testing.T) {
	cal, book := familyOf(backend.Calendar), familyOf(backend.AddressBook)
	for _, c := range []struct {
		path string
		want target
	}{
		{"/", target{kind: kindApex}},
		{"", target{kind: kindApex}},
		{"/principals", target{kind: kindApex, slug: "principals"}},
		{"/principals/", target{kind: kindApex, slug: "principals"}},
		{"/dav", target{kind: kindRoot}},
		{"/dav/", target{kind: kindRoot}},
		{"/dav/principals/", target{kind: kindPrincipals}},
		{"/dav/principals/al", target{kind: kindPrincipal, principal: "al"}},
		{"/dav/principals/al/", target{kind: kindPrincipal, principal: "al"}},
		{"/dav/calendars/", target{kind: kindHomes, family: cal}},
		{"/dav/calendars/al", target{kind: kindCalendarHome, family: cal, principal: "al"}},
		{"/dav/addressbooks/al/", target{kind: kindCardHome, family: book, principal: "al"}},
		{"/dav/calendars/al/work", target{kind: kindCalendar, family: cal, principal: "al", slug: "work"}},
		{"/dav/addressbooks/al/c/", target{kind: kindBook, family: book, principal: "al", slug: "c"}},
		{"/dav/calendars/al/work/a.ics", target{kind: kindEvent, family: cal, principal: "al", slug: "work", name: "a.ics"}},
		{"/dav/c%61lendars/%61l/work/a%20b@c.ics", target{kind: kindEvent, family: cal, principal: "al", slug: "work", name: "a b@c.ics"}},
		{"/dav/calendars/al/work/%252e%252e", target{kind: kindEvent, family: cal, principal: "al", slug: "work", name: "%2e%2e"}},
		{"/dav/calendars/al/work/%C3%A9;x=y+z", target{kind: kindEvent, family: cal, principal: "al", slug: "work", name: "é;x=y+z"}},
	} {
		got, err := testTree.resolve(c.path)
		if err != nil || got != c.want {
			t.Errorf("resolve(%q): got %+v, %v, want %+v", c.path, got, err, c.want)
		}
	}
}

// TestResolveTricks: what could mean something else to whoever stands between us and the client names nothing.
func TestResolveTricks(t *testing.T) {
	for path, want := range map[string]int{
		"/dav/calendars/al/..":                      400,
		"/dav/calendars/al/../bob/":                 400,
		"/dav/calendars/al/%2e%2e/bob/":             400,
		"/dav/calendars/al/%2E%2e/bob/x/y.ics":      400,
		"/dav/calendars/al/./work/":                 400,
		"/dav/calendars/al/%2e/work/":               400,
		"/dav/calendars//al/":                       400,
		"/dav//calendars/al/":                       400,
		"//dav/calendars/al/":                       400,
		"/dav/calendars/al//":                       400,
		"/dav/calendars/al%2Fwork/":                 400,
		"/dav/calendars/al/work%2fa.ics":            400,
		"/dav/calendars/al/work/a%5cb":              400,
		"/dav/calendars/al/work/a\\b":               400,
		"/dav/calendars/al/work/a%00.ics":           400,
		"/dav/calendars/al/work/%0d%0aX":            400,
		"/dav/calendars/al/work/%7f":                400,
		"/dav/calendars/al/work/%c2%85":             400,
		"/dav/calendars/al/work/%c0%ae%c0%ae":       400,
		"/dav/calendars/al/work/%ff":                400,
		"/dav/calendars/al/work/%zz":                400,
		"/dav/calendars/al/work/%4":                 400,
		"/dav/calendars/al/work/" + long(MaxName+1): 400,
		"/dav/calendars/al/work/a.ics/":             404,
		"/dav/calendars/al/work/a/b":                404,
		"/dav/Calendars/al/":                        404,
		"/DAV/calendars/al/":                        404,
		"/davx/calendars/al/":                       404,
		"/dav/nothing/":                             404,
		"/dav/principals/al/more":                   404,
		"/elsewhere":                                404,
		"/" + long(MaxPath):                         414,
	} {
		if got, err := testTree.resolve(path); statusOf(err) != want {
			t.Errorf("resolve(%.80q): got %+v, %v, want %d", path, got, err, want)
		}
	}
}

func long(n int) string { return strings.Repeat("x", n) }

func TestResolveHref(t *testing.T) {
	const item = "/dav/calendars/al/work/a.ics"
	want, err := testTree.resolve(item)
	if err != nil {
		t.Fatal(err)
	}
	for _, href := range []string{
		item, " " + item + "\n", "http://other.example" + item, "https://al:pw@x.example:8443" + item, "/dav/calendars/%61l/work/a%2Eics",
	} {
		if got, err := testTree.resolveHref(href); err != nil || got != want {
			t.Errorf("resolveHref(%q): got %+v, %v", href, got, err)
		}
	}
	for href, want := range map[string]int{
		"":                                400,
		"a.ics":                           400,
		"../work/a.ics":                   400,
		"mailto:al@example.org":           400,
		item + "?x":                       400,
		item + "#x":                       400,
		"http://x/dav/calendars/al/../b/": 400,
		"http://x":                        0, // the apex
		long(MaxPath + 1):                 414,
	} {
		if got, err := testTree.resolveHref(href); statusOf(err) != want {
			t.Errorf("resolveHref(%.80q): got %+v, %v, want %d", href, got, err, want)
		}
	}
}

// FuzzHref: whatever resolves has one encoding, which names the same thing again.
func FuzzHref(f *testing.F) {
	for _, s := range []string{
		"/", "/dav/", "/dav/calendars/al/work/a.ics", "http://h/dav/addressbooks/al/c/%C3%A9.vcf", "/dav/calendars/al/%2e%2e/",
		"/dav/principals/al/", "/dav/calendars/al/work/a%2fb", "/dav/calendars/al/work/%252F", "//", "http://", "/dav/calendars/a b/c+d/e;f",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, href string) {
		to, err := testTree.resolveHref(href)
		if err != nil {
			return
		}
		for _, s := range []string{to.principal, to.slug, to.name} {
			if s == "." || s == ".." || strings.ContainsAny(s, "/\\\x00\r\n") || len(s) > MaxName {
				t.Fatalf("%q: segment %q", href, s)
			}
		}
		canonical := testTree.href(to)
		again, err := testTree.resolve(canonical)
		if err != nil || again != to {
			t.Fatalf("%q: canonical %q resolves to %+v, %v, want %+v", href, canonical, again, err, to)
		}
		if kindItem.has(to.kind) == strings.HasSuffix(canonical, "/") {
			t.Fatalf("%q: canonical %q of kind %b", href, canonical, to.kind)
		}
	})
}
