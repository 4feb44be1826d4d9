package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const segmentSuffix = ".log"

func segmentName(number uint32) string { return fmt.Sprintf("%04d%s", number, segmentSuffix) }

// segments lists the numbers of the segments in dir, ascending.
func segments(dir string) ([]uint32, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []uint32
	for _, e := range entries {
		digits, ok := strings.CutSuffix(e.Name(), segmentSuffix)
		n, err := strconv.ParseUint(digits, 10, 32)
		if ok && err == nil && e.Name() == segmentName(uint32(n)) {
			list = append(list, uint32(n))
		}
	}
	slices.Sort(list)
	return list, nil
}

// A segmentReader goes through the marks of one segment.
type segmentReader struct {
	f      *os.File
	r      *bufio.Reader
	number uint32
	size   int64
	at     int64    // offset of the next mark
	chain  [32]byte // before it
	behind int64    // after damage: where the next mark may be
}

func openSegment(dir string, number uint32) (*segmentReader, error) {
	f, err := os.Open(filepath.Join(dir, segmentName(number)))
	if err != nil {
		return nil, err
	}
	s := &segmentReader{f: f, r: bufio.NewReaderSize(f, 64<<10), number: number}
	info, err := f.Stat()
	if err == nil {
		s.size = info.Size()
		var named uint32
		if named, s.chain, err = readSegmentHeader(s.r); err == nil && named != number {
			err = fmt.Errorf("%w: %s is segment %d", ErrDamaged, segmentName(number), named)
		}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("segment %s: %w", segmentName(number), err)
	}
	s.at = int64(segmentHeader)
	return s, nil
}

// next gives the next mark; io.EOF at the end, errTorn where the file ends within a mark.
func (s *segmentReader) next() (*mark, error) {
	m, err := readMark(s.r, s.size-s.at, s.chain)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, errTorn):
		return nil, err
	case err != nil:
		s.behind = s.at + 1
		if m != nil {
			s.behind = s.at + m.size
		}
		return nil, fmt.Errorf("segment %s at %d: %w", segmentName(s.number), s.at, err)
	}
	s.at += m.size
	s.chain = m.chain
	return m, nil
}

func (s *segmentReader) close() error { return s.f.Close() }
