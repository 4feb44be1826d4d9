package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"daycairn/backend"
)

const (
	segmentMagic  = "daycairn journal\n"
	formatVersion = 1
	segmentHeader = len(segmentMagic) + 1 + 4 + 32 + 4
	frameHeader   = 4 + 4 + 8 + 8 + 32 + 4 + 4

	// MaxPayload bounds a frame.
	MaxPayload = 1 << 30
)

// Marks of what a frame is.
const (
	markFrame = "FRME"
	markAbort = "ABRT"
)

var (
	// ErrDamaged: bytes of the journal are not what was written.
	ErrDamaged = errors.New("journal is damaged")
	// errTorn: the file ends in the middle of a frame.
	errTorn = errors.New("torn frame")

	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// A mark is a frame or an abort as it stands in a segment.
type mark struct {
	abort bool
	frame backend.Frame
	chain [32]byte
	size  int64 // with its header
}

// appendHeader adds the header of a mark and gives the chain behind it.
func appendHeader(b []byte, previous [32]byte, kind string, f backend.Frame) ([]byte, [32]byte) {
	start := len(b)
	b = append(b, kind...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(f.Payload)))
	b = binary.BigEndian.AppendUint64(b, uint64(f.First))
	b = binary.BigEndian.AppendUint64(b, uint64(f.Last))
	chain := link(previous, b[start:], f.Payload)
	b = append(b, chain[:]...)
	b = binary.BigEndian.AppendUint32(b, crc32.Checksum(f.Payload, castagnoli))
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli)), chain
}

func link(previous [32]byte, head, payload []byte) (sum [32]byte) {
	h := sha256.New()
	h.Write(previous[:])
	h.Write(head)
	h.Write(payload)
	h.Sum(sum[:0])
	return sum
}

// A header is the first part of a mark, checked by itself: its length can be believed.
type header struct {
	abort       bool
	length      int64
	first, last int64
	chain       [32]byte
	crc         uint32 // of the payload
}

func parseHeader(b []byte) (h header, ok bool) {
	const signed = frameHeader - 4
	if len(b) < frameHeader || crc32.Checksum(b[:signed], castagnoli) != binary.BigEndian.Uint32(b[signed:]) {
		return h, false
	}
	kind := string(b[:4])
	h.abort = kind == markAbort
	h.length = int64(binary.BigEndian.Uint32(b[4:]))
	h.first = int64(binary.BigEndian.Uint64(b[8:]))
	h.last = int64(binary.BigEndian.Uint64(b[16:]))
	copy(h.chain[:], b[24:])
	h.crc = binary.BigEndian.Uint32(b[56:])
	return h, (kind == markFrame || h.abort) && h.length <= MaxPayload
}

// readMark reads the next mark. left is how many bytes the file has from here; io.EOF when that is none. A payload that
// is not what was written gives its mark and ErrDamaged.
func readMark(r io.Reader, left int64, previous [32]byte) (*mark, error) {
	if left == 0 {
		return nil, io.EOF
	}
	if left < int64(frameHeader) {
		return nil, errTorn
	}
	var head [frameHeader]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	h, ok := parseHeader(head[:])
	if !ok {
		return nil, fmt.Errorf("%w: no frame here", ErrDamaged)
	}
	if h.length > left-int64(frameHeader) {
		return nil, errTorn
	}
	m := &mark{abort: h.abort, chain: h.chain, size: int64(frameHeader) + h.length}
	m.frame = backend.Frame{First: h.first, Last: h.last, Payload: make([]byte, h.length)}
	if _, err := io.ReadFull(r, m.frame.Payload); err != nil {
		return nil, err
	}
	if crc32.Checksum(m.frame.Payload, castagnoli) != h.crc {
		return m, fmt.Errorf("%w: payload of the frame of version %d", ErrDamaged, h.first)
	}
	if m.chain != link(previous, head[:24], m.frame.Payload) {
		return m, fmt.Errorf("%w: chain at version %d", ErrDamaged, h.first)
	}
	return m, nil
}

func appendSegmentHeader(b []byte, number uint32, chain [32]byte) []byte {
	start := len(b)
	b = append(b, segmentMagic...)
	b = append(b, formatVersion)
	b = binary.BigEndian.AppendUint32(b, number)
	b = append(b, chain[:]...)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

// readSegmentHeader gives the number of a segment and the chain before its first frame.
func readSegmentHeader(r io.Reader) (number uint32, chain [32]byte, err error) {
	var head [segmentHeader]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, chain, errTorn
		}
		return 0, chain, err
	}
	const signed = segmentHeader - 4
	if crc32.Checksum(head[:signed], castagnoli) != binary.BigEndian.Uint32(head[signed:]) ||
		string(head[:len(segmentMagic)]) != segmentMagic {
		return 0, chain, fmt.Errorf("%w: head of a segment", ErrDamaged)
	}
	if v := head[len(segmentMagic)]; v != formatVersion {
		return 0, chain, fmt.Errorf("journal has format %d, this program knows %d", v, formatVersion)
	}
	rest := head[len(segmentMagic)+1:]
	copy(chain[:], rest[4:])
	return binary.BigEndian.Uint32(rest), chain, nil
}
