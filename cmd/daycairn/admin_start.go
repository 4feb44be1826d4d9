package main

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// adminDrain is how long commands over the socket may take at the end.
const adminDrain = 5 * time.Second

// admin is the running socket of a data directory.
type admin struct {
	dir    string
	server *http.Server
}

// startAdmin listens and serves; the caller holds the lock of the directory until stop has returned.
func startAdmin(h *house) (*admin, error) {
	l, err := listenAdmin(h.set.Data)
	if err != nil {
		return nil, err
	}
	a := &admin{dir: h.set.Data, server: adminServer(h, h.log)}
	go func() {
		if err := a.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			h.log.Error("admin socket ended", "err", err)
		}
	}()
	return a, nil
}

// stop lets running commands finish, and removes the socket.
func (a *admin) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), adminDrain)
	defer cancel()
	err := a.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = a.server.Close()
	}
	return errors.Join(err, releaseSocket(a.dir))
}
