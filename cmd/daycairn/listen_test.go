package main

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"

	"daycairn/auth"
)

func TestLimitListener(t *testing.T) {
	proxies, err := auth.ParseProxies([]string{"127.0.0.2"})
	if err != nil {
		t.Fatal(err)
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &limitListener{Listener: inner, proxies: proxies, total: 6, perAddress: 2}
	defer l.Close()
	accepted := make(chan net.Conn, 16)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- c
		}
	}()
	// dial tells whether the connection stays open, and gives the server's end.
	dial := func(from string) (net.Conn, bool) {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		c, err := d.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		select {
		case s := <-accepted:
			return s, true
		case <-time.After(100 * time.Millisecond):
		}
		c.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Fatal("read from a refused connection")
		}
		return nil, false
	}
	first, ok := dial("127.0.0.1")
	if _, also := dial("127.0.0.1"); !ok || !also {
		t.Fatal("refused below the limit")
	}
	if _, ok := dial("127.0.0.1"); ok {
		t.Error("one address took more than its share")
	}
	first.Close()
	first.Close() // gives back once
	if _, ok := dial("127.0.0.1"); !ok {
		t.Error("a place that was given back is not free")
	}
	if _, ok := dial("127.0.0.1"); ok {
		t.Error("closing twice gave two places back")
	}
	for range 4 {
		if _, ok := dial("127.0.0.2"); !ok {
			t.Error("a trusted proxy was bounded like one client")
		}
	}
	if _, ok := dial("127.0.0.2"); ok {
		t.Error("more than the total")
	}
	l.Close()
	for c := range accepted {
		c.Close()
	}
}

// TestLimitedConnectionCanBeReset: an answer to HTTP/1.0 that is cut ends with a reset, or it would look whole.
func TestLimitedConnectionCanBeReset(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &limitListener{Listener: inner, total: 1, perAddress: 1}
	defer l.Close()
	c, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	w, ok := s.(interface{ NetConn() net.Conn })
	if !ok {
		t.Fatal("the connection cannot be had")
	}
	w.NetConn().(*net.TCPConn).SetLinger(0)
	s.Close()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, want a reset", err)
	}
}
