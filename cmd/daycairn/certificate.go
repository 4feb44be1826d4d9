package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certLook is how often the files are looked at, at most.
const certLook = 2 * time.Second

// certificate is read again when its files change. A pair that does not fit (one of the two files is still being
// written) leaves the old one in place.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	now               func() time.Time

	mu     sync.Mutex
	pair   *tls.Certificate
	looked time.Time
	seen   [2]fileMark
}

type fileMark struct {
	modified time.Time
	size     int64
}

// loadCertificate reads the pair; later problems are logged, the first one is an error.
func loadCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log, now: time.Now}
	if err := c.load(); err != nil {
		return nil, fmt.Errorf("TLS certificate: %w", err)
	}
	return c, nil
}

func (c *certificate) load() error {
	seen, err := c.marks()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	c.seen = seen // the same wrong pair is not read at every handshake
	if err != nil {
		return err
	}
	c.pair = &pair
	return nil
}

func (c *certificate) marks() (m [2]fileMark, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return m, err
		}
		m[i] = fileMark{info.ModTime(), info.Size()}
	}
	return m, nil
}

// get is tls.Config.GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.looked) >= certLook {
		c.looked = now
		c.refresh()
	}
	return c.pair, nil
}

func (c *certificate) refresh() {
	seen, err := c.marks()
	if err == nil && seen == c.seen {
		return
	}
	if err == nil {
		err = c.load()
	}
	if err != nil {
		c.log.Error("TLS certificate not read again, the old one stays", "err", err)
		return
	}
	c.log.Info("TLS certificate read again")
}

// config of the listener.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}
