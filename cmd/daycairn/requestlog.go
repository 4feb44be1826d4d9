package main

import (
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// knownSegments are the parts of a path that say nothing about anybody. All others are logged as "*".
var knownSegments = map[string]bool{
	"": true, "dav": true, "principals": true, "calendars": true, "addressbooks": true, ".well-known": true,
	"caldav": true, "carddav": true, "healthz": true, "readyz": true, "favicon.ico": true, "robots.txt": true,
}

// maxSegments bounds what is logged of a path.
const maxSegments = 8

// pathClass is a path without anybody's names: "/dav/calendars/*/*/*".
func pathClass(path string) string {
	parts := strings.SplitN(path, "/", maxSegments+1)
	for i, s := range parts {
		if !knownSegments[s] {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// methods that are logged as they are.
var loggedMethods = map[string]bool{
	"OPTIONS": true, "GET": true, "HEAD": true, "PUT": true, "DELETE": true, "PROPFIND": true, "PROPPATCH": true, "MKCOL": true,
	"MKCALENDAR": true, "COPY": true, "MOVE": true, "REPORT": true, "POST": true, "ACL": true, "LOCK": true, "UNLOCK": true, "PATCH": true,
}

// requestLog writes one line a request: what was asked, of what, how it ended; nothing about who.
type requestLog struct {
	next http.Handler
	h    *house
}

func (l requestLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	c := &counted{ResponseWriter: w}
	done := false
	defer func() {
		l.write(r, c, time.Since(start), !done)
	}()
	l.next.ServeHTTP(c, r)
	done = true
}

func (l requestLog) write(r *http.Request, c *counted, took time.Duration, cut bool) {
	method := r.Method
	if !loggedMethods[method] {
		method = "*"
	}
	status := c.status
	if status == 0 && !cut {
		status = http.StatusOK
	}
	attrs := []slog.Attr{
		slog.String("method", method),
		slog.String("path", pathClass(r.URL.Path)),
		slog.Int("status", status),
		slog.Int64("bytes", c.bytes),
		slog.Int64("ms", took.Milliseconds()),
		slog.String("agent", agentClass(r.UserAgent())),
		slog.String("proto", r.Proto),
	}
	if cut {
		attrs = append(attrs, slog.Bool("cut", true))
	}
	if r.Header.Get("Authorization") != "" && (status == http.StatusUnauthorized || status == http.StatusTooManyRequests) {
		attrs = append(attrs, slog.String("login", "refused"))
		if l.h.set.LogAddress {
			attrs = append(attrs, slog.String("client", l.h.proxies.Client(r).String()))
		}
	}
	level := slog.LevelInfo
	if path := r.URL.Path; path == "/healthz" || path == "/readyz" {
		level = slog.LevelDebug
	}
	l.h.log.LogAttrs(r.Context(), level, "request", attrs...)
}

// counted counts what goes out. http.ResponseController finds the writer below.
type counted struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *counted) WriteHeader(status int) {
	if c.status == 0 && status >= 200 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counted) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}
