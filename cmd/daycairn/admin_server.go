package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

type peerKey struct{}

// listenAdmin opens the socket of a data directory whose lock the caller holds.
func listenAdmin(dir string) (net.Listener, error) {
	path, err := claimSocket(dir)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	// Who connects before this is turned away for its user id.
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("protect %s: %w", path, err)
	}
	return l, nil
}

// adminServer runs commands that come over the socket against the store of the house.
func adminServer(h *house, log *slog.Logger) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /command", func(w http.ResponseWriter, r *http.Request) { runCommand(h, w, r) })
	return &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, peerKey{}, peerError(c))
		},
	}
}

// peerError is nil for a peer that runs as our own user.
func peerError(c net.Conn) error {
	uid, err := peerUID(c)
	if err != nil {
		return fmt.Errorf("ask who connects: %w", err)
	}
	if uid != os.Geteuid() {
		return fmt.Errorf("user id %d may not: the server runs as %d", uid, os.Geteuid())
	}
	return nil
}

func runCommand(h *house, w http.ResponseWriter, r *http.Request) {
	if err, _ := r.Context().Value(peerKey{}).(error); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	var q adminRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxCommand)).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/jsonl")
	rc := http.NewResponseController(w)
	enc := json.NewEncoder(w)
	p := &program{
		args:    q.Args,
		stdin:   strings.NewReader(""),
		stdout:  frameWriter{enc, outFrame, rc.Flush},
		stderr:  frameWriter{enc, errFrame, rc.Flush},
		house:   h,
		answers: q.Answers,
	}
	code := p.main(r.Context())
	if err := enc.Encode(adminFrame{Exit: &code}); err != nil {
		h.log.Warn("command not answered", "err", err)
	}
}
