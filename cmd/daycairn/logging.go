package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// maxLogged bounds the bytes of one value in the log.
const maxLogged = 256

// logger is for commands that open the store themselves: they say what is wrong, and no more.
func (p *program) logger(*settings) *slog.Logger {
	return slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: cut}))
}

// serveLogger writes text for people and JSON for programs.
func (p *program) serveLogger(set *settings) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(set.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: cut}
	if p.logsText(set) {
		return slog.New(slog.NewTextHandler(p.stderr, o))
	}
	return slog.New(slog.NewJSONHandler(p.stderr, o))
}

func (p *program) logsText(set *settings) bool {
	if set.LogFormat != "auto" {
		return set.LogFormat == "text"
	}
	f, ok := p.stderr.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// cut keeps values short; both handlers escape what could pass for another line.
func cut(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(shorten(a.Value.String()))
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case error:
			a.Value = slog.StringValue(shorten(v.Error()))
		case fmt.Stringer:
			a.Value = slog.StringValue(shorten(v.String()))
		}
	}
	return a
}

func shorten(s string) string {
	if len(s) <= maxLogged {
		return s
	}
	n := maxLogged
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// serverNoise is where net/http writes. A failed TLS handshake is a scanner's, and not worth a warning.
type serverNoise struct{ log *slog.Logger }

var _ io.Writer = serverNoise{}

func (n serverNoise) Write(p []byte) (int, error) {
	line := strings.TrimSpace(string(p))
	if strings.HasPrefix(line, "http: TLS handshake error") {
		n.log.Debug("no TLS handshake", "what", line)
		return len(p), nil
	}
	n.log.Warn("connection", "what", line)
	return len(p), nil
}
