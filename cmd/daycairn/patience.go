package main

import (
	"net/http"
	"time"

	"daycairn/server"
)

// patient bounds how long a body may keep a connection before anybody reads it. net/http reads what is left of a body
// before it sends an answer, also a 401, and would wait for it without end. Who reads the body moves the deadline on;
// net/http lifts it when the body has ended.
type patient struct {
	next    http.Handler
	timeout time.Duration
}

func (p patient) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		timeout := p.timeout
		if timeout == 0 {
			timeout = server.DefaultLimits.BodyTimeout
		}
		// The connection of net/http supports it; one that does not is no connection that could be held.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(timeout))
	}
	p.next.ServeHTTP(w, r)
}
