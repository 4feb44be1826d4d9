package main

import (
	"fmt"
	"strings"
	"time"

	"daycairn/auth"
	"daycairn/server"
)

// settings are what serve works with; other commands need Data and BaseURL only.
type settings struct {
	Data    string
	Listen  string
	BaseURL string
	TLSCert string
	TLSKey  string
	H2C     bool

	TrustedProxies []string
	UserHeader     string

	LogFormat  string
	LogLevel   string
	LogAddress bool

	FirstUser         string
	FirstPasswordFile string

	ConnectionsPerAddress int64
	Connections           int64
	IdleTimeout           time.Duration

	MinFree        int64
	MaxItems       int64
	MaxCollections int64
	History        int64
	Limits         server.Limits

	values map[string]setting // by key
}

// setting is a value with where it comes from.
type setting struct {
	text   string
	origin string
}

// option is a row of the table of settings. Its key is the flag's name, and the key in the file; in the environment
// it is DAYCAIRN_ with the key in capitals.
type option struct {
	key   string
	value string // default
	about string
	set   setter
	flag  bool // serve has a flag for it
}

// env is the name of the variable.
func (o *option) env() string {
	return envPrefix + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(o.key))
}

// options is the table. A key with a dot lies in a TOML table.
var options = []option{
	{"data", "daycairn-data", "data directory", text(func(s *settings) *string { return &s.Data }), false},
	{"listen", "127.0.0.1:5233", "address to listen on, host:port", address(func(s *settings) *string { return &s.Listen }), true},
	{"base-url", "", "URL that clients reach the server by, where it differs from listen",
		baseURL(func(s *settings) *string { return &s.BaseURL }), true},
	{"tls-cert", "", "certificate chain (PEM); read again when it changes", text(func(s *settings) *string { return &s.TLSCert }), true},
	{"tls-key", "", "private key (PEM)", text(func(s *settings) *string { return &s.TLSKey }), true},
	{"h2c", "false", "HTTP/2 without TLS, for reverse proxies that speak it", truth(func(s *settings) *bool { return &s.H2C }), true},
	{"trusted-proxies", "", "addresses or networks of reverse proxies whose X-Forwarded-For is believed",
		list(func(s *settings) *[]string { return &s.TrustedProxies }), true},
	{"user-header", "", "header in which a trusted proxy says who has logged in", text(func(s *settings) *string { return &s.UserHeader }), true},
	{"log-format", "auto", "auto (text on a terminal), text or json",
		oneOf(func(s *settings) *string { return &s.LogFormat }, "auto", "text", "json"), true},
	{"log-level", "info", "debug, info, warn or error",
		oneOf(func(s *settings) *string { return &s.LogLevel }, "debug", "info", "warn", "error"), true},
	{"log-address", "false", "log the client's address with refused logins", truth(func(s *settings) *bool { return &s.LogAddress }), true},
	{"first-user", "", "account to make at the first start", text(func(s *settings) *string { return &s.FirstUser }), false},
	{"first-password-file", "", "file with its password", text(func(s *settings) *string { return &s.FirstPasswordFile }), false},

	{"limits.connections", "4096", "connections at a time", number(func(s *settings) *int64 { return &s.Connections }), false},
	{"limits.connections-per-address", "512", "of one address; trusted proxies have no limit",
		number(func(s *settings) *int64 { return &s.ConnectionsPerAddress }), false},
	{"limits.idle-timeout", "5m", "how long an idle connection is kept", span(func(s *settings) *time.Duration { return &s.IdleTimeout }), false},
	{"limits.body-timeout", "1m", "how long a body may stand still", span(func(s *settings) *time.Duration { return &s.Limits.BodyTimeout }), false},
	{"limits.max-resource-size", "10 MiB", "largest calendar object or card", size(func(s *settings) *int64 { return &s.Limits.Resource }), false},
	{"limits.max-request-size", "4 MiB", "largest XML body", size(func(s *settings) *int64 { return &s.Limits.Request }), false},
	{"limits.max-items", "100000", "items of one collection", number(func(s *settings) *int64 { return &s.MaxItems }), false},
	{"limits.max-collections", "500", "collections of one user", number(func(s *settings) *int64 { return &s.MaxCollections }), false},
	{"limits.history", "1 GiB", "history of one user, beside 20 times the living size", size(func(s *settings) *int64 { return &s.History }), false},
	{"limits.min-free", "64 MiB", "free space below which nothing new is stored", size(func(s *settings) *int64 { return &s.MinFree }), false},
}

// keys of all options.
func keys() []string {
	k := make([]string, len(options))
	for i := range options {
		k[i] = options[i].key
	}
	return k
}

// check looks at what one value alone cannot tell.
func (s *settings) check() error {
	if s.Data == "" {
		return usageError{fmt.Errorf("data is empty: name a directory")}
	}
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return usageError{fmt.Errorf("tls-cert and tls-key belong together: only one of them is set")}
	}
	if _, err := auth.ParseProxies(s.TrustedProxies); err != nil {
		return usageError{fmt.Errorf("trusted-proxies (%s): %w", s.values["trusted-proxies"].origin, err)}
	}
	if s.UserHeader != "" && len(s.TrustedProxies) == 0 {
		return usageError{fmt.Errorf("user-header without trusted-proxies would let anyone be anybody")}
	}
	return nil
}
