package journal

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzRead reads whatever bytes a segment may have: what is taken for a mark is exactly what would be written for it.
func FuzzRead(f *testing.F) {
	dir := f.TempDir()
	j := mustOpen(f, dir, Options{})
	for v := int64(1); v <= 3; v++ {
		mustAppend(f, j, v, v)
	}
	if err := j.Abort(3); err != nil {
		f.Fatal(err)
	}
	mustClose(f, j)
	data, err := os.ReadFile(filepath.Join(dir, segmentName(1)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:len(data)-3])
	f.Add(append(data[:len(data)/2:len(data)/2], make([]byte, 64)...))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		lastBehind(data, 0)
		r := bytes.NewReader(data)
		number, chain, err := readSegmentHeader(r)
		if err != nil {
			return
		}
		again := appendSegmentHeader(nil, number, chain)
		for {
			m, err := readMark(r, int64(r.Len()), chain)
			if err != nil {
				break
			}
			kind := markFrame
			if m.abort {
				kind = markAbort
			}
			again, chain = appendHeader(again, chain, kind, m.frame)
			again = append(again, m.frame.Payload...)
		}
		if !bytes.HasPrefix(data, again) {
			t.Errorf("read %x, which would be written as %x", data, again)
		}
	})
}
