package sqlite

import (
	"fmt"
	"testing"

	lib "modernc.org/sqlite/lib"

	"daycairn/backend"
)

// Each call that changes a file fails once, in each way: no acknowledged write is lost, and the store opens again.
func TestEachCallFails(t *testing.T) {
	kinds := map[string]int32{"full": lib.SQLITE_FULL, "write": lib.SQLITE_IOERR_WRITE, "sync": lib.SQLITE_IOERR_FSYNC}
	step := 3
	if testing.Short() || raced {
		step = 17
	}
	for kind, code := range kinds {
		t.Run(kind, func(t *testing.T) {
			n := 1
			for eachCallFails(t, n, code) {
				n += step
			}
			if n < 40 {
				t.Errorf("only %d calls were seen to change files", n)
			}
		})
	}
}

// eachCallFails lets the n-th call fail and tells whether there was one.
func eachCallFails(t *testing.T, n int, code int32) bool {
	t.Helper()
	sc := newScene(t, Options{vfs: faultyVFS})
	defer setFault(nil)
	calls := 0
	setFault(func(string, bool) int32 {
		if calls++; calls == n {
			return code
		}
		return lib.SQLITE_OK
	})
	var unknown []string
	for i := range 4 {
		name := fmt.Sprint("item", i)
		err := sc.s.update(t.Context(), backend.Server, sc.put(name, name))
		if err == nil {
			sc.acks[name] = name
		} else {
			unknown = append(unknown, name)
			sc.waitOpen()
		}
		sc.s.checkpoint()
	}
	hit := calls >= n
	setFault(nil)
	sc.check(unknown...)
	sc.reopen()
	sc.check(unknown...)
	if err := sc.s.Close(); err != nil {
		t.Error(err)
	}
	if t.Failed() {
		t.Fatalf("when call %d failed with %d", n, code)
	}
	return hit
}
