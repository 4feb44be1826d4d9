package vcf

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"slices"
	"strconv"
	"strings"

	"daycairn/backend/line"
)

// typed names the properties whose TYPE, PREF, CHARSET and ENCODING mean what the RFCs say. Others are
// somebody's own and stay as they are.
var typed = nameSet(`
	FN N NICKNAME PHOTO LOGO SOUND KEY ADR LABEL TEL EMAIL IMPP URL TITLE ROLE ORG NOTE CATEGORIES
	GEO TZ BDAY AGENT RELATED SORT-STRING FBURL CALURI CALADRURI`)

// bareTypes are words of vCard 2.1 that stand without TYPE= in cards that call themselves 3.0.
var bareTypes = nameSet(`
	HOME WORK PREF VOICE FAX CELL PAGER MSG BBS MODEM CAR ISDN VIDEO PCS TEXT TEXTPHONE INTERNET X400
	DOM INTL POSTAL PARCEL JPEG PNG GIF X509 PGP`)

func nameSet(list string) map[string]bool {
	set := make(map[string]bool)
	for _, name := range strings.Fields(list) {
		set[name] = true
	}
	return set
}

// maxTypes bounds the types in one pair of quotes; there are some forty.
const maxTypes = 64

// types returns the values of all TYPE parameters. Real cards also write them bare (TEL;HOME:), and several in one
// pair of quotes (TYPE="HOME,VOICE"); of more than maxTypes there nothing is known.
func types(params []line.Param) []string {
	var all []string
	for _, p := range params {
		switch {
		case p.Name == "TYPE":
			for _, v := range p.Values {
				if strings.Count(v, ",") >= maxTypes {
					all = append(all, v)
					continue
				}
				all = append(all, strings.Split(v, ",")...)
			}
		case len(p.Values) == 0 && bareTypes[p.Name]:
			all = append(all, p.Name)
		}
	}
	return all
}

// setTypes makes values the only types, where the first were.
func (e *edit) setTypes(values []string) {
	isType := func(p line.Param) bool {
		return p.Name == "TYPE" || len(p.Values) == 0 && bareTypes[p.Name]
	}
	at := slices.IndexFunc(e.params, isType)
	if at < 0 {
		at = len(e.params)
	}
	params := slices.DeleteFunc(slices.Clone(e.params), isType)
	if len(values) > 0 {
		params = slices.Insert(params, min(at, len(params)), line.Param{Name: "TYPE", Values: values})
	}
	e.params, e.changed = params, true
}

// without returns values without those that are equal to unwanted but for case.
func without(values []string, unwanted string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return strings.EqualFold(v, unwanted) })
}

// preference returns what PREF says (RFC 6350 §5.3).
func preference(l *line.Line) (int, bool) {
	s, ok := l.Param("PREF")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && 1 <= n && n <= 100
}

// params4 makes TYPE=pref into PREF=1 and takes away what 4.0 knows no more (RFC 6350 Appendix A.2): CHARSET,
// since everything is UTF-8, and quoted-printable.
func params4(_ *conversion, e *edit) {
	unprint(e)
	if charset, ok := e.param("CHARSET"); ok && strings.EqualFold(charset, "UTF-8") {
		e.drop("CHARSET")
	}
	all := types(e.params)
	rest := without(all, "pref")
	if len(rest) == len(all) && !slices.ContainsFunc(e.params, isBareType) {
		return
	}
	e.setTypes(rest)
	if _, ok := e.param("PREF"); !ok && len(rest) < len(all) {
		e.add("PREF", "1")
	}
}

func isBareType(p line.Param) bool { return len(p.Values) == 0 && bareTypes[p.Name] }

// params3 makes the lowest PREF of each property into TYPE=pref, the only preference that 3.0 can tell, and
// writes lists of types without quotes, which readers of 3.0 take for one long type.
func params3(v *conversion, e *edit) {
	all := types(e.params)
	n, preferred := preference(e.line)
	if preferred {
		e.drop("PREF")
		all = without(all, "pref")
		if n == v.best[e.line.Name] {
			all = append(all, "pref")
		}
	}
	if preferred || slices.ContainsFunc(e.params, hasComma) {
		e.setTypes(all)
	}
}

func hasComma(p line.Param) bool {
	return p.Name == "TYPE" && slices.ContainsFunc(p.Values, func(v string) bool { return strings.Contains(v, ",") })
}

// unprint decodes a quoted-printable value, which Outlook and others write in 3.0 as well.
func unprint(e *edit) {
	encoding, _ := e.param("ENCODING")
	if !strings.EqualFold(encoding, "QUOTED-PRINTABLE") {
		return
	}
	text, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(e.value)))
	if err != nil {
		return
	}
	lines := strings.NewReplacer("\r\n", `\n`, "\n", `\n`, "\r", `\n`)
	plain := []byte(lines.Replace(string(text)))
	if hasControl(plain) {
		return
	}
	e.drop("ENCODING")
	e.setValue(plain)
}
