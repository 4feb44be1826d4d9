package line

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// outline renders a component as NAME(lines children), so that trees fit into a table.
func outline(c *Component) string {
	var b strings.Builder
	b.WriteString(c.Name + "(")
	for i, l := range c.Lines {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(l.Name)
	}
	for _, child := range c.Children {
		b.WriteString(" " + outline(child))
	}
	return b.String() + ")"
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, source string
		want         []string
		stray        int
	}{
		{"empty", "", nil, 0},
		{"one", "BEGIN:VCARD\nFN:x\nEND:VCARD\n", []string{"VCARD(FN)"}, 0},
		{"several", "BEGIN:VCARD\nEND:VCARD\n\nBEGIN:VCARD\nFN:x\nEND:VCARD", []string{"VCARD()", "VCARD(FN)"}, 0},
		{"nested", "BEGIN:VCALENDAR\nA:1\nBEGIN:VEVENT\nBEGIN:VALARM\nEND:VALARM\nUID:1\nEND:VEVENT\nB:2\nEND:VCALENDAR",
			[]string{"VCALENDAR(A B VEVENT(UID VALARM()))"}, 0},
		{"trailing blanks and case", "begin:vcalendar \t\r\nEnd: VCALENDAR  \r\n", []string{"VCALENDAR()"}, 0},
		{"byte order mark", "\xEF\xBB\xBFBEGIN:VCARD\nEND:VCARD", []string{"VCARD()"}, 0},
		{"junk stays where it is", "BEGIN:VCARD\nhello\n\nFN:x\nEND:VCARD", []string{"VCARD( FN)"}, 0},
		{"stray lines", "X:1\nBEGIN:VCARD\nEND:VCARD\n\njunk", []string{"VCARD()"}, 2},
		{"grouped BEGIN is a property", "BEGIN:X\na.BEGIN:Y\nEND:X", []string{"X(BEGIN)"}, 0},
		{"AGENT of vCard 2.1", "BEGIN:VCARD\nAGENT:\nBEGIN:VCARD\nEND:VCARD\nEND:VCARD", []string{"VCARD(AGENT VCARD())"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := Parse([]byte(tt.source))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range doc.Components {
				got = append(got, outline(c))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("components (-want +got):\n%s", d)
			}
			if len(doc.Stray) != tt.stray {
				t.Errorf("%d stray lines, want %d", len(doc.Stray), tt.stray)
			}
			mustNest(t, doc)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, source string
		want         error
		offset       int
	}{
		{"not ended", "BEGIN:X\nA:1\n", ErrUnbalanced, 12},
		{"not begun", "A:1\nEND:X\n", ErrUnbalanced, 4},
		{"crossed", "BEGIN:X\nBEGIN:Y\nEND:X\nEND:Y\n", ErrUnbalanced, 16},
		{"too deep", strings.Repeat("BEGIN:X\n", MaxDepth+1), ErrTooDeep, 8 * MaxDepth},
		{"too many lines", strings.Repeat("A\n", MaxLines+1), ErrTooMany, 2 * MaxLines},
		{"too many components", strings.Repeat("BEGIN:X\nEND:X\n", MaxComponents+1), ErrTooMany, 14 * MaxComponents},
		{"too many parameters", "A:1\nB" + strings.Repeat(";X", MaxParams+1) + ":v", ErrTooMany, 4},
		{"too many values", "A:1\nB;X=" + strings.Repeat(",", MaxValues) + ":v", ErrTooMany, 4},
		{"too many values in two parameters", "B;X=" + strings.Repeat(",", MaxValues/2) + ";Y=" + strings.Repeat(",", MaxValues/2) + ":v", ErrTooMany, 0},
		{"too many parameters together", strings.Repeat("A"+strings.Repeat(";X=", 250)+":v\n", 2001), ErrTooMany, 2000 * 754},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.source))
			e := new(Error)
			if !errors.As(err, &e) || !errors.Is(err, tt.want) {
				t.Fatalf("Parse: %v; want %v", err, tt.want)
			}
			if e.Offset != tt.offset {
				t.Errorf("at byte %d, want %d: %v", e.Offset, tt.offset, err)
			}
		})
	}
}

func TestParseTakesWhatIsAtTheLimits(t *testing.T) {
	for name, source := range map[string]string{
		"depth":      strings.Repeat("BEGIN:X\n", MaxDepth) + strings.Repeat("END:X\n", MaxDepth),
		"parameters": "B" + strings.Repeat(";X", MaxParams) + ":v",
		"values":     "B;X=" + strings.Repeat(",", MaxValues-1) + ":v",
		"lines":      strings.Repeat("A\n", MaxLines),
	} {
		if _, err := Parse([]byte(source)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrorsAreShort(t *testing.T) {
	_, err := Parse([]byte("BEGIN:" + strings.Repeat("é", 1<<20)))
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("the error has %d bytes: %.200v", len(fmt.Sprint(err)), err)
	}
}
