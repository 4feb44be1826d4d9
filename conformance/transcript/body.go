package transcript

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed bodies
var bodies embed.FS

// Body makes one of the named bodies, with its variables filled in: the settings first, then the defaults.
func Body(name string, settings map[string]string) (text, mediaType string, err error) {
	for _, kind := range []struct{ ext, media string }{{".ics", "text/calendar; charset=utf-8"}, {".vcf", "text/vcard; charset=utf-8"}} {
		raw, err := bodies.ReadFile("bodies/" + name + kind.ext)
		if err != nil {
			continue
		}
		given := map[string]string{}
		for k, v := range bodyDefaults {
			given[k] = v
		}
		for k, v := range settings {
			if _, known := bodyDefaults[k]; !known {
				return "", "", fmt.Errorf("body %s: no setting %q", name, k)
			}
			given[k] = v
		}
		filled, err := NewVars(given).Expand(string(raw))
		if err != nil {
			return "", "", fmt.Errorf("body %s: %w", name, err)
		}
		return crlf(filled), kind.media, nil
	}
	return "", "", fmt.Errorf("no body %q", name)
}

// bodyDefaults are the settings that bodies know, and what they are when not given.
var bodyDefaults = map[string]string{
	"uid":     "uid-1",
	"summary": "A summary",
	"start":   "20260105T100000Z",
	"end":     "20260105T110000Z",
	"due":     "20260106T100000Z",
	"rrule":   "FREQ=DAILY;COUNT=3",
	"name":    "A Person",
	"email":   "person@example.com",
}

func crlf(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

// build makes the bytes to send and the media type that goes with them where the transcript names none.
func (b bodySpec) build(v *Vars, mediaType string) ([]byte, string, error) {
	if b.name != "" {
		settings := map[string]string{}
		for k, s := range b.settings {
			filled, err := v.Expand(s)
			if err != nil {
				return nil, "", err
			}
			settings[k] = filled
		}
		text, media, err := Body(b.name, settings)
		if err != nil {
			return nil, "", err
		}
		if b.eol == "lf" {
			text = strings.ReplaceAll(text, "\r\n", "\n")
		}
		return []byte(text), media, nil
	}
	text, err := v.Expand(b.text)
	if err != nil {
		return nil, "", err
	}
	if b.literal {
		return []byte(text), "", nil
	}
	if strings.HasPrefix(text, "<") && mediaType == "" {
		mediaType = "application/xml; charset=utf-8"
	}
	if b.eol == "crlf" || b.eol == "" && strings.HasPrefix(text, "BEGIN:") {
		text = crlf(text)
	}
	return []byte(text), mediaType, nil
}
