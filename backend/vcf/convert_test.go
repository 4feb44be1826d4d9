package vcf

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// card makes a card of a version from the lines between VERSION and END.
func card(version, lines string) string {
	return strings.ReplaceAll("BEGIN:VCARD\nVERSION:"+version+"\n"+lines+"\nEND:VCARD\n", "\n", "\r\n")
}

const named = "FN:x\nN:x;;;;\n"

// conversions are lines that say the same in both versions; each row is checked in both directions.
var conversions = []struct{ name, v3, v4 string }{
	{"preference", "TEL;TYPE=home,pref:1", "TEL;TYPE=home;PREF=1:1"},
	{"preference only", "EMAIL;TYPE=pref:a@b", "EMAIL;PREF=1:a@b"},
	{"group and label stay", "item1.TEL;TYPE=pref:1\nitem1.X-ABLabel:_$!<Mobile>!$_", "item1.TEL;PREF=1:1\nitem1.X-ABLabel:_$!<Mobile>!$_"},
	{"no preference", "TEL;type=HOME;type=VOICE:1", "TEL;type=HOME;type=VOICE:1"},
	{"group", "X-ADDRESSBOOKSERVER-KIND:group\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:2",
		"KIND:group\nMEMBER:urn:uuid:1\nMEMBER:urn:uuid:2"},
	{"company", "X-ABShowAs:COMPANY", "KIND:org"},
	{"photo", "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AA=", "PHOTO:data:image/jpeg;base64,/9j/4AA="},
	{"logo by URI", "LOGO;VALUE=uri;TYPE=PNG:https://example.com/a,b.png", "LOGO;MEDIATYPE=image/png:https://example.com/a,b.png"},
	{"sound", "SOUND;ENCODING=b;TYPE=BASIC:AAAA", "SOUND:data:audio/basic;base64,AAAA"},
	{"key", "KEY;ENCODING=b;TYPE=X509:AAAA", "KEY:data:application/pkix-cert;base64,AAAA"},
	{"key as text", "KEY;VALUE=text;TYPE=PGP:-----BEGIN\\nx", "KEY;VALUE=text;MEDIATYPE=application/pgp-keys:-----BEGIN\\nx"},
	{"picture of no known type", "PHOTO;ENCODING=b;TYPE=application/octet-stream:AAAA", "PHOTO:data:application/octet-stream;base64,AAAA"},
	{"preferred photo at work", "PHOTO;TYPE=GIF,work,pref;ENCODING=b:R0lG", "PHOTO;TYPE=work;PREF=1:data:image/gif;base64,R0lG"},
	{"cropped photo", "PHOTO;X-ABCROP-RECTANGLE=Clip_1&0&0&1&1&x==;ENCODING=b;TYPE=JPEG:AAAA",
		"PHOTO;X-ABCROP-RECTANGLE=Clip_1&0&0&1&1&x==:data:image/jpeg;base64,AAAA"},
	{"place", "GEO:46.77;-71.28", "GEO:geo:46.77,-71.28"},
	{"zone", "TZ:-05:00", "TZ;VALUE=utc-offset:-0500"},
	{"zone by name", "TZ;VALUE=text:Europe/Berlin", "TZ:Europe/Berlin"},
	{"birthday", "BDAY:1996-04-15", "BDAY:19960415"},
	{"birthday with time", "BDAY;VALUE=date-time:1996-04-15T20:12:43+04:00", "BDAY:19960415T201243+0400"},
	{"birthday without year", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", "BDAY:--0229"},
	{"birthday in words", "BDAY;VALUE=text:circa 1800", "BDAY;VALUE=text:circa 1800"},
	{"birthday in year and month", "BDAY:1996-04", "BDAY:1996-04"},
	{"no such day", "BDAY:1996-13-41", "BDAY:1996-13-41"},
	{"anniversary", "X-ANNIVERSARY:2009-08-08", "ANNIVERSARY:20090808"},
	{"revision", "REV:1995-10-31T22:27:10Z", "REV:19951031T222710Z"},
	{"address text", "ADR;TYPE=home:;;A 1;B;;;\nLABEL;TYPE=home:A 1\\nB\\, \"C\"", "ADR;TYPE=home;LABEL=\"A 1^nB, ^'C^'\":;;A 1;B;;;"},
	{"texts of several addresses",
		"ADR;TYPE=home:;;1;;;;\nitem1.ADR;TYPE=home:;;2;;;;\nitem1.LABEL;TYPE=home:two\nADR;TYPE=home:;;3;;;;\nLABEL;TYPE=home:three",
		"ADR;TYPE=home:;;1;;;;\nitem1.ADR;TYPE=home;LABEL=two:;;2;;;;\nADR;TYPE=home;LABEL=three:;;3;;;;"},
	{"text of no address", "LABEL;TYPE=home:x\nADR;TYPE=work:;;1;;;;\nADR;TYPE=work:;;2;;;;", "LABEL;TYPE=home:x\nADR;TYPE=work:;;1;;;;\nADR;TYPE=work:;;2;;;;"},
	{"agent by URI", "AGENT;VALUE=uri:urn:uuid:1", "RELATED;TYPE=agent:urn:uuid:1"},
	{"relation", "RELATED;TYPE=friend:urn:uuid:1", "RELATED;TYPE=friend:urn:uuid:1"},
	{"instant messages", "IMPP;X-SERVICE-TYPE=Jabber;TYPE=HOME,pref:xmpp:a@b", "IMPP;X-SERVICE-TYPE=Jabber;TYPE=HOME;PREF=1:xmpp:a@b"},
	{"what nobody knows", "X-FOO;TYPE=pref;bar=\"a,b\":\\;\\\\n\\:x", "X-FOO;TYPE=pref;bar=\"a,b\":\\;\\\\n\\:x"},
	{"no line at all", "just some words", "just some words"},
	{"escapes are not doubled", "NOTE;TYPE=pref:a\\, b\\; c\\\\d\\n", "NOTE;PREF=1:a\\, b\\; c\\\\d\\n"},
}

func TestConvert(t *testing.T) {
	for _, tt := range conversions {
		t.Run(tt.name, func(t *testing.T) {
			v3, v4 := card(V3, named+tt.v3), card(V4, named+tt.v4)
			if d := cmp.Diff(v4, string(mustConvert(t, []byte(v3), V4))); d != "" {
				t.Errorf("3.0 to 4.0 (-want +got):\n%s", d)
			}
			if d := cmp.Diff(v3, string(mustConvert(t, []byte(v4), V3))); d != "" {
				t.Errorf("4.0 to 3.0 (-want +got):\n%s", d)
			}
		})
	}
}

// oneWay are conversions whose way back says it otherwise, or loses something.
var oneWay = []struct{ name, to, from, want string }{
	{"several preferences", V3, "TEL;PREF=2:1\nTEL;PREF=7:2\nTEL:3", "TEL;TYPE=pref:1\nTEL:2\nTEL:3"},
	{"preference that is none", V3, "TEL;PREF=x:1", "TEL;PREF=x:1"},
	{"several TYPE parameters", V4, "TEL;type=CELL;type=VOICE;type=pref:1", "TEL;TYPE=CELL,VOICE;PREF=1:1"},
	{"types in one pair of quotes", V3, "TEL;TYPE=\"work,voice\":1", "TEL;TYPE=work,voice:1"},
	{"bare types", V4, "TEL;HOME;PREF:1", "TEL;TYPE=HOME;PREF=1:1"},
	{"telephone by URI", V3, "TEL;VALUE=uri;PREF=1;TYPE=\"voice,home\":tel:+1-555-555-5555;ext=5555", "TEL;TYPE=voice,home,pref:+1-555-555-5555 x5555"},
	{"telephone by other URI", V3, "TEL;VALUE=uri:sip:a@b", "TEL:sip:a@b"},
	{"base64 with blanks of odd folds", V4, "PHOTO;BASE64:\n  /9j/\n  4AA=", "PHOTO:data:image/jpeg;base64,/9j/4AA="},
	{"photo that is a data URI in 3.0", V4, "PHOTO;ENCODING=b;TYPE=png:data:image/png;base64,iVBOR", "PHOTO:data:image/png;base64,iVBOR"},
	{"data URI with escapes", V3, "PHOTO:data:image/png\\;base64\\,iVBOR", "PHOTO;ENCODING=b;TYPE=PNG:iVBOR"},
	{"data URI in percent signs", V3, "PHOTO:data:image/svg+xml;charset=utf-8,%3Csvg/%3E", "PHOTO;ENCODING=b;TYPE=SVG+XML:PHN2Zy8+"},
	{"data URI that is broken", V3, "PHOTO:data:image/png;base64", "PHOTO:data:image/png;base64"},
	{"base64 that is none", V4, "PHOTO;ENCODING=b;TYPE=PNG:\x1b[31m", "PHOTO;ENCODING=b;TYPE=PNG:\x1b[31m"},
	{"Apple's date parameters", V4, "BDAY;value=date;X-APPLE-OMIT-YEAR=1604:1604-04-15", "BDAY:--0415"},
	{"date of another calendar", V3, "BDAY;CALSCALE=hebrew:57560415", "BDAY;CALSCALE=hebrew:57560415"},
	{"date and time without seconds", V3, "ANNIVERSARY:20090808T1430-0500", "X-ANNIVERSARY;VALUE=date-time:2009-08-08T14:30:00-05:00"},
	{"anniversaries of several clients", V4, "X-EVOLUTION-ANNIVERSARY:1980-03-22\nX-ANNIVERSARY:1980-03-22", "ANNIVERSARY:19800322\nX-ANNIVERSARY:1980-03-22"},
	{"anniversary in 3.0 already", V4, "ANNIVERSARY:2014-08-12\nX-ANNIVERSARY:2014-08-12", "ANNIVERSARY:20140812\nX-ANNIVERSARY:2014-08-12"},
	{"strange revision", V3, "REV;VALUE=timestamp:2016-11-19T17:44:22.057Z", "REV:2016-11-19T17:44:22Z"},
	{"URL as Apple escapes it", V4, "URL;type=pref:http\\://www.example.com/a\\,b", "URL;PREF=1:http://www.example.com/a,b"},
	{"quoted-printable and charset", V4, "NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=A4=0D=0Ab=\nc", "NOTE:ä\\nbc"},
	{"quoted-printable controls", V4, "NOTE;ENCODING=QUOTED-PRINTABLE:=00", "NOTE;ENCODING=QUOTED-PRINTABLE:=00"},
	{"other charset", V4, "NOTE;CHARSET=ISO-8859-1:x", "NOTE;CHARSET=ISO-8859-1:x"},
	{"types that 4.0 has not", V4, "ADR;TYPE=intl,postal,parcel,work:;;;;;;", "ADR;TYPE=work:;;;;;;"},
	{"text with \\n in the parameter", V3, "ADR;LABEL=\"A\\nB\":;;;;;;", "ADR:;;;;;;\nLABEL:A\\nB"},
	{"the only text and the only address", V4, "LABEL;TYPE=home:x\nADR;TYPE=work:;;1;;;;", "ADR;TYPE=work;LABEL=x:;;1;;;;"},
	{"text before its address", V4, "LABEL;TYPE=home:x\nADR;TYPE=home:;;1;;;;\nADR;TYPE=work:;;2;;;;", "ADR;TYPE=home;LABEL=x:;;1;;;;\nADR;TYPE=work:;;2;;;;"},
	{"inline agent", V4, "AGENT:BEGIN:VCARD\\nFN:y\\nEND:VCARD\\n", "AGENT:BEGIN:VCARD\\nFN:y\\nEND:VCARD\\n"},
	{"both kinds", V4, "KIND:group\nX-ADDRESSBOOKSERVER-KIND:group", "KIND:group\nX-ADDRESSBOOKSERVER-KIND:group"},
	{"place with altitude", V3, "GEO:geo:46.77,-71.28,12;u=10", "GEO:46.77;-71.28"},
	{"place that is none", V3, "GEO:geo:here", "GEO:geo:here"},
	{"a control character in a line that changes", V4, "TEL;TYPE=pref:\x00", "TEL;TYPE=pref:\x00"},
}

func TestConvertOneWay(t *testing.T) {
	for _, tt := range oneWay {
		t.Run(tt.name, func(t *testing.T) {
			got := mustConvert(t, []byte(card(opposite(tt.to), named+tt.from)), tt.to)
			if d := cmp.Diff(card(tt.to, named+tt.want), string(got)); d != "" {
				t.Errorf("to %s (-want +got):\n%s", tt.to, d)
			}
		})
	}
}

// wholes are conversions in which more than single lines matter.
var wholes = []struct{ name, to, from, want string }{
	{"N is made from FN", V3, "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:A\\, B\r\nEND:VCARD\r\n",
		"BEGIN:VCARD\r\nVERSION:3.0\r\nN:A\\, B;;;;\r\nX-ADDRESSBOOKSERVER-KIND:group\r\nFN:A\\, B\r\nEND:VCARD\r\n"},
	{"FN is made from N", V4, "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;John;Q.,R.;Dr.;\r\nEND:VCARD\r\n",
		"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Dr. John Q. R. Doe\r\nN:Doe;John;Q.,R.;Dr.;\r\nEND:VCARD\r\n"},
	{"FN is made from the organization", V4, "BEGIN:VCARD\r\nN:;;;;\r\nORG:A\\;B;C\r\nEND:VCARD\r\n",
		"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A\\;B\r\nN:;;;;\r\nORG:A\\;B;C\r\nEND:VCARD\r\n"},
	{"VERSION comes first", V4, "BEGIN:VCARD\r\nFN:x\r\nVERSION:3.0\r\nEND:VCARD\r\n", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:x\r\nEND:VCARD\r\n"},
	{"line endings", V4, "\xEF\xBB\xBFbegin:vcard\nVERSION:3.0\n\nFN:x\rX-A:1\r 2\n\nX-B;QUOTED-PRINTABLE:3=\n\nX-C:4\n\n 5\nEND:VCARD",
		"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:x\r\nX-A:1\r\n 2\r\nX-B;QUOTED-PRINTABLE:3=\r\n\r\nX-C:4\r\n 5\r\nEND:VCARD\r\n"},
	{"sorting to 4.0", V4, "BEGIN:VCARD\r\nVERSION:3.0\r\nSORT-STRING:Harten\\, R\r\nFN:x\r\nN:van der Harten;Rene;;;\r\nEND:VCARD\r\n",
		"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:x\r\nN;SORT-AS=\"Harten, R\":van der Harten;Rene;;;\r\nEND:VCARD\r\n"},
	{"sorting to 3.0", V3, "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:x\r\nN;SORT-AS=\"Harten,Rene\":van der Harten;Rene;;;\r\nEND:VCARD\r\n",
		"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\nN:van der Harten;Rene;;;\r\nSORT-STRING:Harten\\,Rene\r\nEND:VCARD\r\n"},
	{"a card in a card", V4, "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:y\r\nEND:VCARD\r\nNOTE:z\r\nEND:VCARD\r\n",
		"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:x\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:y\r\nEND:VCARD\r\nNOTE:z\r\nEND:VCARD\r\n"},
}

func TestConvertWholes(t *testing.T) {
	for _, tt := range wholes {
		t.Run(tt.name, func(t *testing.T) {
			got := mustConvert(t, []byte(tt.from), tt.to)
			if d := cmp.Diff(tt.want, string(got)); d != "" {
				t.Errorf("to %s (-want +got):\n%s", tt.to, d)
			}
		})
	}
}

func TestConvertRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ body, version string }{
		"unbalanced":    {"BEGIN:VCARD\r\n", V3},
		"no card":       {"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", V3},
		"several cards": {card(V3, named) + card(V3, named), V4},
		"to 2.1":        {card(V3, named), "2.1"},
		"from 2.1":      {card("2.1", named), V3},
	} {
		out, err := Convert([]byte(tt.body), tt.version)
		invalid := new(Invalid)
		if !errors.As(err, &invalid) || invalid.Condition != SupportedAddressDataConversion {
			t.Errorf("%s: %q, %v; want %s", name, out, err, SupportedAddressDataConversion)
		}
	}
}
