package db

import (
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
)

// The memory behind these addresses comes from libc, not from Go's heap: it does not move, and nobody but us frees it.

func pointer(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

// view shows n bytes of foreign memory; the slice is valid as long as that memory is.
func view(p uintptr, n int) []byte {
	if p == 0 || n <= 0 {
		return nil
	}
	return unsafe.Slice((*byte)(pointer(p)), n)
}

func (c *Conn) alloc(n int) (uintptr, error) {
	p := libc.Xmalloc(c.tls, types.Size_t(n))
	if p == 0 {
		return 0, &Error{Code: NoMem, Text: "out of memory"}
	}
	return p, nil
}

func (c *Conn) free(p uintptr) {
	if p != 0 {
		libc.Xfree(c.tls, p)
	}
}

func (c *Conn) cstring(s string) (uintptr, error) {
	p, err := c.alloc(len(s) + 1)
	if err != nil {
		return 0, err
	}
	b := view(p, len(s)+1)
	copy(b, s)
	b[len(s)] = 0
	return p, nil
}
