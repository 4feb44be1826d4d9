package main

import (
	"net"
	"net/netip"
	"sync"

	"daycairn/auth"
)

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
