package transcript

import (
	"strings"
	"testing"
)

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":                 {"", "no exchange"},
		"comment only":          {"# RFC 4918 §9.1\n", "no exchange"},
		"no source":             {"# a title\n> GET /\n< 200\n", "cite its source"},
		"nothing expected":      {"# RFC 4918 §9\n> GET /\n", "expects nothing"},
		"two requests in a row": {"# RFC 4918 §9\n> GET /\n\n> GET /x\n< 200\n", "expects nothing"},
		"status not first":      {"# RFC 4918 §9\n> GET /\n< ETag: x\n", "must be a status"},
		"unknown word":          {"# RFC 4918 §9\n> GET /\n< 200\n< bodyy has x\n", "unknown expectation"},
		"unknown operator":      {"# RFC 4918 §9\n> GET /\n< 200\n< ETag like x\n", "unknown operator"},
		"unknown directive":     {"# RFC 4918 §9\nonlyy: x\n> GET /\n< 200\n", "unknown directive"},
		"unknown option":        {"# RFC 4918 §9\n> GET /\n> @fast\n< 200\n", "unknown option"},
		"unknown prefix":        {"# RFC 4918 §9\n> GET /\n< 207\n< prop / Q:x 200\n", "not a known prefix"},
		"two bodies":            {"# RFC 4918 §9\n> PUT /x\n> @body event\n\ntext\n< 201\n", "two bodies"},
		"lost expectation":      {"# RFC 4918 §9\n> GET /\n< 200\n\n< ETag: x\n", "without a request"},
		"late directive":        {"# RFC 4918 §9\n> GET /\n< 200\n\nonly: daycairn\n", "neither comment"},
		"bad pattern":           {"# RFC 4918 §9\n> GET /\n< 200\n< ETag ~ (\n", "pattern"},
		"unknown setting":       {"# RFC 4918 §9\n> PUT /x\n> @body event =x\n< 201\n", "setting"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Parse("x.http", c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestParseReadsEverything(t *testing.T) {
	f, includes, err := Parse("x.http", `# RFC 4918 §9.7: a title
only: daycairn
include: _setup.http

> PUT {calendar}1.ics
> If-None-Match: *
> @as other
> @keep sent
BEGIN:VCALENDAR
END:VCALENDAR
< 201
< ETag ~ ^"
< let etag = header ETag

# a remark
> GET {calendar}1.ics
< 200
`)
	if err != nil {
		t.Fatal(err)
	}
	if f.Only != "daycairn" || len(includes) != 1 || len(f.Steps) != 2 {
		t.Fatalf("got %+v, includes %v", f, includes)
	}
	s := f.Steps[0]
	if s.Method != "PUT" || s.As != "other" || s.Keep != "sent" || len(s.Header) != 1 || len(s.Want) != 3 {
		t.Errorf("first step: %+v", s)
	}
	body, _, err := s.Body.build(NewVars(nil), "")
	if err != nil || string(body) != "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" {
		t.Errorf("body %q, %v", body, err)
	}
}
