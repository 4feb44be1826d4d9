package server

import (
	"net/http"
	"strings"
)

// davHeader says what is built (RFC 4918 §10.1), on one line that starts with 1: Thunderbird throws the first token
// away.
const davHeader = "1, 3, access-control, calendar-access, addressbook, extended-mkcol"

// wellKnown answers RFC 6764 §5: a redirect to the context path, for every method and whoever asks. 301 and not 308,
// which Outlook does not follow.
func wellKnown(x *exchange) bool {
	switch strings.TrimSuffix(x.r.URL.Path, "/") {
	case "/.well-known/caldav", "/.well-known/carddav":
	default:
		return false
	}
	hd := x.w.Header()
	hd.Set("Location", x.tree.prefix+"/")
	hd.Set("Cache-Control", "no-cache") // a server may move
	x.w.WriteHeader(http.StatusMovedPermanently)
	return true
}
