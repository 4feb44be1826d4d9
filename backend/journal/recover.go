package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"daycairn/backend"
)

// Damage is what Open found before the end of the last segment: bytes that are no frame, with frames behind them that
// can be read. A machine that lost power before a lazy sync can leave that. The segment was set aside as it was, and
// the journal ends before the damage.
type Damage struct {
	Path   string // of what was set aside
	Offset int64
	Last   int64 // the highest version seen behind the damage
}

func (d *Damage) Error() string {
	return fmt.Sprintf("%v at byte %d, versions up to %d are behind it (set aside as %s)", ErrDamaged, d.Offset, d.Last, d.Path)
}

// Is makes a Damage an ErrDamaged.
func (d *Damage) Is(target error) bool { return target == ErrDamaged }

// Damage tells what Open had to set aside, nil if nothing. Whoever has all versions up to Last elsewhere can append
// them again; otherwise they are lost to the journal.
func (j *Journal) Damage() *Damage { return j.damage }

// Lost gives the highest version of what Open had to set aside, and the Damage as an error; 0 and nil if nothing.
func (j *Journal) Lost() (last int64, cause error) {
	if j.damage == nil {
		return 0, nil
	}
	return j.damage.Last, j.damage
}

// open finds the end of the journal and makes it ready to be written.
func (j *Journal) open() error {
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return err
	}
	list, err := segments(j.dir)
	if err != nil {
		return err
	}
	if list, err = dropTornSegment(j.dir, list); err != nil {
		return err
	}
	if len(list) == 0 {
		j.number, j.size = 1, int64(segmentHeader)
		j.f, err = createSegment(j.dir, 1, [32]byte{})
		return err
	}
	for _, n := range list[:len(list)-1] {
		info, err := os.Stat(filepath.Join(j.dir, segmentName(n)))
		if err != nil {
			return err
		}
		j.older += info.Size()
	}
	j.number = list[len(list)-1]
	if err := j.readLast(); err != nil {
		return err
	}
	j.newest = newest{} // its commit is no longer under way
	for i := len(list) - 2; i >= 0 && j.head == 0; i-- {
		if j.head, err = headOf(j.dir, list[i]); err != nil {
			return err
		}
	}
	j.f, err = os.OpenFile(filepath.Join(j.dir, segmentName(j.number)), os.O_RDWR, 0)
	return err
}

// dropTornSegment removes a last segment whose head was not written to its end: it holds no frame.
func dropTornSegment(dir string, list []uint32) ([]uint32, error) {
	if len(list) == 0 {
		return list, nil
	}
	last := list[len(list)-1]
	s, err := openSegment(dir, last)
	if err == nil {
		return list, s.close()
	}
	if !errors.Is(err, errTorn) {
		return nil, err
	}
	if err := os.Remove(filepath.Join(dir, segmentName(last))); err != nil {
		return nil, err
	}
	return list[:len(list)-1], syncDir(dir)
}

// readLast goes through the last segment and cuts off what is torn.
func (j *Journal) readLast() error {
	s, err := openSegment(j.dir, j.number)
	if err != nil {
		return err
	}
	defer s.close()
	j.chain = s.chain
	for {
		m, err := s.next()
		if err == nil {
			if err := j.count(m, s.at-m.size); err != nil {
				return err
			}
			j.chain = s.chain
			continue
		}
		j.size, j.chain = s.at, s.chain
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errTorn):
			return truncate(s.f.Name(), s.at)
		case errors.Is(err, ErrDamaged):
			return j.cut(s)
		}
		return err
	}
}

// count follows a mark at an offset; j.chain is still the one before it.
func (j *Journal) count(m *mark, at int64) error {
	if !m.abort {
		j.newest = newest{m.frame.First, j.head, at, j.chain}
		j.head = m.frame.Last
		return nil
	}
	if j.newest.first == 0 || m.frame.First != j.newest.first {
		return fmt.Errorf("%w: abort of frame %d behind frame %d", ErrDamaged, m.frame.First, j.newest.first)
	}
	j.head, j.newest = j.newest.head, newest{}
	return nil
}

// cut ends the last segment before bytes that are no frame. If readable frames are behind them, it was no torn write:
// the whole segment is kept aside.
func (j *Journal) cut(s *segmentReader) error {
	path := s.f.Name()
	last, err := framesBehind(path, s.behind)
	if err != nil {
		return err
	}
	if last == 0 {
		return truncate(path, s.at)
	}
	aside := path + ".damaged-" + time.Now().UTC().Format("20060102T150405.000000000")
	if err := os.Link(path, aside); err != nil {
		return err
	}
	if err := copyPrefix(path, s.at); err != nil {
		return err
	}
	j.damage = &Damage{Path: aside, Offset: s.at, Last: last}
	return nil
}

func truncate(path string, size int64) error {
	if err := os.Truncate(path, size); err != nil {
		return err
	}
	return syncFile(path)
}

// framesBehind looks for headers from a place on, and gives the highest version that one of them names; 0 if there is
// none. It steps over the payloads of those that it finds.
func framesBehind(path string, from int64) (last int64, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return lastBehind(data, from), nil
}

func lastBehind(data []byte, from int64) (last int64) {
	for from < int64(len(data)) {
		i := indexMark(data[from:])
		if i < 0 {
			break
		}
		from += int64(i)
		h, ok := parseHeader(data[from:])
		if !ok {
			from++
			continue
		}
		last = max(last, h.last)
		from += int64(frameHeader) + h.length
	}
	return last
}

// copyPrefix replaces a file by its first n bytes in a new file.
func copyPrefix(path string, n int64) error {
	src, err := os.Open(path)
	if err != nil {
		return err
	}
	defer src.Close()
	temp := path + ".new"
	dst, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyN(dst, src, n)
	if err == nil {
		err = dst.Sync()
	}
	if err = errors.Join(err, dst.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// headOf is the last version of a whole segment.
func headOf(dir string, number uint32) (int64, error) {
	head := int64(0)
	var held *backend.Frame
	err := eachMark(dir, number, nil, func(m *mark) bool {
		switch {
		case !m.abort:
			if held != nil {
				head = held.Last
			}
			held = &m.frame
		default:
			held = nil
		}
		return true
	})
	if held != nil {
		head = held.Last
	}
	return head, err
}
