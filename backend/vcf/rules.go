package vcf

import (
	"strings"

	"daycairn/backend/line"
)

// rules4 says what becomes of the properties of a 3.0 card in 4.0. What is not here stays as it is written.
var rules4 = map[string]func(*conversion, *edit){
	"PHOTO":       media4,
	"LOGO":        media4,
	"SOUND":       media4,
	"KEY":         media4,
	"BDAY":        date4,
	"ANNIVERSARY": date4,
	"REV":         date4,
	"GEO":         geo4,
	"TZ":          zone4,
	"URL":         link4,
	"ADR":         address4,
	"LABEL":       label4,
	"N":           name4,
	"SORT-STRING": sorting4,
	"AGENT":       agent4,

	"X-ANNIVERSARY":                anniversary4,
	"X-EVOLUTION-ANNIVERSARY":      anniversary4,
	"X-KADDRESSBOOK-X-ANNIVERSARY": anniversary4,
	"X-ADDRESSBOOKSERVER-KIND":     kind4,
	"X-ADDRESSBOOKSERVER-MEMBER":   rename("MEMBER"),
	"X-ABSHOWAS":                   showAs4,
}

// rules3 says what becomes of the properties of a 4.0 card in 3.0.
var rules3 = map[string]func(*conversion, *edit){
	"PHOTO":       media3,
	"LOGO":        media3,
	"SOUND":       media3,
	"KEY":         media3,
	"BDAY":        date3,
	"ANNIVERSARY": anniversary3,
	"REV":         revision3,
	"GEO":         geo3,
	"TZ":          zone3,
	"TEL":         phone3,
	"ADR":         address3,
	"N":           name3,
	"RELATED":     agent3,
	"KIND":        kind3,
	"MEMBER":      rename("X-ADDRESSBOOKSERVER-MEMBER"),
}

// company is how Apple says in 3.0 that a card is an organization's.
const company = "COMPANY"

func rename(name string) func(*conversion, *edit) {
	return func(_ *conversion, e *edit) { e.setName(name) }
}

// kind4 and kind3 carry groups between KIND (RFC 6350 §6.1.4) and Apple's property for it, which keeps them
// groups on both sides.
func kind4(v *conversion, e *edit) {
	if !v.has["KIND"] {
		v.has["KIND"] = true
		e.setName("KIND")
	}
}

func kind3(_ *conversion, e *edit) {
	if strings.EqualFold(strings.TrimSpace(line.Text(e.value)), "org") {
		e.setName("X-ABShowAs")
		e.setValue([]byte(company))
		return
	}
	e.setName("X-ADDRESSBOOKSERVER-KIND")
}

func showAs4(v *conversion, e *edit) {
	if v.has["KIND"] || v.has["X-ADDRESSBOOKSERVER-KIND"] || !strings.EqualFold(string(e.value), company) {
		return
	}
	v.has["KIND"] = true
	e.setName("KIND")
	e.setValue([]byte("org"))
}

// agent4 makes an AGENT that is named by URI into RELATED;TYPE=agent (RFC 6350 §6.6.6). A whole card in the
// value stays what it is: 4.0 has nothing for it.
func agent4(_ *conversion, e *edit) {
	if kind, _ := e.param("VALUE"); !strings.EqualFold(kind, "uri") && !strings.EqualFold(kind, "url") {
		return
	}
	e.setName("RELATED")
	e.drop("VALUE")
	e.setTypes([]string{"agent"})
}

func agent3(_ *conversion, e *edit) {
	all := types(e.params)
	if len(all) != 1 || !strings.EqualFold(all[0], "agent") || isText(e.params) {
		return
	}
	e.setName("AGENT")
	e.setTypes(nil)
	e.drop("VALUE")
	e.add("VALUE", "uri")
}
