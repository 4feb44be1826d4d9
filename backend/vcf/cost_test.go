package vcf

import (
	"runtime"
	"strings"
	"testing"
)

// What a conversion allocates grows with the card, whatever its lines repeat.
func TestConvertTakesBoundedMemory(t *testing.T) {
	const n = 1 << 20
	for name, lines := range map[string]string{
		"types":      `ADR;TYPE="` + strings.Repeat("a,", n/2) + `":b`,
		"preferred":  `TEL;PREF=1;TYPE="` + strings.Repeat("pref,", n/5) + `":b`,
		"a picture":  "PHOTO;ENCODING=b;TYPE=JPEG:" + strings.Repeat("A", n),
		"a data URI": "PHOTO:data:image/jpeg;base64," + strings.Repeat("A", n),
		"names":      "N:" + strings.Repeat("a,", n/2),
		"printable":  "NOTE;ENCODING=QUOTED-PRINTABLE:" + strings.Repeat("=41", n/3),
		"addresses":  strings.Repeat("ADR;TYPE=home:b\r\nLABEL;TYPE=home:a\r\n", n/100),
	} {
		for from, to := range map[string]string{V3: V4, V4: V3} {
			body := []byte("BEGIN:VCARD\r\nVERSION:" + from + "\r\nUID:1\r\n" + lines + "\r\nEND:VCARD\r\n")
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Convert(body, to)
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got, most := after.TotalAlloc-before.TotalAlloc, uint64(4<<20+60*len(body)); got > most {
				t.Errorf("%s to %s: a card of %d KiB takes %d KiB, want at most %d", name, to, len(body)>>10, got>>10, most>>10)
			}
		}
	}
}
