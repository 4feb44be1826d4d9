package server

import (
	"errors"
	"net/http"
	"unicode/utf8"

	"daycairn/backend/ics"
	"daycairn/backend/vcf"
	"daycairn/server/davxml"
)

// shown gives what a report shows of a body as text; what XML cannot carry is replaced in it. A body that is damaged is
// absent, and its item stays listed (clients.md C3.4).
func shown(n davxml.Name) getter {
	return func(w *davxml.Writer, _ *exchange, res *resource) bool {
		if res.body == nil {
			return false
		}
		w.Open(n)
		for text := res.shown; len(text) > 0; {
			piece := text[:pieceOf(text)]
			w.TextBytes(piece)
			text = text[len(piece):]
		}
		w.Close(n)
		return true
	}
}

// maxPiece bounds what is escaped at a time, so that an answer's buffer does not grow to the size of a body.
const maxPiece = 32 << 10

// pieceOf is the length of the next piece, which ends between characters.
func pieceOf(text []byte) int {
	if len(text) <= maxPiece {
		return len(text)
	}
	for n := maxPiece; n > maxPiece-utf8.UTFMax; n-- {
		if utf8.RuneStart(text[n]) {
			return n
		}
	}
	return maxPiece // no character is so long: these bytes are replaced one by one
}

// maxExpansion bounds the bytes of one object's instances: they are held while they are written.
const maxExpansion = 8 << 20

// askCalendarData compiles CALDAV:calendar-data. An expansion beyond its limits is refused for its object alone.
func askCalendarData(el *davxml.Element) (shape, error) {
	d, err := parseCalendarData(el)
	if err != nil {
		return nil, err
	}
	return func(x *exchange, res *resource) ([]byte, error) {
		body, err := d.render(res.body, res.zone, ics.Limit{Instances: x.limits.Instances, Bytes: maxExpansion})
		if err != nil { // a part of the instances would look like all of them
			return nil, because(violated(http.StatusForbidden, dav("number-of-matches-within-limits")), err)
		}
		return body, nil
	}, nil
}

// askAddressData compiles CARDDAV:address-data.
func askAddressData(el *davxml.Element) (shape, error) {
	d, err := parseAddressData(el)
	if err != nil {
		return nil, err
	}
	return func(_ *exchange, res *resource) ([]byte, error) {
		body, err := d.render(res.body)
		if invalid := new(vcf.Invalid); errors.As(err, &invalid) {
			refusal := violated(http.StatusUnsupportedMediaType, carddav("supported-address-data-conversion"))
			return nil, because(refusal, err)
		}
		return body, err
	}, nil
}
