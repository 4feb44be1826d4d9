package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"daycairn/backend"
)

// A lossy store has lost a body: its row is not there any more.
type lossy struct {
	backend.Store
	body int64
}

type lossyReader struct {
	backend.Reader
	body int64
}

type lossyWriter struct {
	backend.Writer
	body int64
}

func lost(id int64) error { return fmt.Errorf("body %d: %w", id, backend.ErrNotFound) }

func (s *lossy) View(ctx context.Context, fn func(backend.Reader) error) error {
	return s.Store.View(ctx, func(rd backend.Reader) error { return fn(&lossyReader{rd, s.body}) })
}

func (s *lossy) Update(ctx context.Context, by backend.Actor, fn func(backend.Writer) error) error {
	return s.Store.Update(ctx, by, func(wr backend.Writer) error { return fn(&lossyWriter{wr, s.body}) })
}

func (r *lossyReader) Body(id int64) ([]byte, error) {
	if id == r.body {
		return nil, lost(id)
	}
	return r.Reader.Body(id)
}

func (r *lossyReader) Bodies(ids []int64, fn func(int64, []byte) error) error {
	return r.Reader.Bodies(ids, func(id int64, body []byte) error {
		if id == r.body {
			return nil
		}
		return fn(id, body)
	})
}

func (w *lossyWriter) Body(id int64) ([]byte, error) {
	if id == w.body {
		return nil, lost(id)
	}
	return w.Writer.Body(id)
}

// mustLose loses the body of an item of alice's.
func (w *world) mustLose(k backend.Kind, slug, name string) {
	w.t.Helper()
	err := w.h.Store.View(context.Background(), func(rd backend.Reader) error {
		p, err := rd.Principal("alice")
		if err != nil {
			return err
		}
		c, err := rd.Collection(p.ID, k, slug)
		if err != nil {
			return err
		}
		it, err := rd.Item(c.ID, name)
		w.h.Store = &lossy{w.h.Store, it.Body}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestLostBodyIsNoDeletion: an item whose bytes are lost is there all the same, and no answer reads as if it were not.
func TestLostBodyIsNoDeletion(t *testing.T) {
	w := newWorld(t)
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "one"))
	w.mustDo(201, "PUT", calendarPath+"2.ics", event("u2", "two"))
	w.mustDo(201, "MKCALENDAR", homePath+"other/", "")
	w.mustLose(backend.Calendar, "calendar", "1.ics")
	w.mustDo(503, "GET", calendarPath+"1.ics", "")
	w.mustDo(200, "HEAD", calendarPath+"1.ics", "")
	w.mustDo(503, "COPY", calendarPath+"1.ics", "", "Destination: "+homePath+"other/1.ics")
	const data = "<D:getetag/><C:calendar-data/>"
	got := answersOf(w.mustDo(207, "REPORT", calendarPath, multiget(data, calendarPath+"1.ics", calendarPath+"2.ics")))
	if want := "<D:status>HTTP/1.1 503 Service Unavailable</D:status>"; got[calendarPath+"1.ics"] != want {
		t.Errorf("multiget: %s", got[calendarPath+"1.ics"])
	}
	for name, body := range map[string]string{
		"query": strings.Replace(calendarQuery(inRange("20260101T000000Z", "20270101T000000Z"), ""), "<D:getetag/>", data, 1),
		"sync":  strings.Replace(strings.Replace(syncBody("", 0), "<D:getetag/>", data, 1), `"DAV:"`, `"DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"`, 1),
	} {
		got := answersOf(w.mustDo(207, "REPORT", calendarPath, body))
		if one := got[calendarPath+"1.ics"]; !strings.HasPrefix(one, "<D:propstat><D:prop><D:getetag>") || !strings.Contains(one, propstat200) {
			t.Errorf("%s: %s", name, one)
		}
		if two := got[calendarPath+"2.ics"]; !strings.Contains(two, "SUMMARY:two") {
			t.Errorf("%s, of the other: %s", name, two)
		}
	}
}

// TestCutAnswerIsNoWholeOne: to HTTP/1.0, which proxies speak, the end of the connection is the end of the answer.
func TestCutAnswerIsNoWholeOne(t *testing.T) {
	w := newWorld(t)
	for i := range 9 {
		w.mustDo(201, "PUT", fmt.Sprintf("%s%d.vcf", bookPath, i), card(fmt.Sprint("u", i), strings.Repeat("x", 1000)))
	}
	w.mustLose(backend.AddressBook, "contacts", "8.vcf")
	for _, srv := range []*httptest.Server{httptest.NewServer(w.h), httptest.NewTLSServer(w.h)} {
		defer srv.Close()
		for _, version := range []string{"1.0", "1.1"} {
			c, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if srv.TLS != nil {
				c = mustTLS(t, c, srv)
			}
			io.WriteString(c, "GET "+bookPath+" HTTP/"+version+"\r\nHost: x\r\nAuthorization: Basic YWxpY2U6eA==\r\n\r\n")
			answer, err := io.ReadAll(c)
			if version == "1.0" && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("HTTP/1.0, TLS %v: %d bytes and %v, want a reset", srv.TLS != nil, len(answer), err)
			}
			if version == "1.1" && strings.HasSuffix(string(answer), "0\r\n\r\n") {
				t.Errorf("HTTP/1.1, TLS %v: the last chunk was sent", srv.TLS != nil)
			}
		}
	}
}

// mustTLS speaks TLS on a connection to srv.
func mustTLS(t testing.TB, c net.Conn, srv *httptest.Server) net.Conn {
	t.Helper()
	config := srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName = "example.com"
	tc := tls.Client(c, config)
	if err := tc.Handshake(); err != nil {
		t.Fatal(err)
	}
	return tc
}

// TestZonesOfAnExportAreBounded: a file without end is made of little memory.
func TestZonesOfAnExportAreBounded(t *testing.T) {
	zones := make(zoneNames)
	for i := range maxZones + 10 {
		if id := fmt.Append(nil, i); zones.has(id) || zones.has(id) != (i < maxZones) {
			t.Fatalf("zone %d: remembered wrongly", i)
		}
	}
	if len(zones) > maxZones {
		t.Errorf("%d zones are remembered", len(zones))
	}
}
