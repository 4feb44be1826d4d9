package backend_test

import (
	"runtime"
	"strings"
	"testing"

	"daycairn/backend"
)

func describe(t *testing.T, kind backend.Kind, lines ...string) backend.Facts {
	t.Helper()
	body := "BEGIN:VCARD\nVERSION:3.0\n" + strings.Join(lines, "\n") + "\nEND:VCARD\n"
	if kind == backend.Calendar {
		body = "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := backend.Describe(kind, []byte(body))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(24<<20+12*len(body)); got > most {
		t.Errorf("a body of %d KiB takes %d KiB, want at most %d", len(body)>>10, got>>10, most>>10)
	}
	return f
}

// A UID of any length is kept, compared and narrow.
func TestLongUID(t *testing.T) {
	for _, kind := range []backend.Kind{backend.Calendar, backend.AddressBook} {
		uid := func(u string) string {
			f := describe(t, kind, "UID:"+u)
			if len(f.UID) > 1<<10 || f.UID == "" {
				t.Errorf("%s: a uid of %d bytes is %d bytes in facts", kind, len(u), len(f.UID))
			}
			return f.UID
		}
		long := strings.Repeat("u", 8<<20)
		first := uid(long)
		if uid(long) != first || uid(long+"v") == first || uid(long[1:]) == first {
			t.Errorf("%s: long uids are equal where they are not, or the reverse", kind)
		}
		if uid(uid(long)) == uid(long) {
			t.Errorf("%s: %s has the uid of another", kind, uid(long))
		}
		if edge := strings.Repeat("u", 1<<10); uid(edge) != edge || uid(edge+"u") == edge+"u" {
			t.Errorf("%s: the bound is not where it is said to be", kind)
		}
	}
}

// A body with more text than facts hold may match any search.
func TestMuchText(t *testing.T) {
	for name, lines := range map[string][]string{
		"one value":                   {"SUMMARY:" + strings.Repeat("x", 9<<20)},
		"what folds to much more":     {"SUMMARY:" + strings.Repeat("\ufdfa", 3<<20)},
		"a little that folds to more": {"SUMMARY:" + strings.Repeat("\ufdfa", 50<<10)},
		"many values":                 {strings.Repeat("COMMENT:"+strings.Repeat("y", 100)+"\n", 30000) + "X:Y"},
		"what folds to less":          {"SUMMARY:" + strings.Repeat("\U0001d400", 2<<20)},
	} {
		f := describe(t, backend.Calendar, append(lines, "UID:u")...)
		if f.Text != backend.AnyText {
			t.Errorf("%s: text of %d bytes", name, len(f.Text))
		}
	}
	f := describe(t, backend.Calendar, "UID:u", "X-NOTE:"+strings.Repeat("x", 9<<20), "SUMMARY:"+strings.Repeat("z", 200<<10))
	if f.Text == backend.AnyText || !backend.MayHold([]byte(f.Text), []byte("zz")) || backend.MayHold([]byte(f.Text), []byte("x")) {
		t.Error("what is not looked for counts")
	}
	if star := describe(t, backend.AddressBook, "UID:*"); star.Text == backend.AnyText || backend.MayHold([]byte(star.Text), []byte("a")) {
		t.Errorf("a star is %q", star.Text)
	}
	if !backend.MayHold([]byte(backend.AnyText), []byte("whatever")) {
		t.Error("any text does not hold this one")
	}
}
