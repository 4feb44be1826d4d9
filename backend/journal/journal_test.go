package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"daycairn/backend"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustOpen(t testing.TB, dir string, o Options) *Journal {
	t.Helper()
	j, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func mustAppend(t testing.TB, j *Journal, first, last int64) {
	t.Helper()
	if err := j.Append(frame(first, last)); err != nil {
		t.Fatal(err)
	}
}

func frame(first, last int64) backend.Frame {
	return backend.Frame{First: first, Last: last, Payload: fmt.Appendf(nil, "versions %d to %d", first, last)}
}

func mustClose(t testing.TB, j *Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// lasts reads the journal and checks that each frame is what was appended.
func lasts(t testing.TB, j *Journal, after int64) []int64 {
	t.Helper()
	var list []int64
	for f, err := range j.Frames(after) {
		if err != nil {
			t.Fatal(err)
		}
		if want := frame(f.First, f.Last); !bytes.Equal(f.Payload, want.Payload) {
			t.Fatalf("payload %q, want %q", f.Payload, want.Payload)
		}
		list = append(list, f.Last)
	}
	return list
}

func wantLasts(t testing.TB, j *Journal, after int64, want ...int64) {
	t.Helper()
	if got := lasts(t, j, after); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("frames after %d end at %v, want %v", after, got, want)
	}
}

func TestFramesComeBack(t *testing.T) {
	for _, o := range []Options{{}, {Every: true}, {SegmentSize: 100}} {
		dir := filepath.Join(t.TempDir(), "journal")
		j := mustOpen(t, dir, o)
		for v := int64(1); v <= 9; v += 3 {
			mustAppend(t, j, v, v+2)
		}
		for range 2 {
			wantLasts(t, j, 0, 3, 6, 9)
			wantLasts(t, j, 3, 6, 9)
			wantLasts(t, j, 5, 6, 9)
			wantLasts(t, j, 9)
			if j.Head() != 9 {
				t.Errorf("head = %d, want 9", j.Head())
			}
			mustClose(t, j)
			j = mustOpen(t, dir, o)
		}
		mustAppend(t, j, 10, 10)
		wantLasts(t, j, 6, 9, 10)
		mustClose(t, j)
	}
}

func TestAbortedFramesDoNotCount(t *testing.T) {
	for _, o := range []Options{{}, {SegmentSize: 100}} {
		dir := t.TempDir()
		j := mustOpen(t, dir, o)
		mustAppend(t, j, 1, 2)
		mustAppend(t, j, 3, 7)
		if err := j.Abort(4); err == nil {
			t.Error("a frame that is not the newest was aborted")
		}
		if err := j.Abort(3); err != nil {
			t.Fatal(err)
		}
		if j.Head() != 2 {
			t.Errorf("head = %d, want 2", j.Head())
		}
		if err := j.Abort(3); err == nil {
			t.Error("a frame was aborted twice")
		}
		mustClose(t, j)
		j = mustOpen(t, dir, o)
		if j.Head() != 2 {
			t.Errorf("head after open = %d, want 2", j.Head())
		}
		if err := j.Append(frame(2, 3)); err == nil {
			t.Error("a version was appended twice")
		}
		mustAppend(t, j, 3, 4)
		wantLasts(t, j, 0, 2, 4)
		mustClose(t, j)
		j = mustOpen(t, dir, o)
		if err := j.Abort(3); err == nil {
			t.Error("a frame of an earlier run was aborted")
		}
		wantLasts(t, j, 0, 2, 4)
		mustClose(t, j)
	}
}

// Where not even an abort has room, the frame is cut off.
func TestAbortOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	j := mustOpen(t, dir, Options{})
	mustAppend(t, j, 1, 1)
	mustAppend(t, j, 2, 2)
	n := j.newest
	if err := j.cutOff(n); err != nil {
		t.Fatal(err)
	}
	j.head, j.newest = n.head, newest{}
	mustAppend(t, j, 2, 5)
	wantLasts(t, j, 0, 1, 5)
	mustClose(t, j)
	j = mustOpen(t, dir, Options{})
	defer mustClose(t, j)
	wantLasts(t, j, 0, 1, 5)
}

// Each possible length of the last frame is what a crash in Append may leave.
func TestTornTailIsCut(t *testing.T) {
	origin := t.TempDir()
	j := mustOpen(t, origin, Options{})
	mustAppend(t, j, 1, 1)
	whole := j.Size()
	mustAppend(t, j, 2, 2)
	end := j.Size()
	mustClose(t, j)
	data, err := os.ReadFile(filepath.Join(origin, segmentName(1)))
	if err != nil {
		t.Fatal(err)
	}
	for n := int64(0); n < end; n++ {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, segmentName(1)), data[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		j := mustOpen(t, dir, Options{})
		want := int64(0)
		if n >= whole {
			want = 1
		}
		if j.Head() != want {
			t.Errorf("%d bytes: head = %d, want %d", n, j.Head(), want)
		}
		mustAppend(t, j, want+1, want+1)
		if got := lasts(t, j, 0); int64(len(got)) != want+1 {
			t.Errorf("%d bytes: frames %v", n, got)
		}
		mustClose(t, j)
	}
}

// Each flipped bit of a frame with another one behind it is damage, never a shorter history without a word.
func TestDamageIsReported(t *testing.T) {
	origin := t.TempDir()
	j := mustOpen(t, origin, Options{})
	mustAppend(t, j, 1, 1)
	start := j.Size()
	mustAppend(t, j, 2, 2)
	end := j.Size()
	mustAppend(t, j, 3, 3)
	mustClose(t, j)
	data, err := os.ReadFile(filepath.Join(origin, segmentName(1)))
	if err != nil {
		t.Fatal(err)
	}
	for at := start; at < end; at++ {
		dir := t.TempDir()
		bad := bytes.Clone(data)
		bad[at] ^= 4
		if err := os.WriteFile(filepath.Join(dir, segmentName(1)), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		j := mustOpen(t, dir, Options{})
		d := j.Damage()
		if d == nil || d.Last != 3 || d.Offset != start || j.Head() != 1 {
			t.Fatalf("byte %d: damage %v, head %d", at, d, j.Head())
		}
		kept, err := os.ReadFile(d.Path)
		if err != nil || !bytes.Equal(kept, bad) {
			t.Fatalf("byte %d: what was damaged is not kept: %v", at, err)
		}
		mustAppend(t, j, 2, 3)
		wantLasts(t, j, 0, 1, 3)
		mustClose(t, j)
		j = mustOpen(t, dir, Options{})
		if j.Damage() != nil {
			t.Error("damage is reported again")
		}
		mustClose(t, j)
	}
}

func TestDamageInAnOlderSegment(t *testing.T) {
	dir := t.TempDir()
	j := mustOpen(t, dir, Options{SegmentSize: 100})
	for v := int64(1); v <= 3; v++ {
		mustAppend(t, j, v, v)
	}
	mustClose(t, j)
	path := filepath.Join(dir, segmentName(2))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-1] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	j = mustOpen(t, dir, Options{SegmentSize: 100})
	defer mustClose(t, j)
	wantLasts(t, j, 2, 3)
	wantDamage(t, j)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantDamage(t, j)
}

func wantDamage(t *testing.T, j *Journal) {
	t.Helper()
	for _, err := range j.Frames(0) {
		if errors.Is(err, ErrDamaged) {
			return
		}
	}
	t.Error("damage was read over")
}

func TestAnotherSegmentIsNotTaken(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	for i, d := range []string{dir, other} {
		j := mustOpen(t, d, Options{SegmentSize: 100})
		mustAppend(t, j, 1, int64(1+i))
		mustAppend(t, j, int64(2+i), 9)
		mustClose(t, j)
	}
	if err := os.Rename(filepath.Join(other, segmentName(2)), filepath.Join(dir, segmentName(2))); err != nil {
		t.Fatal(err)
	}
	j := mustOpen(t, dir, Options{})
	defer mustClose(t, j)
	wantDamage(t, j)
}

func TestClosedJournalIsNotWritten(t *testing.T) {
	j := mustOpen(t, t.TempDir(), Options{Lazy: time.Millisecond})
	mustAppend(t, j, 1, 1)
	time.Sleep(5 * time.Millisecond)
	mustClose(t, j)
	mustClose(t, j)
	if err := j.Append(frame(2, 2)); !errors.Is(err, errClosed) {
		t.Errorf("append after close: %v", err)
	}
}

func BenchmarkAppend(b *testing.B) {
	j := mustOpen(b, b.TempDir(), Options{})
	payload := bytes.Repeat([]byte("x"), 1500)
	b.ReportAllocs()
	v := int64(0)
	for b.Loop() {
		v++
		if err := j.Append(backend.Frame{First: v, Last: v, Payload: payload}); err != nil {
			b.Fatal(err)
		}
	}
}
