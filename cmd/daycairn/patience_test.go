package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A body that is announced and never sent must not hold its connection, whoever asks and whatever is answered.
func TestBodiesThatNeverComeHoldNothing(t *testing.T) {
	refuse := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	s := httptest.NewUnstartedServer(patient{refuse, 200 * time.Millisecond})
	s.Config.ReadHeaderTimeout = headerTimeout
	s.Start()
	defer s.Close()
	for _, announced := range []string{"Content-Length: 9000", "Transfer-Encoding: chunked"} {
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "PUT /dav/ HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", announced)
		c.SetReadDeadline(time.Now().Add(20 * time.Second))
		answer, err := io.ReadAll(c)
		if err != nil {
			t.Fatalf("%s: still open: %v", announced, err)
		}
		if !strings.HasPrefix(string(answer), "HTTP/1.1 401 ") {
			t.Errorf("%s: answered %.40q", announced, answer)
		}
	}
}

// A request with a body and a keep-alive connection goes on as before, also after the deadline has passed.
func TestPatienceEndsWithTheBody(t *testing.T) {
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		select {
		case <-time.After(300 * time.Millisecond):
		case <-r.Context().Done():
			t.Error("the request was cancelled by the deadline of its body")
		}
	})
	s := httptest.NewUnstartedServer(patient{slow, 100 * time.Millisecond})
	s.Config.IdleTimeout = time.Minute
	s.Start()
	defer s.Close()
	for range 2 {
		answer, err := s.Client().Post(s.URL, "text/plain", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
}
