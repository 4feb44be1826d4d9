package server

import (
	"net/http"
	"strings"
)

// A depth is how far below its target a request reaches (RFC 4918 §10.2).
type depth int

const (
	depth0 depth = iota
	depth1
	depthInfinity
)

// depth reads the Depth header; absent is what a request without one means. Anything else is 400.
func (x *exchange) depth(absent depth) (depth, error) {
	switch strings.ToLower(strings.TrimSpace(x.r.Header.Get("Depth"))) {
	case "":
		return absent, nil
	case "0":
		return depth0, nil
	case "1", "1,noroot":
		return depth1, nil
	case "infinity", "infinity,noroot":
		return depthInfinity, nil
	}
	return absent, statusError(http.StatusBadRequest)
}
