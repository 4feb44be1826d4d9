package vcf

import (
	"net/url"
	"regexp"
	"strings"

	"daycairn/backend/line"
)

// coordinates matches latitude and longitude as 3.0 separates them (RFC 2426 §3.4.2) and as a geo: URI does.
var coordinates = regexp.MustCompile(`^\s*([+-]?\d{1,3}(?:\.\d{1,20})?)\s*[;,]\s*([+-]?\d{1,3}(?:\.\d{1,20})?)\s*(?:$|[;,?])`)

// offset matches the zone that TZ names by its distance from UTC.
var offset = regexp.MustCompile(`^([+-])(\d{1,2}):?(\d\d)?$`)

const maxPlace = 200 // a longer value is neither

// geo4 makes coordinates into a geo: URI (RFC 6350 §6.5.2).
func geo4(_ *conversion, e *edit) {
	if m := readPlace(coordinates, line.Text(e.value)); m != nil {
		e.drop("VALUE")
		e.setValue([]byte("geo:" + m[1] + "," + m[2]))
	}
}

// geo3 makes a geo: URI into coordinates.
func geo3(_ *conversion, e *edit) {
	value := line.Text(e.value)
	if !hasPrefixFold(value, "geo:") {
		return
	}
	if m := readPlace(coordinates, value[len("geo:"):]); m != nil {
		e.drop("VALUE")
		e.setValue([]byte(m[1] + ";" + m[2]))
	}
}

// zone4 says of an offset that it is one, since TZ is text in 4.0 (RFC 6350 §6.5.1).
func zone4(_ *conversion, e *edit) {
	m := readPlace(offset, line.Text(e.value))
	switch {
	case m != nil && !isText(e.params):
		e.drop("VALUE")
		e.add("VALUE", "utc-offset")
		e.setValue([]byte(m[1] + pad(m[2]) + pad(m[3])))
	case isText(e.params):
		e.drop("VALUE")
	}
}

// zone3 does the reverse: TZ is an offset in 3.0 unless it is said to be text (RFC 2426 §3.4.1).
func zone3(_ *conversion, e *edit) {
	kind, given := e.param("VALUE")
	m := readPlace(offset, line.Text(e.value))
	switch {
	case m != nil && !isText(e.params):
		e.drop("VALUE")
		e.setValue([]byte(m[1] + pad(m[2]) + ":" + pad(m[3])))
	case !given || strings.EqualFold(kind, "text"):
		e.drop("VALUE")
		e.add("VALUE", "text")
	}
}

func readPlace(form *regexp.Regexp, value string) []string {
	if len(value) > maxPlace {
		return nil
	}
	return form.FindStringSubmatch(value)
}

func pad(digits string) string { return "00"[:2-len(digits)] + digits }

// phone3 makes a tel: URI (RFC 3966) into the number that 3.0 has as text (RFC 2426 §3.3.1), with its extension.
func phone3(_ *conversion, e *edit) {
	if kind, _ := e.param("VALUE"); !strings.EqualFold(kind, "uri") {
		return
	}
	e.drop("VALUE")
	value := line.Text(e.value)
	if !hasPrefixFold(value, "tel:") {
		return
	}
	number, rest, _ := strings.Cut(value[len("tel:"):], ";")
	if plain, err := url.PathUnescape(number); err == nil {
		number = plain
	}
	for part := range strings.SplitSeq(rest, ";") {
		if hasPrefixFold(part, "ext=") {
			number += " x" + part[len("ext="):]
			break
		}
	}
	e.setValue([]byte(line.Escape(number)))
}

// link4 takes away the escapes that Apple and Google put into the URLs of 3.0 (http\://): a URI has none in 4.0.
func link4(_ *conversion, e *edit) {
	if strings.Contains(string(e.value), `\`) {
		e.setValue([]byte(strings.ReplaceAll(line.Text(e.value), `\:`, ":")))
	}
}
