package server

import (
	"bytes"
	"errors"
	"net/http"
	"time"

	"daycairn/backend"
	"daycairn/backend/ics"
	"daycairn/server/davxml"
)

// CALDAV:free-busy-query, RFC 4791 §7.10.
func init() {
	reports = append(reports, report{caldav("free-busy-query"), kindCalendarHome | kindCalendar, (*exchange).freeBusy})
}

// maxBusy bounds the periods of one answer.
const maxBusy = 1 << 16

// freeBusy answers when time is taken: with an iCalendar object, not a multistatus.
func (x *exchange) freeBusy(_ *davxml.Element, body *davxml.Decoder) error {
	w, err := x.readFreeBusy(body)
	if err != nil {
		return err
	}
	absent := depth1 // RFC 4791 §7.10 says 0, and no client means it
	if kindHome.has(x.target.kind) {
		absent = depthInfinity
	}
	d, err := x.depth(absent)
	if err != nil {
		return err
	}
	from, to := w.Start.Unix(), w.End.Unix()
	q := backend.Query{Components: []string{"VEVENT", "VFREEBUSY"}, From: &from, To: &to}
	nothing := &plan{x: x} // of the properties
	var batches []*batch
	err = x.view(func(rd backend.Reader) error {
		if batches, err = x.candidates(rd, d, q, nothing); err != nil || !kindHome.has(x.target.kind) {
			return err
		}
		batches, err = x.opaque(rd, batches)
		return err
	})
	if err != nil {
		return err
	}
	var periods []ics.Period
	for _, b := range batches {
		if periods, err = x.busy(b, w, periods); err != nil {
			return err
		}
	}
	hd := x.w.Header()
	hd.Set("Content-Type", "text/calendar; charset=utf-8; component=VFREEBUSY")
	hd.Set("X-Content-Type-Options", "nosniff")
	x.w.WriteHeader(http.StatusOK)
	_, err = x.w.Write(ics.FreeBusyReply(w, periods, x.now()))
	return err
}

// readFreeBusy reads the one time range. It is bounded, as each answer is.
func (x *exchange) readFreeBusy(body *davxml.Decoder) (ics.Window, error) {
	list, err := children(body)
	if err != nil {
		return ics.Window{}, err
	}
	el := childNamed(list, caldav("time-range"))
	if el == nil {
		return ics.Window{}, statusError(http.StatusBadRequest)
	}
	w, err := parseWindow(el)
	if err != nil || w.Start.IsZero() && w.End.IsZero() {
		return w, because(statusError(http.StatusBadRequest), err)
	}
	if w.Start.IsZero() || w.End.IsZero() || w.End.Sub(w.Start) > time.Duration(x.limits.ExpandYears)*366*24*time.Hour {
		return w, violated(http.StatusForbidden, dav("number-of-matches-within-limits"))
	}
	return w, nil
}

// opaque leaves out the calendars of a home that do not take time (RFC 6638 §9.1).
func (x *exchange) opaque(rd backend.Reader, all []*batch) ([]*batch, error) {
	var kept []*batch
	for _, b := range all {
		props, err := rd.Properties(backend.Subject{Collection: b.coll.ID}, backend.PropertyName(caldav("schedule-calendar-transp")))
		if err != nil {
			return nil, err
		}
		res := &resource{stored: props}
		if !transparent(res.storedProperty(caldav("schedule-calendar-transp"))) {
			kept = append(kept, b)
		}
	}
	return kept, nil
}

// transparent reads a stored C:schedule-calendar-transp; none is opaque.
func transparent(xml []byte) bool {
	el, err := davxml.Parse(bytes.NewReader(xml), davxml.Limits{})
	return err == nil && el.Child(caldav("transparent")) != nil
}

// busy appends the busy time of a calendar's objects. What cannot be read takes no time; of a rule that is beyond its
// step budget the part that is known counts.
func (x *exchange) busy(b *batch, w ics.Window, periods []ics.Period) ([]ics.Period, error) {
	for st := (stretch{batch: b}); st.to < len(b.items); {
		if err := x.next(&st, wants{bodies: true, zone: true}); err != nil {
			return nil, err
		}
		for i := st.from; i < st.to; i++ {
			body, ok := st.bodies[b.items[i].Body]
			if !ok { // a wrong "free" would be worse than no answer
				return nil, backend.ErrDamaged
			}
			cal, err := ics.Parse(body)
			if err != nil {
				continue
			}
			more, err := cal.Busy(w, st.zone)
			if err != nil && !errors.Is(err, ics.ErrBudget) {
				return nil, err
			}
			if periods = append(periods, more...); len(periods) > maxBusy {
				if periods = ics.MergePeriods(periods); len(periods) > maxBusy/2 {
					return nil, violated(http.StatusForbidden, dav("number-of-matches-within-limits"))
				}
			}
		}
	}
	return periods, nil
}
