//go:build !linux

package target

import "syscall"

// processAttributes put the server into a group of its own.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
