package server

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestConditionsOnOne(t *testing.T) {
	modified := time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)
	there := current{exists: true, etag: `"abc"`, modified: modified}
	const second = "Fri, 02 Jan 2026 03:04:05 GMT"
	const before = "Fri, 02 Jan 2026 03:04:04 GMT"
	for _, c := range []struct {
		header string
		cur    current
		want   string
	}{
		{`If-Match: "abc"`, there, ""},
		{`If-Match: "x", "abc"`, there, ""},
		{`If-Match: "x","y"`, there, "If-Match"},
		{`If-Match: W/"abc"`, there, "If-Match"}, // strong comparison
		{`If-Match: *`, there, ""},
		{`If-Match: *`, current{}, "If-Match"},
		{`If-Match: "abc"`, current{}, "If-Match"},
		{`If-Match: \"abc\"`, there, ""},    // GNOME
		{`If-Match: abc`, there, ""},        // without quotes
		{`If-Match: "abc-gzip"`, there, ""}, // compressing proxies
		{`If-Match: "abc-other"`, there, "If-Match"},
		{`If-None-Match: *`, current{}, ""},
		{`If-None-Match: *`, there, "If-None-Match"},
		{`If-None-Match: "abc"`, there, "If-None-Match"},
		{`If-None-Match: W/"abc"`, there, "If-None-Match"}, // weak comparison
		{`If-None-Match: "x"`, there, ""},
		{`If-None-Match: "abc"`, current{}, ""},
		{`If-Unmodified-Since: ` + second, there, ""},
		{`If-Unmodified-Since: ` + before, there, "If-Unmodified-Since"},
		{`If-Unmodified-Since: yesterday`, there, ""},
		{`If-Schedule-Tag-Match: "s"`, there, "If-Schedule-Tag-Match"},
	} {
		x := dry(t)
		x.r = httptest.NewRequest("PUT", "/", nil)
		name, value, _ := strings.Cut(c.header, ": ")
		x.r.Header.Set(name, value)
		cond, err := x.conditions()
		if err != nil {
			t.Errorf("%s: %v", c.header, err)
			continue
		}
		if got, err := cond.failed(x, nil, c.cur); err != nil || got != c.want {
			t.Errorf("%s against %+v: got %q, %v, want %q", c.header, c.cur, got, err, c.want)
		}
	}
}

func TestConditionsMalformed(t *testing.T) {
	for _, h := range []string{
		`If-Match: "abc`, `If-Match: `, `If-Match: *, "a"`, `If-Match: W/`, `If-None-Match: a"b`,
		`If-None-Match: ` + strings.Repeat(`"a",`, maxTags+1),
		`If: `, `If: ()`, `If: (`, `If: ("a")`, `If: ["a"]`, `If: (<a)`, `If: (["a"`, `If: (Not)`, `If: (Not Not <a>)`, `If: </x>`,
		`If: </x> </y> (<a>)`, `If: (<a>) </x> (<b>)`, `If: <> (<a>)`, `If: (<>)`, `If: (<a>) trailing`,
		`If: ` + strings.Repeat("(<a>)", maxStates+1), `If: (` + strings.Repeat("<a>", maxStates+2) + `)`,
	} {
		x := dry(t)
		x.r = httptest.NewRequest("PUT", "/", nil)
		name, value, _ := strings.Cut(h, ": ")
		x.r.Header[name] = []string{value}
		if _, err := x.conditions(); statusOf(err) != 400 {
			t.Errorf("%.60s: got %v, want 400", h, err)
		}
	}
}

// TestIfHeader is RFC 4918 §10.4 against a store.
func TestIfHeader(t *testing.T) {
	w := newWorld(t)
	path := calendarPath + "1.ics"
	etag := w.do("PUT", path, event("u1", "one")).Header().Get("ETag")
	token := w.mustFind(calendarPath, "<D:sync-token/>")
	token = token[strings.Index(token, "data:,"):strings.Index(token, "</D:sync-token>")]
	for header, want := range map[string]int{
		`([` + etag + `])`:                                                     204,
		`(["x"])`:                                                              412,
		`(["x"]) ([` + etag + `])`:                                             204,
		`(Not ["x"])`:                                                          204,
		`([` + etag + `] Not <DAV:no-lock>)`:                                   204,
		`([` + etag + `] <DAV:no-lock>)`:                                       412,
		`(<urn:uuid:1>) (Not <DAV:no-lock>)`:                                   204,
		`([W/` + etag + `])`:                                                   412,
		`<` + path + `> ([` + etag + `])`:                                      204,
		`<http://other` + path + `> (["x"])`:                                   412,
		`<` + calendarPath + `2.ics> ([` + etag + `])`:                         412, // unmapped: does not have the state
		`<` + calendarPath + `2.ics> (Not [` + etag + `])`:                     204,
		`<` + calendarPath + `> (<` + token + `>)`:                             204,
		`<` + calendarPath + `> (Not <` + token + `>)`:                         412,
		`<` + bookPath + `> (<` + token + `>)`:                                 412,
		`<` + strings.Replace(calendarPath, "alice", "bob", 1) + `> (<DAV:x>)`: 412,
		`<a b> (Not <x>)`:                                                      204,
	} {
		rec := w.do("PROPPATCH", path, set("<X xmlns='urn:x'>v</X>"), "If: "+header)
		got := rec.Code
		if got == 207 {
			got = 204
		}
		if got != want {
			t.Errorf("If: %s: got %d, want %d", header, rec.Code, want)
		}
	}
	w.mustDo(201, "PUT", calendarPath+"2.ics", event("u2", "two"), "If: <"+calendarPath+"> (<"+token+">)")
	w.mustDo(412, "PUT", calendarPath+"3.ics", event("u3", "three"), "If: <"+calendarPath+"> (<"+token+">)")
}

func FuzzIf(f *testing.F) {
	for _, s := range []string{
		`(<urn:uuid:1> ["I am an ETag"]) (["I am another ETag"])`, `(Not <urn:uuid:1> <urn:uuid:2>)`, `</r> (<a> [W/"A weak ETag"]) (["strong"])`,
		`(<urn:x>)(Not <DAV:no-lock>)`, `([\"a\"])`, `<`, `(`, `(["`, `([a])`, "(Not\t[\"a\"])",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lists, err := parseIf(s)
		if err != nil {
			if statusOf(err) != 400 {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		states := 0
		for _, l := range lists {
			if len(l.states) == 0 {
				t.Fatalf("%q: a list without conditions", s)
			}
			states += len(l.states)
			for _, st := range l.states {
				if (st.token == "") == (st.etag.opaque == "") {
					t.Fatalf("%q: condition %+v", s, st)
				}
			}
		}
		if states > maxStates {
			t.Fatalf("%d states", states)
		}
	})
}
