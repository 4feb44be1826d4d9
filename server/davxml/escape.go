package davxml

import "unicode/utf8"

// replacement stands for what XML cannot carry.
const replacement = "\uFFFD"

// textEscape and valueEscape hold what each ASCII character becomes, "" for itself. CR is escaped
// because a reader would make it LF (XML 1.0 §2.11); bodies keep their line ends that way.
var textEscape, valueEscape = func() (text, value [utf8.RuneSelf]string) {
	for c := range text[:' '] {
		text[c] = replacement
	}
	text['\t'], text['\n'], text['\r'] = "", "", "&#13;"
	text['<'], text['>'], text['&'], text['"'] = "&lt;", "&gt;", "&amp;", "&quot;"
	value = text
	value['\t'], value['\n'] = "&#9;", "&#10;"
	return text, value
}()

func appendEscapedText[T string | []byte](dst []byte, s T) []byte {
	return appendEscaped(dst, s, &textEscape)
}

func appendEscapedValue[T string | []byte](dst []byte, s T) []byte {
	return appendEscaped(dst, s, &valueEscape)
}

func appendEscaped[T string | []byte](dst []byte, s T, escapes *[utf8.RuneSelf]string) []byte {
	done := 0 // s[:done] is written
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if e := escapes[c]; e != "" {
				dst = append(dst, s[done:i]...)
				dst = append(dst, e...)
				done = i + 1
			}
			i++
			continue
		}
		r, n := decodeRune(s[i:min(i+utf8.UTFMax, len(s))])
		if r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF {
			dst = append(dst, s[done:i]...)
			dst = append(dst, replacement...)
			done = i + n
		}
		i += n
	}
	return append(dst, s[done:]...)
}

func decodeRune[T string | []byte](s T) (rune, int) {
	switch s := any(s).(type) {
	case string:
		return utf8.DecodeRuneInString(s)
	case []byte:
		return utf8.DecodeRune(s)
	}
	return utf8.RuneError, 1
}
