package server

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"slices"

	"daycairn/backend"
	"daycairn/backend/line"
)

// export serves a whole collection as one file: the cards one after the other, or one VCALENDAR that holds the
// components of all objects as they are stored. It has no entity tag: it is made anew each time.
func (x *exchange) export() error {
	b := &batch{at: x.target}
	name := ""
	err := x.view(func(rd backend.Reader) error {
		b.items = b.items[:0]
		res, err := x.load(rd, x.target, needStored)
		if err != nil {
			return err
		}
		b.coll = res.coll
		if xml := res.storedProperty(dav("displayname")); xml != nil {
			name = elementText(xml)
		}
		for it, err := range rd.Items(res.coll.ID, backend.Query{}) {
			if err != nil {
				return err
			}
			b.items = append(b.items, it)
		}
		return nil
	})
	if err != nil {
		return err
	}
	x.attach(x.target.slug+x.target.family.suffix, x.target.family.contentType())
	x.w.WriteHeader(http.StatusOK)
	if x.r.Method == http.MethodHead {
		return nil
	}
	if kindBook.has(x.target.kind) {
		return x.exportBodies(b, appendCard)
	}
	if _, err := x.w.Write(exportHead(name)); err != nil {
		return err
	}
	zones := make(zoneNames)
	err = x.exportBodies(b, func(dst, body []byte) []byte { return appendObject(dst, body, zones) })
	if err != nil {
		return err
	}
	_, err = x.w.Write([]byte("END:VCALENDAR\r\n"))
	return err
}

// exportBodies writes what render makes of each body. A damaged one cuts the answer: a short file must not look like
// a whole one.
func (x *exchange) exportBodies(b *batch, render func(dst, body []byte) []byte) error {
	var buf []byte
	for st := (stretch{batch: b}); st.to < len(b.items); {
		if err := x.next(&st, wants{bodies: true}); err != nil {
			return err
		}
		for i := st.from; i < st.to; i++ {
			body, ok := st.bodies[b.items[i].Body]
			if !ok {
				return backend.ErrDamaged
			}
			buf = render(buf[:0], body)
			if _, err := x.w.Write(buf); err != nil {
				return err
			}
		}
	}
	return nil
}

// exportHead opens the file. X-WR-CALNAME is what programs call the calendar by.
func exportHead(name string) []byte {
	b := []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//daycairn//daycairn//EN\r\n")
	if name == "" {
		return b
	}
	return line.Append(b, "X-WR-CALNAME", nil, []byte(line.Escape(name)))
}

// appendCard appends a card, and the line ending that its last line may lack.
func appendCard(dst, body []byte) []byte {
	dst = append(dst, bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))...)
	return endLine(dst)
}

// appendObject appends what stands in the VCALENDAR of a body, byte for byte; of time zones with one name the
// first stays. A body that cannot be read is left out: in the middle of the file it would break the others.
func appendObject(dst, body []byte, zones zoneNames) []byte {
	doc, err := line.Parse(body)
	if err != nil {
		return dst
	}
	for _, root := range doc.Components {
		for _, c := range root.Children {
			if c.Name == "VTIMEZONE" {
				var id []byte
				if i := slices.IndexFunc(c.Lines, func(l line.Line) bool { return l.Name == "TZID" }); i >= 0 {
					id = c.Lines[i].Value
				}
				if zones.has(id) {
					continue
				}
			}
			dst = endLine(append(dst, doc.Source[c.Start:c.End]...))
		}
	}
	return dst
}

// zoneNames are the time zones that a file has, by the hash of their name.
type zoneNames map[[sha256.Size]byte]bool

// maxZones bounds how many are remembered. Beyond it they stand in the file again, which does no harm.
const maxZones = 10_000

// has tells whether a zone was there before, and remembers it.
func (z zoneNames) has(id []byte) bool {
	key := sha256.Sum256(id)
	if !z[key] && len(z) < maxZones {
		z[key] = true
		return false
	}
	return z[key]
}

func endLine(b []byte) []byte {
	if len(b) == 0 || b[len(b)-1] == '\n' || b[len(b)-1] == '\r' {
		return b
	}
	return append(b, "\r\n"...)
}
