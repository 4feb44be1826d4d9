package ics

import (
	"strings"
	"sync"
)

//go:generate go run zone_tables_gen.go

// maxZoneName bounds the zone names that are looked at; real ones are far shorter.
const maxZoneName = 255

// zoneIndex finds IANA and Windows names whatever their case; it maps to the IANA spelling.
var zoneIndex = sync.OnceValue(func() map[string]string {
	index := make(map[string]string, 1024)
	for windows, iana := range windowsZones {
		index[strings.ToLower(windows)] = iana
	}
	for _, name := range strings.Fields(ianaZones) {
		index[strings.ToLower(name)] = name
	}
	return index
})

// LookupZone finds a zone by a name that a client may use for it: an IANA name, a Windows name
// ("W. Europe Standard Time"), either behind a vendor's prefix
// ("/freeassociation.sourceforge.net/Europe/Berlin"), or an offset ("UTC+01:00", "(GMT+01.00) Rome").
// Case, quotes and blanks around the name do not matter.
func LookupZone(name string) (*Zone, bool) {
	if len(name) > maxZoneName {
		return nil, false
	}
	name = strings.Trim(strings.ReplaceAll(name, `\`, ""), " \t\"'")
	for _, guess := range nameGuesses(name) {
		if iana, ok := zoneIndex()[strings.ToLower(guess)]; ok {
			return loadZone(iana)
		}
	}
	if offset, ok := nameOffset(name); ok {
		return fixedZone(name, offset), true
	}
	return nil, false
}

// nameGuesses are the names that may hide in a TZID, likeliest first.
func nameGuesses(name string) []string {
	guesses := []string{name}
	// Exchange numbers the variants that it makes of a zone.
	if cut := strings.TrimRight(name, "0123456789"); cut != name {
		guesses = append(guesses, strings.TrimRight(cut, " "))
	}
	parts := strings.Split(name, "/")
	for n := min(3, len(parts)-1); n > 0; n-- { // America/Argentina/Buenos_Aires is the longest kind
		guesses = append(guesses, strings.Join(parts[len(parts)-n:], "/"))
	}
	if area, city, ok := strings.Cut(name, "-"); ok && !strings.ContainsAny(name, "/+") {
		guesses = append(guesses, area+"/"+city)
	}
	if city, _, ok := strings.Cut(name, " ("); ok {
		guesses = append(guesses, city)
	}
	return append(guesses, strings.ReplaceAll(name, " ", "_"))
}

// nameOffset reads "UTC+01:00", "GMT-5", "+0100" and "(GMT+01.00) Amsterdam / Berlin".
func nameOffset(name string) (int64, bool) {
	name = strings.ToUpper(name)
	if inner, ok := strings.CutPrefix(name, "("); ok {
		name, _, _ = strings.Cut(inner, ")")
	}
	name = strings.ReplaceAll(strings.TrimSpace(name), ".", ":")
	named := false
	for _, prefix := range []string{"UTC", "GMT", "Z"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			name, named = strings.TrimSpace(rest), true
			break
		}
	}
	if name == "" {
		return 0, named
	}
	if name[0] != '+' && name[0] != '-' {
		return 0, false
	}
	return parseOffset([]byte(name))
}
