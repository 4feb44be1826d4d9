package auth

import (
	"errors"
	"fmt"
	"net/http"

	"daycairn/backend"
)

// Header believes a reverse proxy that has checked who asks and says so in a header.
type Header struct {
	Store backend.Store
	Name  string  // of the header, like "X-Remote-User"
	Peers Proxies // who may say so; from anyone else the header means nothing
}

// Authenticate implements Method. The peer itself must be trusted, not an address that it forwards.
func (h *Header) Authenticate(r *http.Request) (Identity, error) {
	values := r.Header.Values(h.Name)
	if len(values) == 0 || values[0] == "" || !h.Peers.Trust(Peer(r)) {
		return Identity{}, ErrNoCredentials
	}
	if len(values) > 1 {
		return Identity{}, ErrWrong
	}
	var p backend.Principal
	err := h.Store.View(r.Context(), func(rd backend.Reader) (err error) {
		p, err = rd.PrincipalByLogin(values[0])
		return err
	})
	switch {
	case errors.Is(err, backend.ErrNotFound):
		return Identity{}, ErrWrong
	case err != nil:
		return Identity{}, fmt.Errorf("look up who %s names: %w", h.Name, err)
	case p.Disabled:
		return Identity{}, ErrWrong
	}
	return Identity{Principal: p}, nil
}
