package ics

import (
	"slices"
	"strings"
	"testing"
)

func TestTexts(t *testing.T) {
	cal := mustParse(t, event("SUMMARY:Tea\\, coffee", "DTSTART:20240101T090000Z", "DESCRIPTION:", "LOCATION:"+strings.Repeat("x", maxText+1),
		"ATTACH;VALUE=BINARY;ENCODING=BASE64:AAAA", "X-NOTE;LANGUAGE=en:one\\ntwo", "BEGIN:VALARM", "TRIGGER:-PT5M", "DESCRIPTION:Wake up", "END:VALARM"))
	var got []string
	for name, text := range cal.Texts() {
		got = append(got, name+"="+text)
	}
	want := []string{"UID=1", "SUMMARY=Tea, coffee", "X-NOTE=one\ntwo", "DESCRIPTION=Wake up"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for range cal.Texts() {
		break
	}
}
