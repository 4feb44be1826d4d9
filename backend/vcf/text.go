package vcf

import (
	"iter"

	"daycairn/backend/line"
)

// MaxText is how long a value may be, as written, that Texts yields.
const MaxText = 64 << 10

// opaque names the properties whose values are no text to look for.
var opaque = map[string]bool{"PHOTO": true, "LOGO": true, "SOUND": true, "KEY": true}

// Searchable reports whether Texts yields l. Who looks for text in other lines must read the card itself.
func Searchable(l *line.Line) bool {
	return l.Name != "" && !opaque[l.Name] && len(l.Value) <= MaxText
}

// Texts yields the names and unescaped values of the card's lines, in order, for an index: all but pictures,
// sounds and keys, lines without a name, and values longer than MaxText.
func Texts(c *Card) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		lines := c.Lines()
		for i := range lines {
			if l := &lines[i]; Searchable(l) && !yield(l.Name, line.Text(l.Value)) {
				return
			}
		}
	}
}
