package ics

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"daycairn/backend/line"
)

// productID names us in the objects that we make (RFC 5545 §3.7.3).
const productID = "-//daycairn//daycairn//EN"

// FreeBusyReply is the answer to a free-busy-query (RFC 4791 §7.10): a VCALENDAR with one VFREEBUSY
// for the range and its busy periods, merged and cut to the range. An open end of the range is left
// out.
func FreeBusyReply(w Window, periods []Period, stamp time.Time) []byte {
	start, end := w.bounds()
	b := []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" + productID + "\r\nBEGIN:VFREEBUSY\r\n")
	at := appendUTC(nil, stamp.Unix())
	var from, to []byte
	if start != minUnix {
		from = appendUTC(nil, start)
	}
	if end != maxUnix {
		to = appendUTC(nil, end)
	}
	sum := sha256.Sum256(slices.Concat(at, []byte{'/'}, from, []byte{'/'}, to))
	b = line.Append(b, "UID", nil, hex.AppendEncode(nil, sum[:16]))
	b = line.Append(b, "DTSTAMP", nil, at)
	if from != nil {
		b = line.Append(b, "DTSTART", nil, from)
	}
	if to != nil {
		b = line.Append(b, "DTEND", nil, to)
	}
	for _, p := range MergePeriods(slices.Clone(periods)) {
		from, to := max(p.Start.Unix(), start), min(p.End.Unix(), end)
		if from >= to {
			continue
		}
		var params []line.Param
		if p.Type != BusyFirm { // the default
			params = []line.Param{{Name: "FBTYPE", Values: []string{p.Type}}}
		}
		value := appendUTC(append(appendUTC(nil, from), '/'), to)
		b = line.Append(b, "FREEBUSY", params, value)
	}
	return append(b, "END:VFREEBUSY\r\nEND:VCALENDAR\r\n"...)
}
