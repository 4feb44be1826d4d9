package auth

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// maxHeader bounds an Authorization header that is looked at.
const maxHeader = 4096

// basicPair reads the Authorization header. It gives ErrNoCredentials when there is none, or one of another scheme,
// and ErrWrong when one says Basic and is malformed (RFC 7617 §2).
//
// Charset: the challenge asks for UTF-8. What is not UTF-8 names no account that can exist, and is ErrWrong later.
func basicPair(h http.Header) (user, password string, err error) {
	values := h["Authorization"]
	if len(values) == 0 {
		return "", "", ErrNoCredentials
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", "", ErrNoCredentials
	}
	if len(values) > 1 || len(token) > maxHeader {
		return "", "", ErrWrong
	}
	token = strings.Trim(token, " ")
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return "", "", ErrWrong
	}
	user, password, ok := strings.Cut(string(raw), ":")
	if !ok {
		return "", "", ErrWrong
	}
	if user == "" && password == "" {
		// Some clients send an empty pair on their first try, which is to name nobody.
		return "", "", ErrNoCredentials
	}
	return strings.TrimSpace(user), password, nil // keyboards of phones leave a blank behind a name
}
