package wire

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// A Multistatus is a 207 body that passed every check of ReadMultistatus.
type Multistatus struct {
	Responses []*Response
	SyncToken string
	HasToken  bool
	byPath    map[string]*Response
}

// A Response speaks of one href, either as a whole (Status) or by property (Props).
type Response struct {
	Href   string
	Status int
	Props  []Prop
	Error  *Element
}

// A Prop is one property with the status of its propstat.
type Prop struct {
	Status int
	El     *Element
	Error  *Element // the D:error of its propstat
}

var (
	davMultistatus = MustName("D:multistatus")
	davResponse    = MustName("D:response")
	davHref        = MustName("D:href")
	davStatus      = MustName("D:status")
	davPropstat    = MustName("D:propstat")
	davProp        = MustName("D:prop")
	davError       = MustName("D:error")
	davToken       = MustName("D:sync-token")
	davDescription = MustName("D:responsedescription")
	davLocation    = MustName("D:location")
)

// ReadMultistatus parses a 207 body and holds it to RFC 4918 §13 and §14.24 and to what clients rely on: a status line
// with the registered phrase, absolute paths without host, each href once, each property once.
func ReadMultistatus(body []byte) (*Multistatus, error) {
	root, err := ParseXML(body)
	if err != nil {
		return nil, err
	}
	if root.Name != davMultistatus {
		return nil, fmt.Errorf("root is %s, not D:multistatus", Short(root.Name))
	}
	m := &Multistatus{byPath: map[string]*Response{}}
	for _, c := range root.Children {
		switch c.Name {
		case davResponse:
			if err := m.add(c); err != nil {
				return nil, err
			}
		case davToken:
			if m.HasToken {
				return nil, errors.New("two D:sync-token in one multistatus")
			}
			m.SyncToken, m.HasToken = strings.TrimSpace(c.Text), true
		case davDescription:
		default:
			return nil, fmt.Errorf("%s inside D:multistatus", Short(c.Name))
		}
	}
	return m, nil
}

func (m *Multistatus) add(el *Element) error {
	hrefs := el.All(davHref)
	if len(hrefs) == 0 {
		return errors.New("response without href")
	}
	r, err := readResponse(el, len(hrefs))
	if err != nil {
		return fmt.Errorf("response %s: %w", hrefs[0].Text, err)
	}
	for _, h := range hrefs {
		path, err := checkHref(h.Text)
		if err != nil {
			return err
		}
		if _, twice := m.byPath[path]; twice {
			return fmt.Errorf("href %s in two responses", h.Text)
		}
		one := *r
		one.Href = h.Text
		m.byPath[path] = &one
		m.Responses = append(m.Responses, &one)
	}
	return nil
}

func readResponse(el *Element, hrefs int) (*Response, error) {
	r := &Response{}
	seen := map[xml.Name]bool{}
	propstats := 0
	for _, c := range el.Children {
		switch c.Name {
		case davHref, davDescription, davLocation:
		case davError:
			r.Error = c
		case davStatus:
			code, err := statusOf(c)
			if err != nil {
				return nil, err
			}
			r.Status = code
		case davPropstat:
			propstats++
			if err := r.addPropstat(c, seen); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("%s inside D:response", Short(c.Name))
		}
	}
	if (r.Status != 0) == (propstats > 0) {
		return nil, fmt.Errorf("status line %d beside %d propstats: want exactly one kind", r.Status, propstats)
	}
	if propstats > 0 && hrefs > 1 {
		return nil, errors.New("several hrefs with propstat")
	}
	return r, nil
}

func (r *Response) addPropstat(el *Element, seen map[xml.Name]bool) error {
	prop, status := el.All(davProp), el.All(davStatus)
	if len(prop) != 1 || len(status) != 1 {
		return fmt.Errorf("propstat with %d D:prop and %d D:status", len(prop), len(status))
	}
	code, err := statusOf(status[0])
	if err != nil {
		return err
	}
	for _, p := range prop[0].Children {
		if seen[p.Name] {
			return fmt.Errorf("property %s twice", Short(p.Name))
		}
		seen[p.Name] = true
		r.Props = append(r.Props, Prop{Status: code, El: p, Error: el.Child(davError)})
	}
	return nil
}

var statusLine = regexp.MustCompile(`^HTTP/1\.1 ([1-5][0-9][0-9]) (.+)$`)

// statusOf insists on the exact text: Thunderbird compares it as a string, others match it with a pattern.
func statusOf(el *Element) (int, error) {
	m := statusLine.FindStringSubmatch(el.Text)
	if m == nil {
		return 0, fmt.Errorf("status text %q", el.Text)
	}
	code, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, err
	}
	if want := http.StatusText(code); m[2] != want {
		return 0, fmt.Errorf("status text %q, want phrase %q", el.Text, want)
	}
	return code, nil
}

func checkHref(h string) (string, error) {
	if !strings.HasPrefix(h, "/") || strings.HasPrefix(h, "//") {
		return "", fmt.Errorf("href %q is not an absolute path", h)
	}
	if strings.ContainsAny(h, " <>\"{}|\\^`") {
		return "", fmt.Errorf("href %q holds characters that a URI must escape", h)
	}
	path, err := url.PathUnescape(h)
	if err != nil {
		return "", fmt.Errorf("href %q: %w", h, err)
	}
	return path, nil
}

// At yields the response for a path, compared decoded, or nil.
func (m *Multistatus) At(href string) *Response {
	path, err := url.PathUnescape(href)
	if err != nil {
		return nil
	}
	return m.byPath[path]
}

// Prop yields a property of whatever status, or nil.
func (r *Response) Prop(n xml.Name) *Prop {
	for i := range r.Props {
		if r.Props[i].El.Name == n {
			return &r.Props[i]
		}
	}
	return nil
}

// Value yields the text of a property that came with 200, or "".
func (r *Response) Value(n xml.Name) string {
	if p := r.Prop(n); p != nil && p.Status == http.StatusOK {
		return p.El.Value()
	}
	return ""
}
