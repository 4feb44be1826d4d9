package server

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"daycairn/server/davxml"
)

// minRate is the slowest client that is waited for, in bytes of a request's body per second, once our patience
// (Limits.BodyTimeout) is used up.
const minRate = 1 << 10

// body gives the request's body: its content coding undone, at most limit bytes of it both as sent and as decoded
// (*http.MaxBytesError beyond), each read under a deadline that moves as bytes come in. RFC 9110 §8.4.
func (x *exchange) body(limit int64) (io.Reader, error) {
	if x.r.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	sent := &steady{
		r:       http.MaxBytesReader(x.w.w, x.r.Body, limit),
		control: x.w.control, begun: time.Now(), patience: x.limits.BodyTimeout,
	}
	switch coding := strings.ToLower(strings.TrimSpace(strings.Join(x.r.Header.Values("Content-Encoding"), ","))); coding {
	case "", "identity":
		return sent, nil
	case "gzip", "x-gzip":
		return &unzip{sent: sent, limit: limit, left: limit}, nil
	}
	x.w.Header().Set("Accept-Encoding", "gzip") // RFC 7694 §3
	return nil, statusError(http.StatusUnsupportedMediaType)
}

// readBody reads it all.
func (x *exchange) readBody(limit int64) ([]byte, error) {
	r, err := x.body(limit)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if n := x.r.ContentLength; n > 0 {
		b.Grow(int(min(n, 1<<20)) + bytes.MinRead) // a header may lie
	}
	_, err = b.ReadFrom(r)
	return b.Bytes(), err
}

// xml reads a body as a tree. What Content-Type says of it does not matter; an empty one is davxml.ErrEmpty.
func (x *exchange) xml() (*davxml.Element, error) {
	r, err := x.body(x.limits.Request)
	if err != nil {
		return nil, err
	}
	return davxml.Parse(r, davxml.Limits{Bytes: x.limits.Request})
}

// A budget is what a body may still have: a report's root says whether it may be long.
type budget struct {
	r    io.Reader
	left int64
}

func (b *budget) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if int64(n) > b.left {
		return int(b.left), &http.MaxBytesError{}
	}
	b.left -= int64(n)
	return n, err
}

// xmlStream reads a body child by child: a multiget of any length is never held as a whole. It may be Limits.Request
// long until the budget is raised.
func (x *exchange) xmlStream() (*davxml.Decoder, *budget, error) {
	r, err := x.body(x.limits.Multiget)
	if err != nil {
		return nil, nil, err
	}
	b := &budget{r, x.limits.Request}
	return davxml.NewDecoder(b, davxml.Limits{Bytes: x.limits.Multiget, Child: int(x.limits.Request)}), b, nil
}

// steady is a body that must keep coming: patience, and then a second more for each minRate bytes. What came fast buys no
// leave to stand still: no wait is longer than patience.
type steady struct {
	r        io.Reader
	control  *http.ResponseController
	begun    time.Time
	patience time.Duration
	read     int64
	deadline time.Time
	ended    bool
}

func (s *steady) Read(p []byte) (int, error) {
	if s.ended {
		return 0, io.EOF
	}
	due := s.begun.Add(s.patience + time.Duration(s.read/minRate)*time.Second)
	if latest := time.Now().Add(s.patience); due.After(latest) {
		due = latest
	}
	if due.Sub(s.deadline) > s.patience/8 {
		s.deadline = due
		s.control.SetReadDeadline(due) // not supported: a test's recorder
	}
	n, err := s.r.Read(p)
	s.read += int64(n)
	switch {
	case err == nil:
	case err == io.EOF: // from here on the connection is watched for the client's leaving, however long the answer takes
		s.ended = true
		s.control.SetReadDeadline(time.Time{})
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = because(statusError(http.StatusRequestTimeout), err)
	default:
		if tooLong := new(http.MaxBytesError); !errors.As(err, &tooLong) {
			err = because(statusError(http.StatusBadRequest), err) // it broke off, or its framing is wrong
		}
	}
	return n, err
}

// unzip undoes gzip and counts what comes out, so that a small bomb stays small.
type unzip struct {
	sent        *steady
	gz          *gzip.Reader
	limit, left int64
}

func (u *unzip) Read(p []byte) (int, error) {
	if u.gz == nil {
		gz, err := gzip.NewReader(u.sent)
		if err == io.EOF { // no body at all
			return 0, err
		}
		if err != nil {
			return 0, badCoding(err)
		}
		u.gz = gz
	}
	if int64(len(p)) > u.left+1 {
		p = p[:u.left+1]
	}
	n, err := u.gz.Read(p)
	if int64(n) > u.left {
		return int(u.left), &http.MaxBytesError{Limit: u.limit}
	}
	u.left -= int64(n)
	if err != nil && err != io.EOF {
		err = badCoding(err)
	}
	return n, err
}

// badCoding keeps an error that has its status, and blames the client for others.
func badCoding(err error) error {
	var (
		told    *davError
		tooLong *http.MaxBytesError
	)
	if errors.As(err, &told) || errors.As(err, &tooLong) {
		return err
	}
	return because(statusError(http.StatusBadRequest), err)
}
