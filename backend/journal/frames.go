package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"daycairn/backend"
)

// Frames yields the frames that count and end above a version, oldest first. It reads the files as they are when it
// begins; frames appended meanwhile may or may not come.
func (j *Journal) Frames(after int64) iter.Seq2[backend.Frame, error] {
	return func(yield func(backend.Frame, error) bool) {
		list, err := segments(j.dir)
		if err == nil {
			list, err = j.from(list, after)
		}
		if err != nil {
			yield(backend.Frame{}, err)
			return
		}
		var held *backend.Frame // the newest frame, until we know that no abort follows
		more := true
		var chain *[32]byte
		for i, n := range list {
			var end [32]byte
			err := eachMark(j.dir, n, chain, func(m *mark) bool {
				end = m.chain
				out := held
				held = nil
				if m.abort {
					return true
				}
				if out != nil && out.Last > after {
					more = yield(*out, nil)
				}
				f := m.frame
				held = &f
				return more
			})
			if !more {
				return
			}
			if errors.Is(err, errTorn) && i == len(list)-1 {
				err = nil // being written, or cut short by a crash
			}
			if err != nil {
				yield(backend.Frame{}, err)
				return
			}
			if end != ([32]byte{}) {
				chain = &end
			}
		}
		if held != nil && held.Last > after {
			yield(*held, nil)
		}
	}
}

// eachMark reads one segment. With a chain the segment must continue it.
func eachMark(dir string, number uint32, chain *[32]byte, fn func(*mark) bool) error {
	s, err := openSegment(dir, number)
	if err != nil {
		return err
	}
	defer s.close()
	if chain != nil && s.chain != *chain {
		return fmt.Errorf("%w: segment %s does not continue the one before", ErrDamaged, segmentName(number))
	}
	for {
		m, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !fn(m) {
			return nil
		}
	}
}

// from drops the segments that end at or below a version.
func (j *Journal) from(list []uint32, after int64) ([]uint32, error) {
	for len(list) > 1 {
		if list[1] != list[0]+1 {
			return nil, fmt.Errorf("%w: segment %s is missing", ErrDamaged, segmentName(list[0]+1))
		}
		first, err := firstOf(j.dir, list[1])
		if err != nil {
			return nil, err
		}
		if first == 0 || first > after+1 {
			break
		}
		list = list[1:]
	}
	for i := 1; i < len(list); i++ {
		if list[i] != list[i-1]+1 {
			return nil, fmt.Errorf("%w: segment %s is missing", ErrDamaged, segmentName(list[i-1]+1))
		}
	}
	return list, nil
}

// firstOf is the first version of a segment, 0 if it has no frame.
func firstOf(dir string, number uint32) (int64, error) {
	s, err := openSegment(dir, number)
	if err != nil {
		return 0, err
	}
	defer s.close()
	if s.size < int64(segmentHeader+frameHeader) {
		return 0, nil
	}
	var head [frameHeader]byte
	if _, err := io.ReadFull(s.r, head[:]); err != nil {
		return 0, err
	}
	h, ok := parseHeader(head[:])
	if !ok {
		return 0, fmt.Errorf("%w: first frame of segment %s", ErrDamaged, segmentName(number))
	}
	return h.first, nil
}

// indexMark finds the next place where a frame may begin.
func indexMark(b []byte) int {
	i, k := bytes.Index(b, []byte(markFrame)), bytes.Index(b, []byte(markAbort))
	if i < 0 || k >= 0 && k < i {
		return k
	}
	return i
}
