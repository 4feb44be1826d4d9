package transcript

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"daycairn/conformance/wire"
)

// maxIncludes bounds how deep included transcripts may nest.
const maxIncludes = 4

// Read parses a transcript and what it includes.
func Read(path string) (*File, error) { return read(path, 0) }

func read(path string, depth int) (*File, error) {
	if depth > maxIncludes {
		return nil, fmt.Errorf("%s: includes nest deeper than %d", path, maxIncludes)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("transcript: %w", err)
	}
	f, includes, err := Parse(path, string(text))
	if err != nil {
		return nil, err
	}
	var before []*Step
	for _, name := range includes {
		other, err := read(filepath.Join(filepath.Dir(path), name), depth+1)
		if err != nil {
			return nil, fmt.Errorf("%s: include: %w", path, err)
		}
		before = append(before, other.Steps...)
	}
	f.Steps = append(before, f.Steps...)
	return f, nil
}

// Parse reads one transcript from its text; the names that it includes are returned unread.
func Parse(path, text string) (*File, []string, error) {
	p := &parser{file: &File{Path: path}, lines: strings.Split(text, "\n")}
	for p.at < len(p.lines) {
		if err := p.next(); err != nil {
			return nil, nil, fmt.Errorf("%s:%d: %w", path, p.at+1, err)
		}
	}
	if len(p.file.Steps) == 0 {
		return nil, nil, fmt.Errorf("%s: no exchange in it", path)
	}
	if !source.MatchString(p.file.Title) {
		return nil, nil, fmt.Errorf("%s: the first comment does not cite its source", path)
	}
	return p.file, p.includes, nil
}

// source is what the first comment of a file must name: a section of an RFC, or the client whose request it is.
var source = regexp.MustCompile(`RFC [0-9]+ (§|appendix)|caldav-ctag|as sent by `)

type parser struct {
	file     *File
	lines    []string
	at       int
	includes []string
}

// next reads a comment, a directive or a whole exchange.
func (p *parser) next() error {
	line := p.lines[p.at]
	switch {
	case strings.TrimSpace(line) == "":
		p.at++
	case strings.HasPrefix(line, "#"):
		if p.file.Title == "" {
			p.file.Title = strings.TrimSpace(strings.TrimPrefix(line, "#"))
		}
		p.at++
	case strings.HasPrefix(line, "> "):
		return p.exchange()
	case strings.HasPrefix(line, "<"):
		return fmt.Errorf("expectation without a request: %s", line)
	default:
		return p.directive(line)
	}
	return nil
}

func (p *parser) directive(line string) error {
	key, value, ok := strings.Cut(line, ": ")
	if !ok || len(p.file.Steps) > 0 {
		return fmt.Errorf("neither comment, directive nor request: %s", line)
	}
	switch key {
	case "only":
		p.file.Only = strings.TrimSpace(value)
	case "include":
		p.includes = append(p.includes, strings.TrimSpace(value))
	default:
		return fmt.Errorf("unknown directive %q", key)
	}
	p.at++
	return nil
}

func (p *parser) exchange() error {
	method, target, ok := strings.Cut(p.lines[p.at][2:], " ")
	if !ok || strings.Contains(target, " ") {
		return fmt.Errorf("request line: %s", p.lines[p.at])
	}
	s := &Step{File: p.file.Path, Line: p.at + 1, Method: method, Target: target, As: "user", Times: 1}
	p.at++
	for p.at < len(p.lines) && strings.HasPrefix(p.lines[p.at], ">") {
		if err := s.headerLine(strings.TrimSpace(p.lines[p.at][1:])); err != nil {
			return err
		}
		p.at++
	}
	start := p.at
	for p.at < len(p.lines) && !strings.HasPrefix(p.lines[p.at], "< ") {
		p.at++
	}
	body := strings.Trim(strings.Join(p.lines[start:p.at], "\n"), "\n")
	if strings.Contains("\n"+body, "\n> ") {
		return fmt.Errorf("request at line %d expects nothing", s.Line)
	}
	if body != "" {
		if s.Body.text != "" || s.Body.name != "" {
			return fmt.Errorf("request at line %d has two bodies", s.Line)
		}
		s.Body.text = body + "\n"
	}
	for p.at < len(p.lines) && strings.HasPrefix(p.lines[p.at], "< ") {
		e, err := compile(len(s.Want) == 0, strings.TrimSpace(p.lines[p.at][2:]))
		if err != nil {
			return err
		}
		e.line = p.at + 1
		s.Want = append(s.Want, e)
		p.at++
	}
	if len(s.Want) == 0 {
		return fmt.Errorf("request at line %d expects nothing", s.Line)
	}
	p.file.Steps = append(p.file.Steps, s)
	return nil
}

func (s *Step) headerLine(line string) error {
	if line == "" {
		return nil
	}
	if option, ok := strings.CutPrefix(line, "@"); ok {
		key, value, _ := strings.Cut(option, " ")
		set, known := options[key]
		if !known {
			return fmt.Errorf("unknown option @%s", key)
		}
		if err := set(s, strings.TrimSpace(value)); err != nil {
			return fmt.Errorf("@%s: %w", key, err)
		}
		return nil
	}
	name, value, ok := strings.Cut(line, ":")
	if !ok || strings.ContainsAny(name, " \t") {
		return fmt.Errorf("request header: %s", line)
	}
	s.Header = append(s.Header, wire.Header{Name: name, Value: strings.TrimSpace(value)})
	return nil
}

// options are the @-lines of a request.
var options = map[string]func(*Step, string) error{
	"as": func(s *Step, v string) error {
		switch v {
		case "user", "other", "nobody", "wrong":
			s.As = v
			return nil
		}
		return fmt.Errorf("%q is nobody we know", v)
	},
	"body": (*Step).namedBody,
	"text": func(s *Step, v string) (err error) {
		s.Body.literal = true
		s.Body.text, err = strconv.Unquote(v)
		return err
	},
	"eol": func(s *Step, v string) error {
		if v != "lf" && v != "crlf" {
			return fmt.Errorf("%q is neither lf nor crlf", v)
		}
		s.Body.eol = v
		return nil
	},
	"gzip":    func(s *Step, _ string) error { s.Gzip = true; return nil },
	"chunked": func(s *Step, _ string) error { s.Chunk = true; return nil },
	"keep":    func(s *Step, v string) error { s.Keep = v; return nil },
	"times": func(s *Step, v string) (err error) {
		s.Times, err = strconv.Atoi(v)
		return err
	},
}

// setting is key=value, the value quoted where it holds blanks.
var setting = regexp.MustCompile(`^([a-z]+)=("[^"]*"|\S*)\s*`)

func (s *Step) namedBody(v string) error {
	name, rest, _ := strings.Cut(v, " ")
	s.Body.name, s.Body.settings = name, map[string]string{}
	rest = strings.TrimSpace(rest)
	for rest != "" {
		m := setting.FindStringSubmatch(rest)
		if m == nil {
			return fmt.Errorf("setting %q", rest)
		}
		s.Body.settings[m[1]] = strings.Trim(m[2], `"`)
		rest = rest[len(m[0]):]
	}
	return nil
}
