package server

import (
	"net/http"
	"strings"
)

// destination reads the header of that name (RFC 4918 §10.3): by its path alone, since proxies change the rest.
func (x *exchange) destination() (target, error) {
	v := x.r.Header.Get("Destination")
	if v == "" {
		return target{}, statusError(http.StatusBadRequest)
	}
	to, err := x.tree.resolveHref(v)
	switch {
	case notFound(err):
		return to, x.noRoom()
	case err != nil:
		return to, err
	case to.principal != x.target.principal: // another's is like what does not exist
		return to, statusError(http.StatusConflict)
	case to == x.target:
		return to, statusError(http.StatusForbidden)
	case kindItem.has(x.target.kind) && kindItem.has(to.kind):
		if to.family != x.target.family {
			return to, violated(http.StatusForbidden, to.family.unsupported())
		}
	case to.kind != x.target.kind:
		return to, x.noRoom()
	}
	return to, nil
}

// noRoom says that the source cannot stand at the destination.
func (x *exchange) noRoom() error {
	if kindCollection.has(x.target.kind) {
		return violated(http.StatusForbidden, x.target.family.badLocation())
	}
	return statusError(http.StatusConflict)
}

// overwrite reads the header of that name (RFC 4918 §10.6).
func (x *exchange) overwrite() (bool, error) {
	switch strings.ToUpper(strings.TrimSpace(x.r.Header.Get("Overwrite"))) {
	case "", "T":
		return true, nil
	case "F":
		return false, nil
	}
	return false, statusError(http.StatusBadRequest)
}
