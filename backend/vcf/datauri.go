package vcf

import (
	"encoding/base64"
	"net/url"
	"strings"
)

const octets = "application/octet-stream"

// readDataURI returns the content of a data: URI (RFC 2397) in base64, and its media type.
func readDataURI(uri string) (data []byte, media string, ok bool) {
	head, body, ok := strings.Cut(uri[len("data:"):], ",")
	if !ok {
		return nil, "", false
	}
	head, encoded := cutSuffixFold(head, ";base64")
	if strings.Contains(body, "%") || !encoded {
		plain, err := url.PathUnescape(body)
		if err != nil {
			return nil, "", false
		}
		body = plain
	}
	if !encoded {
		body = base64.StdEncoding.EncodeToString([]byte(body))
	}
	if media, _, _ = strings.Cut(head, ";"); !isMedia(media) {
		media = octets
	}
	data, ok = compact([]byte(body))
	return data, strings.ToLower(media), ok
}

// compact returns base64 without the blanks that broken folds leave in it, if it is nothing else.
func compact(value []byte) ([]byte, bool) {
	data := make([]byte, 0, len(value))
	for _, c := range value {
		switch {
		case c == ' ' || c == '\t':
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '+', c == '/', c == '=':
			data = append(data, c)
		default:
			return nil, false
		}
	}
	return data, true
}

// isURI reports whether s begins with a scheme (RFC 3986 §3.1).
func isURI(s string) bool {
	scheme, _, ok := strings.Cut(s, ":")
	if !ok || scheme == "" || !('a' <= scheme[0]|0x20 && scheme[0]|0x20 <= 'z') {
		return false
	}
	return strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func cutSuffixFold(s, suffix string) (string, bool) {
	if n := len(s) - len(suffix); n >= 0 && strings.EqualFold(s[n:], suffix) {
		return s[:n], true
	}
	return s, false
}
