package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

const (
	headerTimeout = 10 * time.Second
	writeTimeout  = 2 * time.Minute
	maxHeaders    = 64 << 10
	maxStreams    = 100 // of one HTTP/2 connection
	// drainTime is how long running requests may take at the end; supervisors kill after ten seconds.
	drainTime  = 7 * time.Second
	flushEvery = time.Hour
)

func (p *program) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve calendars and contacts",
		Long: `Serve calendars and contacts from one data directory.

The first start makes the directory and asks for the first account; without a terminal it takes DAYCAIRN_FIRST_USER and
DAYCAIRN_FIRST_PASSWORD_FILE, or waits for daycairn user add. All settings: daycairn config example.`,
		Args: exactly(0),
	}
	settingsFlags(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if p.house != nil {
			return usageError{errors.New("a server runs already")}
		}
		set, err := p.settings(cmd.Flags())
		if err != nil {
			return err
		}
		return p.serve(cmd.Context(), set)
	}
	return c
}

// serve runs until the context ends, and then until all is written.
func (p *program) serve(ctx context.Context, set *settings) (err error) {
	h, err := newHouse(set, p.serveLogger(set))
	if err != nil {
		return err
	}
	if err := makeDataDir(set.Data); err != nil {
		return err
	}
	lock, err := awaitLock(ctx, set.Data, "serve", p.patience)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	front, err := newFront(h)
	if err != nil {
		return err
	}
	defer front.listener.Close() // after a served one it is closed already
	if h.tryOpen(ctx, true) != nil {
		h.log.Debug("serving without a store") // the greeting says why
	}
	defer func() { err = errors.Join(err, h.close(context.WithoutCancel(ctx))) }()
	admin, err := startAdmin(h)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, admin.stop()) }()
	if err := p.firstUser(ctx, h); err != nil {
		return err
	}
	p.greet(ctx, h)
	flushing, stopFlush := context.WithCancel(ctx)
	defer stopFlush()
	go h.flush(flushing, flushEvery)
	return front.run(ctx)
}

// front is the listener that clients connect to.
type front struct {
	h        *house
	listener net.Listener
	server   *http.Server
	tls      bool
}

func newFront(h *house) (*front, error) {
	f := &front{h: h, tls: h.set.TLSCert != ""}
	f.server = &http.Server{
		Handler:           requestLog{patient{f.routes(), h.set.Limits.BodyTimeout}, h},
		ReadHeaderTimeout: headerTimeout,
		WriteTimeout:      writeTimeout, // of the first byte; whoever writes a body rolls it
		IdleTimeout:       h.set.IdleTimeout,
		MaxHeaderBytes:    maxHeaders,
		ErrorLog:          log.New(serverNoise{h.log}, "", 0),
		Protocols:         new(http.Protocols),
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
	}
	f.server.Protocols.SetHTTP1(true)
	f.server.Protocols.SetHTTP2(f.tls)
	f.server.Protocols.SetUnencryptedHTTP2(h.set.H2C)
	if f.tls {
		cert, err := loadCertificate(h.set.TLSCert, h.set.TLSKey, h.log)
		if err != nil {
			return nil, err
		}
		f.server.TLSConfig = cert.config()
	}
	l, err := net.Listen("tcp", h.set.Listen)
	if err != nil {
		return nil, listenError(h.set.Listen, err)
	}
	url := typedURL(h.set, l.Addr())
	h.url.Store(&url)
	f.listener = &limitListener{
		Listener: l, proxies: h.proxies, total: h.set.Connections, perAddress: h.set.ConnectionsPerAddress,
	}
	return f, nil
}

// routes keeps the two probes apart. net/http's mux is not asked: it redirects what it thinks unclean, and every path
// under the prefix is the server's to judge.
func (f *front) routes() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		probe := r.Method == http.MethodGet || r.Method == http.MethodHead
		switch {
		case probe && r.URL.Path == "/healthz":
			f.h.healthz(w, r)
		case probe && r.URL.Path == "/readyz":
			f.h.readyz(w, r)
		default:
			f.h.ServeHTTP(w, r)
		}
	})
}

// run serves until the context ends, and then lets running requests finish.
func (f *front) run(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() {
		if f.tls {
			failed <- f.server.ServeTLS(f.listener, "", "")
			return
		}
		failed <- f.server.Serve(f.listener)
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	f.h.log.Info("stopping")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := f.server.Shutdown(drain); err != nil {
		f.h.log.Warn("requests were cut", "err", err)
		return f.server.Close()
	}
	return nil
}
