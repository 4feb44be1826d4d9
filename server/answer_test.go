package server

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"daycairn/auth"
)

func gunzip(t *testing.T, b []byte) string {
	t.Helper()
	gz, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(gz)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func zip(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	io.WriteString(gz, s)
	gz.Close()
	return b.String()
}

// TestAnswerCompressed: large answers are compressed where that is wanted, and the entity tag stays as it is.
func TestAnswerCompressed(t *testing.T) {
	w := newWorld(t)
	large := event("u1", strings.Repeat("long ", 1000))
	etag := w.do("PUT", calendarPath+"1.ics", large).Header().Get("ETag")
	w.mustDo(201, "PUT", calendarPath+"2.ics", event("u2", "small"))
	for _, c := range []struct {
		path, accept string
		want         bool
	}{
		{"1.ics", "gzip, deflate, br", true},
		{"1.ics", "br, gzip;q=0.5", true},
		{"1.ics", "x-gzip", true},
		{"1.ics", "", false},
		{"1.ics", "gzip;q=0", false},
		{"1.ics", "gzip; q=0.000", false},
		{"1.ics", "br", false},
		{"2.ics", "gzip", false},
	} {
		rec := w.do("GET", calendarPath+c.path, "", "Accept-Encoding: "+c.accept)
		hd := rec.Header()
		if got := hd.Get("Content-Encoding") == "gzip"; got != c.want || hd.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s, Accept-Encoding %q: %v", c.path, c.accept, hd)
		}
		if c.path == "1.ics" && hd.Get("ETag") != etag {
			t.Errorf("Accept-Encoding %q: ETag %q, want %q", c.accept, hd.Get("ETag"), etag)
		}
		if c.want && (hd.Get("Content-Length") != "" || gunzip(t, rec.Body.Bytes()) != large) {
			t.Errorf("Accept-Encoding %q: other bytes", c.accept)
		}
	}
	if rec := w.do("HEAD", calendarPath+"1.ics", "", "Accept-Encoding: gzip"); rec.Body.Len() != 0 || rec.Header().Get("Content-Encoding") != "" {
		t.Errorf("HEAD: %v", rec.Header())
	}
}

// TestAnswerCut: an error after the first byte cuts the connection, and no client reads what came as complete.
func TestAnswerCut(t *testing.T) {
	for _, accept := range []string{"gzip", "identity"} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := &Handler{}
			x := h.exchange(w, r)
			defer x.finish()
			x.w.Header().Set("Content-Type", xmlType)
			x.w.WriteHeader(207)
			x.w.Write([]byte(strings.Repeat("x", 100<<10)))
			x.fail(io.ErrUnexpectedEOF)
		}))
		r, _ := http.NewRequest("GET", srv.URL, nil)
		r.Header.Set("Accept-Encoding", accept)
		resp, err := http.DefaultClient.Do(r)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			resp.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: the answer reads as complete", accept)
		}
		srv.Close()
	}
}

// TestAnswerReplaced: what fails before the first byte becomes an error of its own, without traces of the answer.
func TestAnswerReplaced(t *testing.T) {
	rec := httptest.NewRecorder()
	h := &Handler{}
	x := h.exchange(rec, httptest.NewRequest("GET", "/", nil))
	x.w.Header().Set("Content-Type", "text/calendar")
	x.w.Header().Set("ETag", `"x"`)
	x.w.WriteHeader(200)
	x.w.Write([]byte("begun"))
	x.fail(statusError(404))
	x.finish()
	if rec.Code != 404 || strings.Contains(rec.Body.String(), "begun") || rec.Header().Get("ETag") != "" || rec.Header().Get("DAV") == "" {
		t.Errorf("got %d %v %q", rec.Code, rec.Header(), rec.Body)
	}
}

func TestRequestBodies(t *testing.T) {
	w := newWorld(t)
	w.h.Limits.Resource = 100 << 10
	small := event("u1", "x")
	for _, c := range []struct {
		name, body, encoding string
		status               int
	}{
		{"gzip", zip(t, small), "gzip", 201},
		{"x-gzip", zip(t, small), "x-gzip", 204},
		{"identity", small, "identity", 204},
		{"gzip of gzip", zip(t, zip(t, small)), "gzip, gzip", 415},
		{"deflate", small, "deflate", 415},
		{"not gzip", small, "gzip", 400},
		{"gzip cut off", zip(t, small)[:100], "gzip", 400},
		{"gzip bomb", zip(t, strings.Repeat("0", 50<<20)), "gzip", 413},
		{"too long", strings.Repeat("0", 101<<10), "", 413},
	} {
		rec := w.do("PUT", calendarPath+"1.ics", c.body, "Content-Encoding: "+c.encoding)
		if rec.Code != c.status {
			t.Errorf("%s: got %d %s, want %d", c.name, rec.Code, rec.Body, c.status)
		}
		if c.status == 413 && !strings.Contains(rec.Body.String(), "<C:max-resource-size/>") {
			t.Errorf("%s: %s", c.name, rec.Body)
		}
	}
	if got := w.mustDo(200, "GET", calendarPath+"1.ics", ""); got != small {
		t.Errorf("stored %q", got)
	}
	chunked := httptest.NewRequest("PUT", calendarPath+"2.ics", struct{ io.Reader }{strings.NewReader(strings.Repeat("0", 101<<10))})
	chunked.SetBasicAuth("alice", "x")
	rec := httptest.NewRecorder()
	if w.h.ServeHTTP(rec, chunked); rec.Code != 413 {
		t.Errorf("chunked: %d", rec.Code)
	}
	w.h.Limits.Request = 10 << 10
	if rec := w.do("PROPFIND", calendarPath, propfind(askType+"<!--"+long(11<<10)+"-->")); rec.Code != 413 {
		t.Errorf("long PROPFIND: %d", rec.Code)
	}
	if rec := w.do("REPORT", calendarPath, syncBody(long(11<<10), 0)); rec.Code != 413 {
		t.Errorf("long REPORT: %d", rec.Code)
	}
}

// TestSlowBody: a body that trickles in ends with 408 and not with a connection for ever.
func TestSlowBody(t *testing.T) {
	w := newWorld(t)
	w.h.Limits.BodyTimeout = 200 * time.Millisecond
	srv := httptest.NewServer(w.h)
	defer srv.Close()
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "PUT "+calendarPath+"1.ics HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWxpY2U6eA==\r\nContent-Length: 1000\r\n\r\n")
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for { // each byte comes in time, the body never
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				io.WriteString(c, "x")
			}
		}
	}()
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	answer := make([]byte, 64)
	n, err := io.ReadAtLeast(c, answer, 12)
	if err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 408") {
		t.Errorf("got %q, %v", answer[:n], err)
	}
}

// TestStandingBody: a body that began fast and then stands still ends with 408, too.
func TestStandingBody(t *testing.T) {
	w := newWorld(t)
	w.h.Limits.BodyTimeout = 200 * time.Millisecond
	srv := httptest.NewServer(w.h)
	defer srv.Close()
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "PUT "+calendarPath+"1.ics HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWxpY2U6eA==\r\nContent-Length: 1000000\r\n\r\n")
	io.WriteString(c, long(100<<10)) // at minRate it would take 100 s
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	answer := make([]byte, 64)
	n, err := io.ReadAtLeast(c, answer, 12)
	if err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 408") {
		t.Errorf("got %q, %v", answer[:n], err)
	}
}

// TestBodyDeadlineEnds: once a body is read, its deadline does not end the answer.
func TestBodyDeadlineEnds(t *testing.T) {
	left := make(chan error, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := (&Handler{Limits: Limits{BodyTimeout: 50 * time.Millisecond}}).exchange(w, r)
		defer x.finish()
		if _, err := x.readBody(1 << 20); err != nil {
			left <- err
			return
		}
		time.Sleep(200 * time.Millisecond)
		left <- r.Context().Err()
	}))
	defer srv.Close()
	resp, err := http.Post(srv.URL, "text/plain", strings.NewReader(long(100<<10)))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if err := <-left; err != nil {
		t.Errorf("the request ended early: %v", err)
	}
}

// TestPanicIsAnAnswer: a bug of ours is 503, on which every client keeps what it has.
func TestPanicIsAnAnswer(t *testing.T) {
	w := newWorld(t)
	w.h.Auth = panics{}
	if rec := w.do("GET", calendarPath, ""); rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
		t.Errorf("got %d %v", rec.Code, rec.Header())
	}
}

type panics struct{}

func (panics) Authenticate(*http.Request) (auth.Identity, error) { panic("planted") }
