package wire

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswer bounds what we read of one answer.
const maxAnswer = 256 << 20

// A Client sends requests to one server. The zero User sends no credentials.
type Client struct {
	Base     string // scheme and authority, no path
	User     string
	Password string
	HTTP     *http.Client
}

// A Header is one request header, kept in the order given.
type Header struct{ Name, Value string }

// A Request is sent exactly so: Target goes on the request line as it is.
type Request struct {
	Method  string
	Target  string
	Header  []Header
	Body    []byte
	Chunked bool
}

// An Answer is a whole answer. Body is decoded when it came gzipped; Encoded tells so.
type Answer struct {
	Status  int
	Header  http.Header
	Body    []byte
	Encoded bool
	Proto   string
}

// Transport makes the round tripper for tests: nothing is compressed, redirected or retried behind our back.
func Transport(conns int) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DisableCompression:    true,
			MaxIdleConnsPerHost:   conns,
			ExpectContinueTimeout: 2 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       60 * time.Second,
	}
}

// Do sends a request and reads the whole answer. An error means that no complete answer came.
func (c *Client) Do(ctx context.Context, r Request) (*Answer, error) {
	req, err := c.request(ctx, r)
	if err != nil {
		return nil, err
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Method, r.Target, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("%s %s: read answer: %w", r.Method, r.Target, err)
	}
	a := &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body, Proto: resp.Proto}
	if resp.Header.Get("Content-Encoding") == "gzip" && len(body) > 0 {
		if a.Body, err = gunzip(body); err != nil {
			return nil, fmt.Errorf("%s %s: %w", r.Method, r.Target, err)
		}
		a.Encoded = true
	}
	return a, nil
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	base, err := url.Parse(c.Base)
	if err != nil {
		return nil, fmt.Errorf("base: %w", err)
	}
	var body io.Reader
	if len(r.Body) > 0 {
		body = bytes.NewReader(r.Body)
		if r.Chunked {
			body = io.MultiReader(body) // hides the length
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, c.Base, body)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	req.URL = &url.URL{Scheme: base.Scheme, Host: base.Host, Opaque: r.Target}
	if path, query, ok := strings.Cut(r.Target, "?"); ok {
		req.URL.Opaque, req.URL.RawQuery = path, query
	}
	req.Header.Set("User-Agent", "conformance")
	for _, h := range r.Header {
		if http.CanonicalHeaderKey(h.Name) == "Host" {
			req.Host = h.Value
			continue
		}
		if http.CanonicalHeaderKey(h.Name) == "User-Agent" {
			req.Header.Del("User-Agent")
		}
		req.Header.Add(h.Name, h.Value)
	}
	if c.User != "" && req.Header.Get("Authorization") == "" {
		req.SetBasicAuth(c.User, c.Password)
	}
	return req, nil
}

// Gzip compresses a request body.
func Gzip(b []byte) ([]byte, error) {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(b); err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return buf.Bytes(), nil
}

func gunzip(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("answer's gzip: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(r, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("answer's gzip: %w", err)
	}
	return out, nil
}

// Multistatus reads a 207 answer; any other status or a wrong media type is an error.
func (a *Answer) Multistatus() (*Multistatus, error) {
	if a.Status != http.StatusMultiStatus {
		return nil, fmt.Errorf("status %d, want 207: %.300s", a.Status, a.Body)
	}
	if err := a.CheckXMLType(); err != nil {
		return nil, err
	}
	return ReadMultistatus(a.Body)
}

// CheckXMLType holds a DAV body to application/xml or text/xml in UTF-8 (RFC 4918 §8.2).
func (a *Answer) CheckXMLType() error {
	media, params, _ := strings.Cut(strings.ToLower(a.Header.Get("Content-Type")), ";")
	media = strings.TrimSpace(media)
	if media != "application/xml" && media != "text/xml" {
		return fmt.Errorf("Content-Type %q of an XML body", a.Header.Get("Content-Type"))
	}
	if strings.Contains(params, "charset") && !strings.Contains(params, "utf-8") {
		return fmt.Errorf("Content-Type %q: want UTF-8", a.Header.Get("Content-Type"))
	}
	return nil
}
