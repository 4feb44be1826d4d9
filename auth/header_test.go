package auth

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestBasicPair(t *testing.T) {
	for _, tt := range []struct {
		header         []string
		user, password string
		err            error
	}{
		{nil, "", "", ErrNoCredentials},
		{[]string{""}, "", "", ErrNoCredentials},
		{[]string{"Bearer abc"}, "", "", ErrNoCredentials},
		{[]string{"Basically " + b64("a:b")}, "", "", ErrNoCredentials},
		{[]string{"Basic " + b64(":")}, "", "", ErrNoCredentials},
		{[]string{"Basic " + b64("a:b")}, "a", "b", nil},
		{[]string{"bAsIc   " + b64("a:b") + " "}, "a", "b", nil},
		{[]string{"Basic " + b64(" a : b ")}, "a", " b ", nil},
		{[]string{"Basic " + b64("a:b:c")}, "a", "b:c", nil},
		{[]string{"Basic " + b64("a:")}, "a", "", nil},
		{[]string{"Basic " + b64("jürgen:grüße")}, "jürgen", "grüße", nil},
		{[]string{"Basic"}, "", "", ErrWrong},
		{[]string{"Basic "}, "", "", ErrWrong},
		{[]string{"Basic !!!"}, "", "", ErrWrong},
		{[]string{"Basic " + b64("a")}, "", "", ErrWrong},
		{[]string{"Basic " + b64("a:b")[:3]}, "", "", ErrWrong},
		{[]string{"Basic " + b64("a:"+strings.Repeat("x", maxHeader))}, "", "", ErrWrong},
		{[]string{"Basic " + b64("a:b"), "Basic " + b64("c:d")}, "", "", ErrWrong},
	} {
		user, password, err := basicPair(http.Header{"Authorization": tt.header})
		if user != tt.user || password != tt.password || !errors.Is(err, tt.err) {
			t.Errorf("%.40q: got %q, %q, %v; want %q, %q, %v", tt.header, user, password, err, tt.user, tt.password, tt.err)
		}
	}
}

func FuzzHeader(f *testing.F) {
	for _, s := range []string{"Basic YTpi", "Basic", "basic  \x00", "Bearer x", "Basic Og==", "Basic /////w=="} {
		f.Add(s)
	}
	b := mustBasic(f, mustStore(f), nil)
	b.verify = func(phc, string) bool { return true }
	f.Fuzz(func(t *testing.T, header string) {
		r := &http.Request{Header: http.Header{"Authorization": {header}}, RemoteAddr: "192.0.2.1:4"}
		if id, err := b.Authenticate(r); err == nil {
			t.Fatalf("%q let in %+v", header, id)
		}
	})
}
