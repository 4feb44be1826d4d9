package hostile

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"daycairn/conformance/wire"
)

// TestHTTP2 sends over one connection what TestSlowClients sends over many: streams that are reset at once, bodies that
// stand still, and more of them than the server allows. Another client is served meanwhile.
func TestHTTP2(t *testing.T) {
	l := newLab(t, "DAYCAIRN_H2C=true", "DAYCAIRN_LIMITS_BODY_TIMEOUT=2s")
	tr := &http.Transport{Protocols: new(http.Protocols), DisableCompression: true}
	tr.Protocols.SetUnencryptedHTTP2(true)
	defer tr.CloseIdleConnections()
	c := &wire.Client{Base: l.srv.URL, User: l.mallory.Name, Password: l.mallory.Password, HTTP: &http.Client{Transport: tr}}
	a, err := c.Do(t.Context(), wire.Request{Method: "OPTIONS", Target: "/dav/"})
	if err != nil || a.Proto != "HTTP/2.0" {
		t.Fatalf("no HTTP/2: %v", err)
	}
	for range 2000 { // rapid reset
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		c.Do(ctx, wire.Request{Method: "PROPFIND", Target: l.mallory.CalHome, Header: header("Depth", "1")})
	}
	var still sync.WaitGroup
	for range 300 {
		still.Go(func() {
			body, keep := io.Pipe()
			defer keep.Close()
			go keep.Write([]byte("BEGIN:VCALENDAR\r\n"))
			req, err := http.NewRequestWithContext(t.Context(), "PUT", l.srv.URL+l.mallory.Calendar+"still.ics", body)
			if err != nil {
				t.Error(err)
				return
			}
			req.SetBasicAuth(l.mallory.Name, l.mallory.Password)
			begun := time.Now()
			resp, err := tr.RoundTrip(req)
			if err == nil {
				resp.Body.Close()
			}
			if took := time.Since(begun); took > 15*time.Second {
				t.Errorf("a body stood still for %v", took)
			}
		})
	}
	begun := time.Now()
	for i := range 20 {
		l.canary.mustDo(t, "PUT", fmt.Sprintf("%s%d.ics", l.canary.user.Calendar, i), event(fmt.Sprint(i), since2025), "text/calendar")
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("20 PUTs took %v beside 300 streams", took)
	}
	l.canary.before = l.canary.look(t)
	still.Wait()
	if a := l.do(t, wire.Request{Method: "GET", Target: l.mallory.Calendar + "still.ics"}); a.Status != http.StatusNotFound {
		t.Errorf("half a body was stored: status %d", a.Status)
	}
	l.check(t)
}
