package server

import (
	"net/http"
	"strings"
)

// A preference is what a client would like (RFC 7240, RFC 8144). An answer may do without.
type preference struct {
	minimal        bool // return=minimal, Brief: t, and the return-minimal of old iOS
	representation bool // return=representation
	noRoot         bool // depth-noroot
}

// preferences reads Prefer and Brief. What is not known, or not well-formed, is no preference.
func preferences(hd http.Header) preference {
	p := preference{minimal: strings.EqualFold(strings.TrimSpace(hd.Get("Brief")), "t")}
	for _, line := range hd.Values("Prefer") {
		for part := range strings.SplitSeq(line, ",") {
			name, _, _ := strings.Cut(part, ";")
			name = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "")
			switch strings.ReplaceAll(name, `"`, "") {
			case "return=minimal", "return-minimal":
				p.minimal = true
			case "return=representation", "return-representation":
				p.representation = true
			case "depth-noroot":
				p.noRoot = true
			}
		}
	}
	return p
}
