//go:build unix

package main

import "syscall"

// What we make is for its owner only, in a directory of any mode.
func init() { syscall.Umask(0o077) }
