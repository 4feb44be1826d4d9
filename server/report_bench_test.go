package server

import (
	"fmt"
	"strings"
	"testing"
)

// The requests of an ordinary day, over a calendar of many.

func BenchmarkSyncPoll(b *testing.B) {
	w := newWorld(b)
	w.mustFill(2000)
	body := syncBody(w.mustSync(calendarPath, "", 0).token, 0)
	b.ReportAllocs()
	for b.Loop() {
		w.mustDo(207, "REPORT", calendarPath, body)
	}
}

func BenchmarkSyncFirst(b *testing.B) {
	w := newWorld(b)
	w.mustFill(2000)
	body := syncBody("", 0)
	b.ReportAllocs()
	for b.Loop() {
		w.mustDo(207, "REPORT", calendarPath, body)
	}
}

func BenchmarkMultiget100(b *testing.B) {
	w := newWorld(b)
	w.mustFill(2000)
	var ask []string
	for _, h := range hrefs(b, w.mustDo(207, "PROPFIND", calendarPath, propfind(askType), "Depth: 1")) {
		if h != calendarPath && len(ask) < 100 {
			ask = append(ask, h)
		}
	}
	body := multiget("<D:getetag/><C:calendar-data/>", ask...)
	b.ReportAllocs()
	for b.Loop() {
		w.mustDo(207, "REPORT", calendarPath, body)
	}
}

func BenchmarkQueryRange(b *testing.B) {
	w := newWorld(b)
	for i := range 300 { // half of them in the range
		day := fmt.Sprintf("2026%02d05", 1+i%2)
		w.mustDo(201, "PUT", fmt.Sprintf("%s%d.ics", calendarPath, i), strings.ReplaceAll(event(fmt.Sprint("u", i), "x"), "20260105", day))
	}
	body := calendarQuery(inRange("20260101T000000Z", "20260201T000000Z"), "")
	b.ReportAllocs()
	for b.Loop() {
		w.mustDo(207, "REPORT", calendarPath, body)
	}
}

func BenchmarkPut(b *testing.B) {
	w := newWorld(b)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		w.mustDo(201, "PUT", fmt.Sprintf("%s%d.ics", calendarPath, n), event(fmt.Sprint("u", n), "x"))
	}
}

func BenchmarkGet(b *testing.B) {
	w := newWorld(b)
	w.mustDo(201, "PUT", calendarPath+"1.ics", event("u1", "x"))
	b.ReportAllocs()
	for b.Loop() {
		w.mustDo(200, "GET", calendarPath+"1.ics", "")
	}
}
