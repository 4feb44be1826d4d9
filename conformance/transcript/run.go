package transcript

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"strconv"
	"strings"

	"daycairn/conformance/wire"
)

// A Cast is who takes part in a transcript, and the variables it starts with.
type Cast struct {
	Clients map[string]*wire.Client // user, other, nobody, wrong
	Vars    map[string]string
}

// Run plays a transcript and returns every expectation that failed. It stops at the first exchange with a failure, since
// what follows rests on it.
func Run(ctx context.Context, f *File, cast Cast) error {
	vars := NewVars(cast.Vars)
	for _, s := range f.Steps {
		for n := 1; n <= s.Times; n++ {
			vars.set["n"] = strconv.Itoa(n)
			if err := s.run(ctx, vars, cast); err != nil {
				return err
			}
		}
	}
	if unused := vars.unused(); len(unused) > 0 {
		return fmt.Errorf("%s: captured and never used: %s", f.Path, strings.Join(unused, " "))
	}
	return nil
}

func (s *Step) run(ctx context.Context, vars *Vars, cast Cast) error {
	req, err := s.request(vars)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", s.File, s.Line, err)
	}
	client := cast.Clients[s.As]
	if client == nil {
		return fmt.Errorf("%s:%d: nobody plays %s", s.File, s.Line, s.As)
	}
	answer, err := client.Do(ctx, req)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", s.File, s.Line, err)
	}
	x := &exchange{vars: vars, sent: req.Body, answer: answer}
	var failed []error
	if err := wellFormed(x); err != nil {
		failed = append(failed, fmt.Errorf("%s:%d: %w", s.File, s.Line, err))
	}
	for _, e := range s.Want {
		if err := e.check(x); err != nil {
			failed = append(failed, fmt.Errorf("%s:%d: %w", s.File, e.line, err))
		}
	}
	if len(failed) > 0 {
		failed = append(failed, fmt.Errorf("answer to %s %s: %d %v\n%.4000s", req.Method, req.Target, answer.Status, answer.Header, answer.Body))
	}
	return errors.Join(failed...)
}

func (s *Step) request(vars *Vars) (wire.Request, error) {
	r := wire.Request{Method: s.Method, Chunked: s.Chunk}
	var err error
	if r.Target, err = vars.Expand(s.Target); err != nil {
		return r, err
	}
	media := ""
	for _, h := range s.Header {
		value, err := vars.Expand(h.Value)
		if err != nil {
			return r, err
		}
		if strings.EqualFold(h.Name, "Content-Type") {
			media = value
		}
		r.Header = append(r.Header, wire.Header{Name: h.Name, Value: value})
	}
	given := media
	if r.Body, media, err = s.Body.build(vars, media); err != nil {
		return r, err
	}
	if given == "" && media != "" {
		r.Header = append(r.Header, wire.Header{Name: "Content-Type", Value: media})
	}
	if s.Keep != "" {
		vars.capture(s.Keep, string(r.Body))
	}
	if s.Gzip {
		r.Header = append(r.Header, wire.Header{Name: "Content-Encoding", Value: "gzip"})
		r.Body, err = wire.Gzip(r.Body)
	}
	return r, err
}

// wellFormed holds for every answer: a 207 is a sound multistatus, an XML body can be parsed.
func wellFormed(x *exchange) error {
	if x.answer.Status == 207 {
		_, err := x.multistatus()
		return err
	}
	media, _, err := mime.ParseMediaType(x.answer.Header.Get("Content-Type"))
	if err != nil || len(x.answer.Body) == 0 || media != "application/xml" && media != "text/xml" {
		return nil
	}
	_, err = wire.ParseXML(x.answer.Body)
	return err
}
