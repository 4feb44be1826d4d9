package sqlite

import (
	"sync"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	lib "modernc.org/sqlite/lib"
)

// A file system with faults: SQLite's own one, with a hook before each call that changes a file.

const faultyVFS = "faulty"

// What a hook is asked about.
const (
	opWrite    = "write"
	opSync     = "sync"
	opTruncate = "truncate"
)

var faulty struct {
	once  sync.Once
	mu    sync.Mutex
	hook  func(op string, wal bool) int32 // SQLITE_OK, or what the call fails with
	open  uintptr                         // xOpen of the file system below
	wal   map[uintptr]bool                // files
	below map[uintptr]uintptr             // patched table of methods → original
	above map[uintptr]uintptr             // original → patched
}

// setFault installs a hook, nil for none.
func setFault(hook func(op string, wal bool) int32) {
	faulty.once.Do(registerFaulty)
	faulty.mu.Lock()
	defer faulty.mu.Unlock()
	faulty.hook = hook
}

func at(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

func registerFaulty() {
	faulty.wal, faulty.below, faulty.above = map[uintptr]bool{}, map[uintptr]uintptr{}, map[uintptr]uintptr{}
	tls := libc.NewTLS()
	defer tls.Close()
	name, err := libc.CString(faultyVFS)
	if err != nil {
		panic(err)
	}
	size := unsafe.Sizeof(lib.Tsqlite3_vfs{})
	vfs := libc.Xmalloc(tls, types.Size_t(size))
	v := (*lib.Tsqlite3_vfs)(at(vfs))
	*v = *(*lib.Tsqlite3_vfs)(at(lib.Xsqlite3_vfs_find(tls, 0)))
	faulty.open = v.FxOpen
	v.FzName, v.FpNext = name, 0
	v.FxOpen = *(*uintptr)(unsafe.Pointer(&struct {
		f func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32
	}{faultyOpen}))
	if rc := lib.Xsqlite3_vfs_register(tls, vfs, 0); rc != lib.SQLITE_OK {
		panic(rc)
	}
}

// file begins like sqlite3_file.
type file struct{ methods uintptr }

func faultyOpen(tls *libc.TLS, vfs, name, f uintptr, flags int32, out uintptr) int32 {
	call := *(*func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32)(unsafe.Pointer(&struct{ uintptr }{faulty.open}))
	rc := call(tls, vfs, name, f, flags, out)
	if rc != lib.SQLITE_OK {
		return rc
	}
	faulty.mu.Lock()
	defer faulty.mu.Unlock()
	faulty.wal[f] = flags&lib.SQLITE_OPEN_WAL != 0
	h := (*file)(at(f))
	patched, ok := faulty.above[h.methods]
	if !ok {
		// One copy for each table: their locks differ.
		m := *(*lib.Tsqlite3_io_methods)(at(h.methods))
		m.FxWrite = *(*uintptr)(unsafe.Pointer(&struct {
			f func(*libc.TLS, uintptr, uintptr, int32, int64) int32
		}{faultyWrite}))
		m.FxSync = *(*uintptr)(unsafe.Pointer(&struct {
			f func(*libc.TLS, uintptr, int32) int32
		}{faultySync}))
		m.FxTruncate = *(*uintptr)(unsafe.Pointer(&struct {
			f func(*libc.TLS, uintptr, int64) int32
		}{faultyTruncate}))
		patched = libc.Xmalloc(tls, types.Size_t(unsafe.Sizeof(m)))
		*(*lib.Tsqlite3_io_methods)(at(patched)) = m
		faulty.above[h.methods], faulty.below[patched] = patched, h.methods
	}
	h.methods = patched
	return rc
}

// ask gives the hook's answer and the methods of the file below.
func ask(f uintptr, op string) (int32, *lib.Tsqlite3_io_methods) {
	faulty.mu.Lock()
	hook, wal := faulty.hook, faulty.wal[f]
	below := (*lib.Tsqlite3_io_methods)(at(faulty.below[(*file)(at(f)).methods]))
	faulty.mu.Unlock()
	if hook == nil {
		return lib.SQLITE_OK, below
	}
	return hook(op, wal), below
}

func faultyWrite(tls *libc.TLS, f, buf uintptr, n int32, off int64) int32 {
	rc, m := ask(f, opWrite)
	if rc != lib.SQLITE_OK {
		return rc
	}
	call := *(*func(*libc.TLS, uintptr, uintptr, int32, int64) int32)(unsafe.Pointer(&struct{ uintptr }{m.FxWrite}))
	return call(tls, f, buf, n, off)
}

func faultySync(tls *libc.TLS, f uintptr, flags int32) int32 {
	rc, m := ask(f, opSync)
	if rc != lib.SQLITE_OK {
		return rc
	}
	call := *(*func(*libc.TLS, uintptr, int32) int32)(unsafe.Pointer(&struct{ uintptr }{m.FxSync}))
	return call(tls, f, flags)
}

func faultyTruncate(tls *libc.TLS, f uintptr, size int64) int32 {
	rc, m := ask(f, opTruncate)
	if rc != lib.SQLITE_OK {
		return rc
	}
	call := *(*func(*libc.TLS, uintptr, int64) int32)(unsafe.Pointer(&struct{ uintptr }{m.FxTruncate}))
	return call(tls, f, size)
}
