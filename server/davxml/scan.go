package davxml

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// A scanner cuts UTF-8 text into tokens. It holds no more than the current token, or the bytes since
// hold was called, and reads each byte a fixed number of times.
type scanner struct {
	r     io.Reader
	lim   Limits
	buf   []byte // buf[:valid] is checked text, buf[valid:] the beginning of a character
	valid int
	token int   // where the current token begins, from base
	base  int   // what lies before it may be forgotten
	pos   int   // the next byte to scan
	held  bool  // base stays where it is
	gone  int64 // bytes forgotten
	err   error // of r, told once buf is used up
}

const chunk = 4096

func newScanner(r io.Reader, lim Limits) *scanner {
	return &scanner{r: r, lim: lim, buf: make([]byte, 0, 2*chunk)}
}

// hold keeps everything from the current token on, until release gives it away.
func (s *scanner) hold() { s.held = true }

// release copies what was held: the text of one whole element.
func (s *scanner) release() []byte {
	s.held = false
	return bytes.Clone(s.buf[s.base:s.pos])
}

func (s *scanner) syntax(msg string) error {
	return &SyntaxError{s.gone + int64(s.pos), msg}
}

// fill reads on. It is false when nothing more comes; s.err then says why.
func (s *scanner) fill() bool {
	if s.err != nil {
		return false
	}
	if s.base > 0 && cap(s.buf)-len(s.buf) < chunk {
		n := copy(s.buf, s.buf[s.base:])
		s.buf = s.buf[:n]
		s.gone += int64(s.base)
		s.pos -= s.base
		s.valid -= s.base
		s.base = 0
	}
	if s.valid-s.base > s.lim.Child {
		s.err = &LimitError{"Child", int64(s.lim.Child)}
		return false
	}
	if cap(s.buf)-len(s.buf) < chunk {
		grown := make([]byte, len(s.buf), 2*cap(s.buf)+chunk)
		copy(grown, s.buf)
		s.buf = grown
	}
	for empty := 0; ; empty++ {
		n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if s.gone+int64(len(s.buf)) > s.lim.Bytes {
			err = &LimitError{"Bytes", s.lim.Bytes}
		}
		if err == nil && n == 0 && empty >= 100 {
			err = io.ErrNoProgress
		}
		s.err = err
		before := s.valid
		if !s.check(err != nil) && s.valid == before {
			return false
		}
		if s.valid > before || s.err != nil {
			return s.valid > before
		}
	}
}

// check moves valid over whole characters that XML 1.0 §2.2 allows.
func (s *scanner) check(last bool) bool {
	b := s.buf
	i := s.valid
	for i < len(b) {
		c := b[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
				return s.invalid(i)
			}
			i++
			continue
		}
		if !last && !utf8.FullRune(b[i:]) {
			break
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF {
			return s.invalid(i)
		}
		i += n
	}
	s.valid = i
	return true
}

// invalid ends the text before place i; a limit that was hit at the same time goes first.
func (s *scanner) invalid(i int) bool {
	s.valid = i
	if _, ok := s.err.(*LimitError); !ok {
		s.err = &SyntaxError{s.gone + int64(i), "character is not allowed in xml"}
	}
	return false
}

// failure is the error of a token that the end of input cut.
func (s *scanner) failure(what string) error {
	switch err := s.err.(type) {
	case *SyntaxError, *LimitError:
		return err
	}
	if s.err == io.EOF {
		return s.syntax("body ends within " + what)
	}
	return fmt.Errorf("read xml: %w", s.err)
}

type kind int

const (
	endOfInput kind = iota
	startTag
	endTag
	charData
	cdata
	misc // a comment or a processing instruction
)

// next scans one token: the kind, and its bytes without what delimits them. The bytes are good
// until the next call.
func (s *scanner) next() (kind, []byte, error) {
	if !s.held {
		s.base = s.pos
	}
	s.token = s.pos - s.base
	if s.pos == s.valid && !s.fill() {
		if s.err == io.EOF {
			return endOfInput, nil, nil
		}
		return endOfInput, nil, s.failure("a token")
	}
	if s.buf[s.pos] != '<' {
		return s.charData()
	}
	for s.pos+len("<![CDATA[") > s.valid && s.fill() {
	}
	rest := s.buf[s.pos:s.valid]
	for _, m := range markups {
		if bytes.HasPrefix(rest, []byte(m.open)) {
			token, err := s.until(len(m.open), m.close, m.what)
			return m.kind, token, err
		}
	}
	if len(rest) < len("<![CDATA[") && s.err != io.EOF && s.err != nil {
		return endOfInput, nil, s.failure("a token")
	}
	if bytes.HasPrefix(rest, []byte("<!")) {
		return endOfInput, nil, s.syntax("document type and entity declarations are refused")
	}
	return s.tag()
}

// markups are what is scanned to a fixed closing string.
var markups = []struct {
	open, close, what string
	kind              kind
}{
	{"<!--", "--", "a comment", misc}, // "--" may stand nowhere else in it (XML 1.0 §2.5)
	{"<![CDATA[", "]]>", "a CDATA section", cdata},
	{"<?", "?>", "a processing instruction", misc},
	{"</", ">", "an end tag", endTag},
}

// offset is the scan's place as a distance from base, which fill does not change.
func (s *scanner) until(skip int, terminator, what string) ([]byte, error) {
	start := s.pos - s.base + skip
	from := start
	for {
		window := s.buf[s.base:s.valid]
		i := bytes.Index(window[from:], []byte(terminator))
		if i >= 0 {
			token := window[start : from+i]
			s.pos = s.base + from + i + len(terminator)
			return token, s.finish(what, token)
		}
		from = max(start, len(window)-len(terminator)+1)
		if !s.fill() {
			return nil, s.failure(what)
		}
	}
}

// finish checks what the closing string alone does not say.
func (s *scanner) finish(what string, token []byte) error {
	switch what {
	case "a comment":
		if s.pos == s.valid && !s.fill() {
			return s.failure(what)
		}
		if s.buf[s.pos] != '>' {
			return s.syntax("comment holds --")
		}
		s.pos++
	case "a processing instruction":
		n := nameEnd(token)
		if n == 0 || n < len(token) && !isSpace(token[n]) || bytes.IndexByte(token[:n], ':') >= 0 {
			return s.syntax("processing instruction without a name")
		}
		if bytes.EqualFold(token[:n], []byte("xml")) {
			return s.syntax("xml declaration is not at the beginning")
		}
	}
	return nil
}

func (s *scanner) charData() (kind, []byte, error) {
	start := s.pos - s.base
	from := start
	for {
		window := s.buf[s.base:s.valid]
		i := bytes.IndexByte(window[from:], '<')
		if i >= 0 {
			s.pos = s.base + from + i
			return charData, window[start : from+i], nil
		}
		from = len(window)
		if !s.fill() {
			if s.err != io.EOF {
				return endOfInput, nil, s.failure("text")
			}
			s.pos = s.base + from
			return charData, s.buf[s.base+start : s.pos], nil
		}
	}
}

// tag scans a start tag to its ">", over those in attribute values.
func (s *scanner) tag() (kind, []byte, error) {
	start := s.pos - s.base + 1
	var quote byte
	for i := start; ; i++ {
		if i-start > s.lim.TagLen {
			return endOfInput, nil, &LimitError{"TagLen", int64(s.lim.TagLen)}
		}
		if s.base+i >= s.valid && !s.fill() {
			return endOfInput, nil, s.failure("a tag")
		}
		c := s.buf[s.base+i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			s.pos = s.base + i + 1
			return startTag, s.buf[s.base+start : s.base+i], nil
		}
	}
}
