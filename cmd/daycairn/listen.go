package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"

	"daycairn/auth"
)

// listenHints are what a person can do when an address cannot be listened on.
var listenHints = []struct {
	is   error
	hint string
}{
	{syscall.EADDRINUSE, "another program has the port: stop it, or take another port with --listen"},
	{syscall.EACCES, "ports below 1024 are for privileged programs: take a higher one with --listen"},
	{syscall.EADDRNOTAVAIL, "this machine has no such address: --listen :5233 takes all that it has"},
}

func listenError(addr string, err error) error {
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		err = op.Err // the rest of it is the address once more
	}
	err = fmt.Errorf("listen on %s: %w", addr, err)
	for _, h := range listenHints {
		if errors.Is(err, h.is) {
			return hinted{err, h.hint}
		}
	}
	return err
}

// limitListener closes connections above a limit at once: one address cannot take them all. Trusted proxies carry
// many people and are bounded by the total only.
type limitListener struct {
	net.Listener
	proxies    auth.Proxies
	total      int64
	perAddress int64

	mu     sync.Mutex
	all    int64
	counts map[netip.Prefix]int64 // no more entries than connections
}

func (l *limitListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		addr := addrOf(c)
		if l.take(addr) {
			return &limitedConn{Conn: c, give: func() { l.give(addr) }}, nil
		}
		c.Close() // nothing was said on it
	}
}

func addrOf(c net.Conn) netip.Addr {
	if t, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		return t.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

func (l *limitListener) take(a netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := auth.Place(a)
	if l.all >= l.total || l.counts[at] >= l.perAddress && !l.proxies.Trust(a) {
		return false
	}
	if l.counts == nil {
		l.counts = map[netip.Prefix]int64{}
	}
	l.all++
	l.counts[at]++
	return true
}

func (l *limitListener) give(a netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	at := auth.Place(a)
	if l.counts[at]--; l.counts[at] <= 0 {
		delete(l.counts, at)
	}
}

// limitedConn gives its place back once.
type limitedConn struct {
	net.Conn
	once sync.Once
	give func()
}

// NetConn is the connection itself: an answer that is cut resets it.
func (c *limitedConn) NetConn() net.Conn { return c.Conn }

func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.give)
	return err
}
