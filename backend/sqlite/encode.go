package sqlite

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"daycairn/backend"
)

// frameVersion is the first byte of a frame's payload; the records follow, one after the other.
const frameVersion = 1

var errFrame = errors.New("frame of the journal is not readable")

// appendRecord encodes a record. decodeRecord is its inverse, but for Facts.
func appendRecord(b []byte, r *record) []byte {
	for _, n := range [...]int64{
		r.ID, r.micros(), r.Principal, r.Actor.Principal, r.Actor.Credential,
		r.Collection, r.Object, r.Item, r.Seq, r.Body,
	} {
		b = binary.AppendVarint(b, n)
	}
	for _, s := range [...]string{string(r.Event), r.Name, r.Actor.Agent} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, f := range [...][]byte{r.Salt, r.Payload, r.Hash[:], r.Chain[:], r.Root[:]} {
		b = binary.AppendUvarint(b, uint64(len(f)))
		b = append(b, f...)
	}
	if r.Bytes == nil {
		return append(b, 0)
	}
	b = append(b, 1)
	b = binary.AppendUvarint(b, uint64(len(r.Bytes)))
	return append(b, r.Bytes...)
}

// A decoder reads fields off the front; the first error stays.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) fail() { d.rest, d.err = nil, errFrame }

func (d *decoder) int() int64 {
	n, size := binary.Varint(d.rest)
	if size <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

func (d *decoder) byte() byte {
	if len(d.rest) == 0 {
		d.fail()
		return 0
	}
	c := d.rest[0]
	d.rest = d.rest[1:]
	return c
}

func (d *decoder) field() []byte {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > uint64(len(d.rest)-size) {
		d.fail()
		return nil
	}
	f := d.rest[size : size+int(n)]
	d.rest = d.rest[size+int(n):]
	return f
}

func (d *decoder) sum(out *[32]byte) {
	if f := d.field(); d.err == nil && copy(out[:], f) != len(out) {
		d.fail()
	}
}

// decodeFrame gives the records of a frame; their bytes stay those of payload.
func decodeFrame(payload []byte) ([]*record, error) {
	d := &decoder{rest: payload}
	if v := d.byte(); d.err != nil || v != frameVersion {
		return nil, fmt.Errorf("%w: version %d", errFrame, v)
	}
	var list []*record
	for len(d.rest) > 0 {
		r, err := decodeRecord(d)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

func decodeRecord(d *decoder) (*record, error) {
	r := &record{}
	r.ID = d.int()
	r.setMicros(d.int())
	for _, p := range [...]*int64{
		&r.Principal, &r.Actor.Principal, &r.Actor.Credential, &r.Collection, &r.Object, &r.Item, &r.Seq, &r.Body,
	} {
		*p = d.int()
	}
	r.Event = backend.Event(d.field())
	r.Name = string(d.field())
	r.Actor.Agent = string(d.field())
	r.Salt = d.field()
	r.Payload = d.field()
	d.sum(&r.Hash)
	d.sum(&r.Chain)
	d.sum(&r.Root)
	if d.byte() == 1 && d.err == nil {
		r.Bytes = d.field()
	}
	if d.err != nil {
		return nil, d.err
	}
	if err := json.Unmarshal(r.Payload, &r.Detail); err != nil {
		return nil, fmt.Errorf("%w: version %d: %w", errFrame, r.ID, err)
	}
	return r, nil
}
