package server

import (
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// compressFrom is the size from which an answer is compressed: below it gzip saves no packet.
const compressFrom = 1400

// An answer is the way out: it compresses what is large, keeps slow readers from holding on for ever, counts, and
// writes nothing to a HEAD. The header goes out with the first compressFrom bytes, so that what fails early can still
// become an error.
type answer struct {
	status int   // 0 until the header is out
	bytes  int64 // of the body, as handed in

	w        http.ResponseWriter
	control  *http.ResponseController
	head     bool
	gzip     bool // the client takes it
	patience time.Duration

	pending int    // status of a header that waits
	buf     []byte // body that waits with it
	gz      *gzip.Writer
	cut     bool
	rolled  time.Time // when the deadline was last moved
	err     error     // the first of the connection
}

func newAnswer(w http.ResponseWriter, r *http.Request) *answer {
	return &answer{
		w: w, control: http.NewResponseController(w), head: r.Method == http.MethodHead,
		gzip: acceptsGzip(r.Header), patience: DefaultLimits.BodyTimeout,
	}
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.w.Header() }

// WriteHeader implements http.ResponseWriter. The header goes out later; a second call changes nothing.
func (a *answer) WriteHeader(status int) {
	if a.pending == 0 && a.status == 0 {
		a.pending = status
	}
}

// Write implements http.ResponseWriter. Errors of the connection stay.
func (a *answer) Write(p []byte) (int, error) {
	a.bytes += int64(len(p))
	if a.cut || a.err != nil {
		return 0, a.err
	}
	if a.status != 0 {
		return len(p), a.send(p)
	}
	a.WriteHeader(http.StatusOK)
	if len(a.buf)+len(p) < compressFrom {
		a.buf = append(a.buf, p...)
		return len(p), nil
	}
	a.begin(a.gzip)
	if len(a.buf) > 0 {
		a.send(a.buf)
		a.buf = nil
	}
	return len(p), a.send(p)
}

// Flush implements http.Flusher: what was written so far is on its way.
func (a *answer) Flush() {
	if a.cut {
		return
	}
	a.WriteHeader(http.StatusOK)
	if a.status == 0 {
		a.begin(a.gzip)
		a.send(a.buf)
		a.buf = nil
	}
	if a.gz != nil {
		a.note(a.gz.Flush())
	}
	a.roll()
	a.note(a.control.Flush())
}

// begin sends the header.
func (a *answer) begin(compress bool) {
	hd := a.w.Header()
	if compressible(hd.Get("Content-Type")) {
		hd.Add("Vary", "Accept-Encoding")
		if compress && !a.head && hasBody(a.pending) {
			hd.Set("Content-Encoding", "gzip")
			hd.Del("Content-Length")
			a.gz = gzips.Get().(*gzip.Writer)
			a.gz.Reset((*wire)(a))
		}
	}
	a.status, a.pending = a.pending, 0
	a.roll()
	a.w.WriteHeader(a.status)
}

// send passes a piece of the body on.
func (a *answer) send(p []byte) error {
	if a.head || len(p) == 0 || !hasBody(a.status) {
		return nil
	}
	var err error
	if a.gz != nil {
		_, err = a.gz.Write(p)
	} else {
		_, err = (*wire)(a).Write(p)
	}
	a.note(err)
	return a.err
}

func (a *answer) note(err error) {
	if a.err == nil {
		a.err = err
	}
}

// discard forgets an answer that has not begun, for an error to take its place.
func (a *answer) discard() {
	a.pending, a.buf, a.bytes = 0, nil, 0
	for _, name := range ofAnswer {
		a.w.Header().Del(name)
	}
}

// ofAnswer are the headers that belong to one answer and not to whatever is said instead of it.
var ofAnswer = []string{
	"Content-Type", "Content-Length", "Content-Disposition", "Content-Location", "Content-Encoding", "ETag",
	"Last-Modified", "Location", "Preference-Applied", "Allow",
}

// abort drops what waits; the connection is about to be cut.
func (a *answer) abort() { a.cut = true }

// reset ends the connection with a TCP reset. The end of an HTTP/1.0 answer is the end of its connection, so that an
// orderly one would make a short answer complete, and proxies pass it on as such.
func (a *answer) reset() {
	c, _, err := a.control.Hijack()
	if err != nil {
		return // not supported: a test's recorder
	}
	defer c.Close()
	for inner := c; inner != nil; {
		switch t := inner.(type) {
		case interface{ SetLinger(sec int) error }:
			t.SetLinger(0) // what waits to be sent is dropped
			inner.Close()  // before TLS can say goodbye
			return
		case interface{ NetConn() net.Conn }: // tls.Conn's, and of whoever wraps connections
			inner = t.NetConn()
		default:
			return
		}
	}
}

// finish completes the answer.
func (a *answer) finish() {
	if !a.cut {
		a.WriteHeader(http.StatusOK)
		if a.status == 0 {
			hd := a.w.Header()
			if hasBody(a.pending) && hd.Get("Content-Length") == "" && (!a.head || len(a.buf) > 0) {
				hd.Set("Content-Length", strconv.Itoa(len(a.buf)))
			}
			a.begin(false)
			a.send(a.buf)
		}
	}
	if a.gz != nil {
		if !a.cut {
			a.note(a.gz.Close())
		}
		a.gz.Reset(io.Discard)
		gzips.Put(a.gz)
		a.gz = nil
	}
}

// gzips are kept: a new one costs more than most answers.
var gzips = sync.Pool{New: func() any {
	gz, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is valid
	return gz
}}

// wire is the answer below the compression.
type wire answer

func (w *wire) Write(p []byte) (int, error) {
	(*answer)(w).roll()
	return w.w.Write(p)
}

// roll moves the write deadline: a reader may be slow, but must read. The server's own WriteTimeout sets it anew for
// each request of a connection.
func (a *answer) roll() {
	now := time.Now() // the kernel's clock, whatever the Handler's Now says
	if now.Sub(a.rolled) < a.patience/8 {
		return
	}
	a.rolled = now
	a.control.SetWriteDeadline(now.Add(a.patience)) // not supported: a test's recorder
}

// hasBody tells statuses that have one (RFC 9110 §6.4.1).
func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// compressible tells media types that shrink.
func compressible(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") || strings.HasPrefix(mediaType, "application/xml")
}

// acceptsGzip reads Accept-Encoding (RFC 9110 §12.5.3).
func acceptsGzip(hd http.Header) bool {
	for _, line := range hd.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(line, ",") {
			coding, params, _ := strings.Cut(part, ";")
			coding = strings.TrimSpace(coding)
			if !strings.EqualFold(coding, "gzip") && !strings.EqualFold(coding, "x-gzip") {
				continue
			}
			q, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q=")
			return !ok || strings.Trim(q, "0.") != ""
		}
	}
	return false
}
