package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

const safety = "every change is synced to disk before it is confirmed"

const safetyLimit = "the journal lies beside the database: one dead disk takes both, so keep copies elsewhere"

// greet says where the data is, how safe it is, where to connect, and what to do next.
func (p *program) greet(ctx context.Context, h *house) {
	st := h.status(ctx)
	rows := [][2]string{
		{"data", st.Data},
		{"safety", safety},
		{"", safetyLimit},
		{"address", st.URL + "  (type this into phones and programs)"},
	}
	rows = append(rows, reachRows(h.set)...)
	next := `a password for each device: daycairn device add NAME LABEL`
	if !st.Ready {
		rows = append(rows, [2]string{"STATE", strings.Join(append([]string{st.State}, st.Reasons...), ": ")})
		rows = append(rows, [2]string{"", "until then every client gets 503 and keeps its copy"})
		next = strings.Join(st.Ways, "\n")
	}
	for line := range strings.SplitSeq(next, "\n") {
		rows = append(rows, [2]string{"next", line})
	}
	if p.logsText(h.set) {
		printGreeting(p.stderr, rows)
		return
	}
	h.log.Info("serving", "url", st.URL, "data", st.Data, "state", st.State, "safety", safety+"; "+safetyLimit, "next", next)
	for _, r := range st.Reasons {
		h.log.Error("the store may not be believed", "reason", r, "ways_out", strings.Join(st.Ways, "; "))
	}
}

func printGreeting(w io.Writer, rows [][2]string) {
	fmt.Fprintf(w, "daycairn %s\n", versionOf().Version)
	last := ""
	for _, r := range rows {
		label := r[0]
		if label == last {
			label = ""
		}
		last = r[0]
		fmt.Fprintf(w, "  %-9s %s\n", label, r[1])
	}
}

// reachRows warn about an address that phones do not reach, or that listens without TLS.
func reachRows(set *settings) [][2]string {
	host, _, err := net.SplitHostPort(set.Listen)
	if err != nil || set.BaseURL != "" {
		return nil
	}
	ip := net.ParseIP(host)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	switch {
	case local:
		return [][2]string{{"", "only this machine reaches it; for phones: --listen :5233 with --tls-cert and --tls-key, or a reverse proxy"}}
	case set.TLSCert == "":
		return [][2]string{{"", "without TLS passwords can be read on the way: --tls-cert and --tls-key, or a reverse proxy"}}
	}
	return nil
}

// typedURL is what people type: base-url, or the listener with its real port.
func typedURL(set *settings, addr net.Addr) string {
	if set.BaseURL != "" {
		return set.BaseURL + "/"
	}
	scheme := "http"
	if set.TLSCert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return scheme + "://" + addr.String() + "/"
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		if name, err := os.Hostname(); err == nil {
			host = name
		}
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}
