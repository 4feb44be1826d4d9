package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"daycairn/backend"
)

// The states of a serving process.
const (
	stateReady  = "ready"
	stateEmpty  = "no account yet"
	stateHeld   = "on hold"
	stateBroken = "store cannot be opened"
)

// probeWait is how long a store may take to answer before it counts as not ready.
const probeWait = 3 * time.Second

// status is the answer to "is my data trustworthy?".
type status struct {
	State    string     `json:"state"`
	Ready    bool       `json:"ready"`
	Reasons  []string   `json:"reasons"`
	Ways     []string   `json:"ways_out"`
	Full     bool       `json:"full"`
	Database int64      `json:"database_bytes"`
	WAL      int64      `json:"wal_bytes"`
	Journal  int64      `json:"journal_bytes"`
	Head     int64      `json:"head"`
	Data     string     `json:"data,omitempty"`
	URL      string     `json:"url,omitempty"`
	Since    *time.Time `json:"since,omitempty"`
}

// statusOf asks the store itself, not only what was known of it.
func statusOf(ctx context.Context, s *session) status {
	if s.store == nil {
		return status{State: stateBroken, Reasons: []string{s.err.Error()}, Ways: ways(s.err)}
	}
	health := s.store.Health()
	st := status{
		State: stateReady, Reasons: []string{}, Ways: []string{}, Full: health.Full,
		Database: health.Database, WAL: health.WAL, Journal: health.Journal,
	}
	if health.Held {
		st.State, st.Reasons, st.Ways = stateHeld, health.Reasons, ways(backend.ErrHold)
		return st
	}
	ctx, cancel := context.WithTimeout(ctx, probeWait)
	defer cancel()
	var info backend.Info
	err := s.store.View(ctx, func(r backend.Reader) (err error) {
		info, err = r.Info()
		return err
	})
	switch {
	case err != nil:
		st.State, st.Reasons, st.Ways = stateHeld, []string{err.Error()}, ways(err)
		return st
	case info.Users == 0:
		st.State, st.Ways = stateEmpty, []string{addCommand(s.house)}
	}
	st.Head = info.Head.Version
	st.Ready = st.State == stateReady
	return st
}

// addCommand is the one command that makes an empty store a working one.
func addCommand(h *house) string {
	if h == nil || h.set.values["data"].origin == "default" {
		return "daycairn user add NAME --admin"
	}
	return fmt.Sprintf("daycairn user add NAME --admin --data %s", h.dir())
}

func (h *house) dir() string {
	dir, err := filepath.Abs(h.set.Data)
	if err != nil {
		return h.set.Data
	}
	return dir
}

// status of the house, with where it is.
func (h *house) status(ctx context.Context) status {
	s := h.session(backend.Server)
	st := statusOf(ctx, s)
	st.Data, st.URL, st.Since = h.dir(), s.url, stamp(h.started)
	return st
}

// healthz says that the process lives.
func (h *house) healthz(w http.ResponseWriter, _ *http.Request) {
	writeStatus(w, http.StatusOK, map[string]string{"status": "alive"})
}

// readyz says whether the store may be believed. Paths and addresses stay inside, and so does how much people write.
func (h *house) readyz(w http.ResponseWriter, r *http.Request) {
	st := statusOf(r.Context(), h.session(backend.Server))
	code := http.StatusOK
	if !st.Ready {
		code = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "30")
	}
	writeStatus(w, code, struct {
		State string `json:"state"`
		Ready bool   `json:"ready"`
		Full  bool   `json:"full"`
		Hint  string `json:"hint,omitempty"`
	}{st.State, st.Ready, st.Full, hintOf(st)})
}

func hintOf(st status) string {
	if st.Ready {
		return ""
	}
	return "daycairn hold status"
}

func writeStatus(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(v) // whoever asked has gone when it fails
}
