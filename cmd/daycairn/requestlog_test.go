package main

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPathClass(t *testing.T) {
	for in, want := range map[string]string{
		"/": "/", "/dav/": "/dav/", "/dav/calendars/alice/": "/dav/calendars/*/", "/dav/calendars/alice/work/x.ics": "/dav/calendars/*/*/*",
		"/.well-known/caldav": "/.well-known/caldav", "/alice": "/*", "*": "*", "": "",
		"/" + strings.Repeat("x/", 100): "/*/*/*/*/*/*/*/*",
	} {
		if got := pathClass(in); got != want {
			t.Errorf("%.40s: got %s, want %s", in, got, want)
		}
	}
}

func TestAgentClass(t *testing.T) {
	for ua, want := range map[string]string{
		"":                                       "none",
		"iOS/17.4 (21E219) dataaccessd/1.0":      "ios",
		"macOS/14.4 (23E214) CalendarAgent/1020": "macos",
		"DAVx5/4.4.1-ose (dav4jvm; okhttp/4.12.0) Android/14":         "davx5",
		"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Thunderbird/128.0": "thunderbird",
		"Mozilla/5.0 (Windows NT 10.0) CalDavSynchronizer/4.4":        "outlook",
		"Evolution/3.52":                     "evolution",
		"vdirsyncer/0.19.3":                  "vdirsyncer",
		"Mozilla/5.0 (X11; Linux)":           "browser",
		"curl/8.5.0":                         "curl",
		"alice's phone":                      "other",
		strings.Repeat("x", 1<<16) + "curl/": "other",
	} {
		if got := agentClass(ua); got != want {
			t.Errorf("%.40s: got %s, want %s", ua, got, want)
		}
	}
}

func TestLogValuesAreCut(t *testing.T) {
	var b strings.Builder
	log := slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{ReplaceAttr: cut}))
	long := strings.Repeat("ü", 1000)
	log.Info("x", "text", long, "err", errors.New(long), "forged", "a\n{\"level\":\"ERROR\"}")
	if n := strings.Count(b.String(), "ü"); n != 2*maxLogged/2 || !utf8.ValidString(b.String()) {
		t.Errorf("%d letters: %.600s", n, b.String())
	}
	if strings.Count(b.String(), "\n") != 1 {
		t.Errorf("more than one line: %s", b.String())
	}
}
