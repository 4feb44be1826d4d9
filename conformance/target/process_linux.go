package target

import "syscall"

// processAttributes put the server into a group of its own, and end it when the test binary is killed.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
