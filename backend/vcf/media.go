package vcf

import (
	"bytes"
	"strings"

	"daycairn/backend/line"
)

// mediaClass is the part of the media type that 3.0 leaves out of TYPE (RFC 2426 §3.1.4, §3.5.3, §3.6.6).
var mediaClass = map[string]string{"PHOTO": "image/", "LOGO": "image/", "SOUND": "audio/", "KEY": "application/"}

// keyTypes are the keys that RFC 2426 §3.7.2 names otherwise than the registry of media types.
var keyTypes = []struct{ short, media string }{
	{"X509", "application/pkix-cert"},
	{"PGP", "application/pgp-keys"},
}

// magic tells the type of a picture whose card does not, by how its base64 begins.
var magic = []struct{ prefix, media string }{
	{"/9j/", "image/jpeg"},
	{"iVBOR", "image/png"},
	{"R0lGOD", "image/gif"},
	{"UklGR", "image/webp"},
}

// media4 makes inline data into a data: URI (RFC 6350 §6.2.4) and the TYPE of the content into its media type.
func media4(_ *conversion, e *edit) {
	var formats, rest []string
	for _, t := range types(e.params) {
		if isContext(t) {
			rest = append(rest, t)
		} else {
			formats = append(formats, t)
		}
	}
	media := ""
	if len(formats) > 0 {
		media = longMedia(e.line.Name, formats[0])
	}
	value := line.Text(e.value)
	switch {
	case hasPrefixFold(value, "data:"):
		media = ""
	case isBase64Param(e.params):
		data, ok := compact(e.value)
		if !ok {
			return
		}
		if media == "" {
			media = sniff(data)
		}
		value, media = "data:"+media+";base64,"+string(data), ""
	case isText(e.params):
		value = string(e.value)
	case isURI(strings.ReplaceAll(value, `\:`, ":")):
		value = strings.ReplaceAll(value, `\:`, ":")
	default:
		return
	}
	e.drop("ENCODING", "BASE64", "B")
	if v, ok := e.param("VALUE"); ok && !strings.EqualFold(v, "text") {
		e.drop("VALUE")
	}
	if len(formats) > 0 {
		e.setTypes(rest)
	}
	if media != "" {
		e.drop("MEDIATYPE")
		e.add("MEDIATYPE", media)
	}
	if value != string(e.value) {
		e.setValue([]byte(value))
	}
}

// media3 makes a data: URI into inline base64, and a media type into TYPE.
func media3(_ *conversion, e *edit) {
	if isBase64Param(e.params) {
		return
	}
	media, _ := e.param("MEDIATYPE")
	value := line.Text(e.value)
	switch {
	case hasPrefixFold(value, "data:"):
		data, of, ok := readDataURI(value)
		if !ok {
			return
		}
		media = of
		e.drop("VALUE", "ENCODING")
		e.add("ENCODING", "b")
		e.setValue(data)
	case isText(e.params):
	case !isURI(value):
		return
	default:
		e.drop("VALUE")
		e.add("VALUE", "uri")
	}
	e.drop("MEDIATYPE")
	if media == "" {
		return
	}
	kept := []string{shortMedia(e.line.Name, media)}
	for _, t := range types(e.params) {
		if isContext(t) {
			kept = append(kept, t)
		}
	}
	e.setTypes(kept)
}

// isContext tells the types that say where something belongs from those that say what it is.
func isContext(t string) bool {
	return strings.EqualFold(t, "home") || strings.EqualFold(t, "work") || strings.EqualFold(t, "pref")
}

// longMedia returns the media type that a TYPE of 3.0 means for a property, "" if it can be none.
func longMedia(name, short string) string {
	for _, k := range keyTypes {
		if strings.EqualFold(short, k.short) && name == "KEY" {
			return k.media
		}
	}
	if !strings.Contains(short, "/") {
		short = mediaClass[name] + short
	}
	if !isMedia(short) {
		return ""
	}
	return strings.ToLower(short)
}

// shortMedia returns the TYPE of 3.0 for a media type.
func shortMedia(name, media string) string {
	for _, k := range keyTypes {
		if strings.EqualFold(media, k.media) && name == "KEY" {
			return k.short
		}
	}
	media = strings.ToLower(media)
	if short, ok := strings.CutPrefix(media, mediaClass[name]); ok && short != "" && !isContext(short) && !strings.Contains(short, "/") {
		return strings.ToUpper(short)
	}
	return media
}

// isMedia reports whether s is type/subtype in the letters of RFC 6838 §4.2.
func isMedia(s string) bool {
	kind, sub, ok := strings.Cut(s, "/")
	return ok && kind != "" && sub != "" && strings.Trim(strings.ToLower(kind+sub), "abcdefghijklmnopqrstuvwxyz0123456789!#$&^_.+-") == ""
}

// sniff names what base64 data is by how it begins.
func sniff(data []byte) string {
	for _, m := range magic {
		if bytes.HasPrefix(data, []byte(m.prefix)) {
			return m.media
		}
	}
	return octets
}

// isBase64Param reports whether the value is said to be base64, in the words of 3.0 or of 2.1.
func isBase64Param(params []line.Param) bool {
	for _, p := range params {
		switch {
		case p.Name == "BASE64" && len(p.Values) == 0, p.Name == "B" && len(p.Values) == 0:
			return true
		case p.Name == "ENCODING" && len(p.Values) > 0:
			return strings.EqualFold(p.Values[0], "b") || strings.EqualFold(p.Values[0], "base64")
		}
	}
	return false
}

func isText(params []line.Param) bool {
	l := line.Line{Params: params}
	v, _ := l.Param("VALUE")
	return strings.EqualFold(v, "text")
}
