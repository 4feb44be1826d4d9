package sqlite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"daycairn/backend"
)

// FuzzFrame reads whatever a frame may hold. What can be read is written the same way again.
func FuzzFrame(f *testing.F) {
	r := record{Payload: []byte(`{"uuid":"x"}`), Salt: []byte("salt"), Bytes: []byte("body")}
	r.ID, r.Event, r.Name = 7, backend.EventPut, "a.ics"
	f.Add(appendRecord([]byte{frameVersion}, &r))
	r.Bytes = nil
	f.Add(appendRecord(appendRecord([]byte{frameVersion}, &r), &r))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := decodeFrame(data)
		if err != nil {
			return
		}
		again := []byte{frameVersion}
		for _, r := range list {
			if r.complete() != nil && r.Event == "" {
				t.Error("an unknown event lacks something")
			}
			again = appendRecord(again, r)
		}
		second, err := decodeFrame(again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(list, second); diff != "" {
			t.Error(diff)
		}
	})
}
