package hostile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"daycairn/conformance/wire"
)

// gzipped compresses n repetitions of a text without holding them.
func gzipped(t *testing.T, head, repeated string, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(head))
	piece := []byte(strings.Repeat(repeated, 1+(64<<10)/len(repeated)))
	for left := n * len(repeated); left > 0; left -= len(piece) {
		w.Write(piece[:min(left, len(piece))])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestCompression sends small bodies that would be large, and codings that nobody knows.
func TestCompression(t *testing.T) {
	l := newLab(t)
	bomb := string(gzipped(t, "BEGIN:VCALENDAR\r\nX-A:", "a", 100<<20))
	twice := string(gzipped(t, bomb, "x", 0))
	multiget := string(gzipped(t, "<C:calendar-multiget"+xmlns+">", "<D:href>"+l.mallory.Calendar+"x</D:href>", 2_000_000))
	propfind := string(gzipped(t, "<D:propfind"+xmlns+"><D:prop><X:a>", "a", 100<<20))
	at := l.mallory.Calendar + "bomb.ics"
	put := func(coding string) []wire.Header {
		return header("Content-Type", "text/calendar", "Content-Encoding", coding)
	}
	l.runAll(t, []attack{
		{name: "100 MiB", method: "PUT", target: at, header: put("gzip"), body: text(bomb), status: []int{413}, condition: "max-resource-size"},
		{name: "100 MiB added by POST", method: "POST", header: put("gzip"), body: text(bomb), status: []int{413}, condition: "max-resource-size"},
		{name: "a bomb in a bomb", method: "PUT", target: at, header: put("gzip, gzip"), body: text(twice), status: []int{415}},
		{name: "a bomb in a bomb, told once", method: "PUT", target: at, header: put("gzip"), body: text(twice), status: []int{403}, condition: "valid-calendar-data"},
		{name: "XML", method: "PROPFIND", header: header("Content-Encoding", "gzip", "Depth", "0"), body: text(propfind), status: []int{413}},
		{name: "multiget", method: "REPORT", header: header("Content-Encoding", "x-gzip"), body: text(multiget), status: []int{403, 413}, cpu: 2 * time.Second},
		{name: "cut off", method: "PUT", target: at, header: put("gzip"), body: text(bomb[:len(bomb)/100]), status: []int{400}},
		{name: "wrong checksum", method: "PUT", target: at, header: put("gzip"), body: text(damaged(string(gzipped(t, event("gz"), "x", 0)))), status: []int{400}},
		{name: "no gzip at all", method: "PUT", target: at, header: put("gzip"), body: text(event("gz")), status: []int{400}},
		{name: "deflate", method: "PUT", target: at, header: put("deflate"), body: text("x"), status: []int{415}},
		{name: "br", method: "REPORT", header: header("Content-Encoding", "br"), body: text("x"), status: []int{415}},
		{name: "10,000 codings", method: "PUT", target: at, header: put(strings.Repeat("gzip,", 10_000)), body: text("x"), status: []int{415}},
	})
}

// damaged changes a byte of the checksum at the end.
func damaged(s string) string {
	b := []byte(s)
	b[len(b)-6] ^= 1
	return string(b)
}

// endless is how much a client that does not stop would send.
const endless = 1 << 30

// TestEndlessBodies sends a gibibyte in chunks: the answer is 413 after the limit, and nothing stays behind.
func TestEndlessBodies(t *testing.T) {
	l := newLab(t)
	before, size := l.files(t)
	for _, r := range []struct{ method, target, header string }{
		{"PUT", l.mallory.Calendar + "endless.ics", "Content-Type: text/calendar\r\n"},
		{"PUT", l.mallory.Book + "endless.vcf", "Content-Type: text/vcard\r\n"},
		{"POST", l.mallory.Calendar, "Content-Type: text/calendar\r\n"},
		{"PROPFIND", l.mallory.Calendar, "Depth: 0\r\n"},
		{"REPORT", l.mallory.Calendar, ""},
		{"MKCALENDAR", l.mallory.CalHome + "endless/", ""},
	} {
		t.Run(r.method, func(t *testing.T) {
			l.process.forgetPeak(t)
			cost := l.process.cost(t)
			status, sent := l.stream(t, fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\n%s%sTransfer-Encoding: chunked\r\n\r\n", r.method, r.target, r.header, l.authorization()))
			if want := []int{400, 413}; !slices.Contains(want, status) {
				t.Errorf("status %d, want one of %v", status, want)
			}
			if sent > 256<<20 {
				t.Errorf("the server read %d MiB", sent>>20)
			}
			wantCost(t, cost, l.process.cost(t), attack{cpu: 2 * time.Second})
		})
	}
	after, grown := l.files(t)
	if !slices.Equal(before, after) {
		t.Errorf("files were %q, are %q", before, after)
	}
	if grown-size > 32<<20 {
		t.Errorf("the data directory grew by %d MiB", (grown-size)>>20)
	}
	l.check(t)
}

// stream sends a chunked body without end and gives the status of the answer, and how much could be sent.
func (l *lab) stream(t *testing.T, head string) (status int, sent int64) {
	t.Helper()
	c, err := net.Dial("tcp", l.srv.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	answer := make(chan int, 1)
	go func() {
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			answer <- 0
			return
		}
		resp.Body.Close()
		answer <- resp.StatusCode
	}()
	if _, err := c.Write([]byte(head)); err != nil {
		t.Fatal(err)
	}
	chunk := []byte("10000\r\n" + strings.Repeat("x", 64<<10) + "\r\n")
	for sent < endless {
		n, err := c.Write(chunk)
		sent += int64(n)
		if err != nil {
			break
		}
	}
	return <-answer, sent
}

// authorization is mallory's header line.
func (l *lab) authorization() string {
	r, _ := http.NewRequest("GET", "http://x/", nil)
	r.SetBasicAuth(l.mallory.Name, l.mallory.Password)
	return "Authorization: " + r.Header.Get("Authorization") + "\r\n"
}

// reserve is the room that the store keeps for deletions; it is made a moment after the start.
const reserve = "reserve"

// files lists the data directory, and how large it is.
func (l *lab) files(t *testing.T) (names []string, size int64) {
	t.Helper()
	err := filepath.WalkDir(l.srv.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == reserve {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		names, size = append(names, path), size+info.Size()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, size
}

// TestFraming sends bodies whose length is a lie.
func TestFraming(t *testing.T) {
	l := newLab(t)
	put := "PUT " + l.mallory.Calendar + "framing.ics HTTP/1.1\r\nHost: x\r\nContent-Type: text/calendar\r\n" + l.authorization()
	body := event("framing", since2025)
	for _, r := range []struct{ name, request string }{
		{"two lengths", put + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
		{"length and chunks", put + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", len(body)) + body},
		{"negative length", put + "Content-Length: -1\r\n\r\n"},
		{"length of 2^64", put + "Content-Length: 18446744073709551616\r\n\r\n"},
		{"unknown coding", put + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
		{"chunk of 2^64", put + "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n" + body},
		{"chunk size that is none", put + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + body},
		{"short body", put + "Connection: close\r\nContent-Length: 100000\r\n\r\n" + body + "\x00"},
		{"a range", put + fmt.Sprintf("Connection: close\r\nContent-Range: bytes 0-9/100\r\nContent-Length: %d\r\n\r\n", len(body)) + body},
	} {
		t.Run(r.name, func(t *testing.T) {
			l.raw(t, r.request, 2*time.Second)
			if a := l.do(t, wire.Request{Method: "GET", Target: l.mallory.Calendar + "framing.ics"}); a.Status != http.StatusNotFound {
				t.Errorf("something was stored: status %d: %.200s", a.Status, a.Body)
			}
		})
	}
	l.check(t)
}
