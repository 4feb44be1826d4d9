package line

import (
	"bytes"
	"iter"
)

var (
	bom             = []byte("\xEF\xBB\xBF")
	quotedPrintable = []byte("QUOTED-PRINTABLE")
)

// Read yields the lines of source in order. It never fails and takes linear time.
//
// Lines end with CRLF, LF or CR. One that starts with a blank or a tab continues the one before (RFC 5545
// §3.1), even over empty lines between them, and so does the one after a quoted-printable soft break of
// vCard 2.1. Values alias source: the caller leaves it alone while the lines are used.
func Read(source []byte) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		s := scanner{source: source, lf: -1, cr: -1}
		if bytes.HasPrefix(source, bom) {
			s.pos = len(bom)
		}
		for s.pos < len(source) {
			if !yield(s.line()) {
				return
			}
		}
	}
}

// Unfold returns the content of one line from its physical extent in a source: all of it but folds, soft breaks
// and line ending. It aliases physical where that was not folded.
func Unfold(physical []byte) []byte {
	s := scanner{source: physical, lf: -1, cr: -1}
	return s.content()
}

// A scanner stands at the beginning of a line. It remembers where the next LF and CR are, so that a source
// with only one of them is not searched to its end for the other at each line.
type scanner struct {
	source []byte
	pos    int
	lf, cr int
}

// line reads the line at pos and moves behind it.
func (s *scanner) line() Line {
	start := s.pos
	if isBreak(s.source[start]) {
		s.pos = s.skipEmpty(start)
		return Line{Start: start, End: s.pos}
	}
	content := s.content()
	l := Line{Start: start, End: s.pos}
	l.split(content)
	return l
}

// content reads the line at pos, which is not empty, and moves behind it.
func (s *scanner) content() []byte {
	again := *s
	size, folded := s.walk(nil)
	if !folded {
		return again.source[again.pos : again.pos+size : again.pos+size]
	}
	content := make([]byte, 0, size)
	again.walk(&content)
	return content
}

// walk passes over one line with all its continuations. It returns the size of the content, appends that to
// into unless it is nil, and says whether the content is more than one piece of the source.
func (s *scanner) walk(into *[]byte) (size int, folded bool) {
	from := s.pos
	first := s.source[from:from]
	soft := softUnknown
	for {
		end, next := s.physical(from)
		if !folded {
			first = s.source[from:end]
		}
		piece := s.source[from:end]
		after := s.skipEmpty(next)
		s.pos = next
		more := false
		switch {
		case next < len(s.source) && bytes.HasSuffix(piece, []byte("=")) && soft.is(first):
			piece, from, more = piece[:len(piece)-1], next, true
		case next > end && after < len(s.source) && isBlank(s.source[after]):
			from, more = after+1, true
		}
		size += len(piece)
		if into != nil {
			*into = append(*into, piece...)
		}
		if !more {
			return size, folded
		}
		folded = true
	}
}

// physical returns where the content of the physical line at from ends and where the next one begins.
// Calls must not go back in the source.
func (s *scanner) physical(from int) (end, next int) {
	if s.lf < from {
		s.lf = s.find('\n', from)
	}
	if s.cr < from {
		s.cr = s.find('\r', from)
	}
	end = min(s.lf, s.cr)
	switch {
	case end == len(s.source):
		return end, end
	case s.cr+1 == s.lf && s.lf < len(s.source):
		return end, end + 2
	}
	return end, end + 1
}

// find returns where c is next, or the end of the source.
func (s *scanner) find(c byte, from int) int {
	i := bytes.IndexByte(s.source[from:], c)
	if i < 0 {
		return len(s.source)
	}
	return from + i
}

// skipEmpty returns where the empty lines at from end.
func (s *scanner) skipEmpty(from int) int {
	for from < len(s.source) && isBreak(s.source[from]) {
		from++
	}
	return from
}

// softness is what we know about a line: whether "=" at the end of a physical line is a soft break in it.
type softness int

const (
	softUnknown softness = iota
	softNo
	softYes
)

// is decides once a line, by the parameters of its first physical line.
func (s *softness) is(first []byte) bool {
	if *s == softUnknown {
		*s = softNo
		head, _, ok := bytes.Cut(first, []byte(":"))
		if ok && bytes.Contains(bytes.ToUpper(head), quotedPrintable) {
			*s = softYes
		}
	}
	return *s == softYes
}

func isBreak(c byte) bool { return c == '\n' || c == '\r' }
func isBlank(c byte) bool { return c == ' ' || c == '\t' }
