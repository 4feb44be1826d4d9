package transcript

import (
	"strings"

	"daycairn/conformance/wire"
)

// A File is one transcript.
type File struct {
	Path  string
	Only  string // the one server it is for, or ""
	Title string // its first comment
	Steps []*Step
}

// A Step is one exchange: a request and what the answer must be.
type Step struct {
	File   string
	Line   int
	Method string
	Target string
	Header []wire.Header
	As     string
	Body   bodySpec
	Keep   string
	Times  int
	Gzip   bool
	Chunk  bool
	Want   []expectation
}

// A bodySpec says where a request's body comes from: written out, a named body with settings, or a literal.
type bodySpec struct {
	text     string
	name     string
	settings map[string]string
	literal  bool
	eol      string
}

// An expectation is one compiled "<" line.
type expectation struct {
	line  int
	text  string
	check func(*exchange) error
}

// An exchange is what an expectation looks at. The multistatus is read once, on the first use.
type exchange struct {
	vars   *Vars
	sent   []byte
	answer *wire.Answer
	multi  *wire.Multistatus
}

func (x *exchange) multistatus() (*wire.Multistatus, error) {
	if x.multi != nil {
		return x.multi, nil
	}
	m, err := x.answer.Multistatus()
	if err != nil {
		return nil, err
	}
	x.multi = m
	return m, nil
}

// Mentions reports whether a transcript needs somebody: it acts as them, or names what is theirs.
func (f *File) Mentions(who string) bool {
	for _, s := range f.Steps {
		if s.As == who || strings.Contains(s.Target+s.Body.text, "{"+who+".") {
			return true
		}
		for _, h := range s.Header {
			if strings.Contains(h.Value, "{"+who+".") {
				return true
			}
		}
		for _, e := range s.Want {
			if strings.Contains(e.text, "{"+who+".") {
				return true
			}
		}
	}
	return false
}
