//go:build !linux

package main

import (
	"net"
	"os"
)

// peerUID relies on the mode of the socket where the kernel is not asked.
func peerUID(net.Conn) (int, error) { return os.Geteuid(), nil }
