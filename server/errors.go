package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"daycairn/auth"
	"daycairn/backend"
	"daycairn/server/davxml"
)

// A davError is what a client may know of an error: a status and a condition (RFC 4918 §16). cause goes to the log.
type davError struct {
	status    int
	condition davxml.Name // none when Local is empty
	hrefs     []string    // inside the condition
	inner     []byte      // XML inside the condition, in the writer's prefixes
	retry     time.Duration
	cause     error
}

func (e *davError) Error() string {
	s := fmt.Sprintf("%d %s", e.status, http.StatusText(e.status))
	if e.condition.Local != "" {
		s += " " + e.condition.Local
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

func (e *davError) Unwrap() error { return e.cause }

// statusError is an error that has no condition.
func statusError(status int) error { return &davError{status: status} }

// violated is a failed pre- or postcondition, with the hrefs that it concerns.
func violated(status int, condition davxml.Name, hrefs ...string) error {
	return &davError{status: status, condition: condition, hrefs: hrefs}
}

// statusOf is the status that an error has by itself: 0 for none, -1 for one that describe must find.
func statusOf(err error) int {
	if e := new(davError); errors.As(err, &e) {
		return e.status
	}
	if err != nil {
		return -1
	}
	return 0
}

// because adds a cause for the log.
func because(err error, cause error) error {
	var e *davError
	if errors.As(err, &e) {
		c := *e
		c.cause = cause
		return &c
	}
	return err
}

// needPrivileges is RFC 3744 §7.1.1.
func needPrivileges(href, privilege string) error {
	w := davxml.NewWriter(nil)
	w.Open(dav("resource"))
	w.Open(dav("href"))
	w.Text(href)
	w.Close(dav("href"))
	w.Open(dav("privilege"))
	w.Empty(dav(privilege))
	w.Close(dav("privilege"))
	w.Close(dav("resource"))
	return &davError{status: http.StatusForbidden, condition: dav("need-privileges"), inner: w.Bytes()}
}

// mapping is the one table from the errors of other packages to answers.
var mapping = []struct {
	is error
	to davError
}{
	{backend.ErrNotFound, davError{status: 404}},
	{backend.ErrHold, davError{status: 503}},
	{backend.ErrBusy, davError{status: 503, retry: 5 * time.Second}},
	{backend.ErrClosed, davError{status: 503, retry: 10 * time.Second}},
	{backend.ErrDamaged, davError{status: 503}},
	{backend.ErrFull, davError{status: 507, condition: dav("sufficient-disk-space")}},
	{backend.ErrQuota, davError{status: 507, condition: dav("quota-not-exceeded")}},
	{backend.ErrExists, davError{status: 405}},
	{errCrowded, davError{status: 503, retry: 10 * time.Second}},
	{errOvertaken, davError{status: 503, retry: 5 * time.Second}},
	{auth.ErrNoCredentials, davError{status: 401}},
	{auth.ErrWrong, davError{status: 401}},
	{auth.ErrBusy, davError{status: 503, retry: 5 * time.Second}},
	{davxml.ErrEmpty, davError{status: 400}},
}

// describe finds the answer for an error. Causes that nobody planned are 503, not 500: on it every client keeps its
// copy and its edit and comes back (clients.md C1).
func (x *exchange) describe(err error) *davError {
	if x.r.Context().Err() != nil && errors.Is(err, context.Canceled) { // nobody is there to read it, and nothing is wrong here
		return &davError{status: 499, cause: err}
	}
	if e := new(davError); errors.As(err, &e) {
		return e
	}
	for i := range mapping {
		if errors.Is(err, mapping[i].is) {
			e := mapping[i].to
			e.cause = err
			return &e
		}
	}
	if e := typed(err, x.target.family); e != nil {
		e.cause = err
		return e
	}
	return &davError{status: http.StatusServiceUnavailable, retry: 30 * time.Second, cause: err}
}

// typed maps the errors that carry something. f says whose preconditions an invalid body violates.
func typed(err error, f *family) *davError {
	var (
		tooLong   *http.MaxBytesError
		limit     *davxml.LimitError
		syntax    *davxml.SyntaxError
		invalid   *backend.Invalid
		throttled *auth.Throttled
	)
	switch {
	case errors.As(err, &tooLong):
		return &davError{status: http.StatusRequestEntityTooLarge}
	case errors.As(err, &limit):
		if limit.TooLarge() {
			return &davError{status: http.StatusRequestEntityTooLarge}
		}
		return &davError{status: http.StatusBadRequest}
	case errors.As(err, &syntax):
		return &davError{status: http.StatusBadRequest}
	case errors.As(err, &throttled):
		return &davError{status: http.StatusTooManyRequests, retry: throttled.RetryAfter}
	case errors.As(err, &invalid) && f != nil:
		return &davError{status: http.StatusForbidden, condition: davxml.Name{Space: f.space, Local: invalid.Condition}}
	}
	return nil
}

// writeError sends the answer. A DAV:error body holds exactly the condition's element (clients.md C4).
func (x *exchange) writeError(e *davError) {
	hd := x.w.Header()
	switch {
	case e.status == http.StatusUnauthorized:
		hd.Set("WWW-Authenticate", auth.Challenge)
	case e.status == http.StatusMethodNotAllowed:
		hd.Set("Allow", allow(x.target.kind))
	case e.status == http.StatusServiceUnavailable || e.retry > 0:
		retry := e.retry
		if retry == 0 {
			retry = x.limits.RetryAfter
		}
		retryAfter(hd, retry)
	}
	if e.condition.Local == "" {
		hd.Set("Content-Type", "text/plain; charset=utf-8")
		x.w.WriteHeader(e.status)
		if x.r.Method != http.MethodHead {
			fmt.Fprintf(x.w, "%d %s\n", e.status, http.StatusText(e.status))
		}
		return
	}
	hd.Set("Content-Type", xmlType)
	x.w.WriteHeader(e.status)
	w := davxml.NewWriter(nil)
	w.Start(dav("error"))
	if len(e.hrefs)+len(e.inner) == 0 {
		w.Empty(e.condition)
	} else {
		w.Open(e.condition)
		for _, href := range e.hrefs {
			w.Open(dav("href"))
			w.Text(href)
			w.Close(dav("href"))
		}
		w.Raw(e.inner)
		w.Close(e.condition)
	}
	w.Close(dav("error"))
	x.w.Write(w.Bytes())
}

// xmlType is the media type of every DAV body (clients.md B3.1).
const xmlType = "application/xml; charset=utf-8"
