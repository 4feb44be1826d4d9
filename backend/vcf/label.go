package vcf

import (
	"slices"
	"strings"

	"daycairn/backend/line"
)

// labels says which LABEL of 3.0 belongs to which ADR, by their places among the lines.
type labels struct {
	ofAddress map[int]*line.Line
	taken     map[int]bool // LABELs that an ADR has
}

// matchLabels finds for each LABEL the ADR that it is the text of (RFC 2426 §3.2.2 ties them by their types only):
// of the same group and types the nearest before it, else the nearest behind, and where there is only one of each,
// those. It takes linear time.
func matchLabels(lines []line.Line) labels {
	m := labels{ofAddress: make(map[int]*line.Line), taken: make(map[int]bool)}
	addresses, waiting := make(map[string]int), make(map[string]int)
	var allAddresses, allLabels []int
	match := func(address, label int) {
		if _, ok := labelText(&lines[label]); ok && writable(&lines[address]) {
			m.ofAddress[address] = &lines[label]
			m.taken[label] = true
		}
	}
	for i := range lines {
		l := &lines[i]
		switch l.Name {
		case "ADR":
			allAddresses = append(allAddresses, i)
			key := addressKey(l)
			if label, ok := waiting[key]; ok {
				match(i, label)
				delete(waiting, key)
				continue
			}
			addresses[key] = i
		case "LABEL":
			allLabels = append(allLabels, i)
			key := addressKey(l)
			if address, ok := addresses[key]; ok {
				match(address, i)
				delete(addresses, key)
				continue
			}
			waiting[key] = i
		}
	}
	if len(allAddresses) == 1 && len(allLabels) == 1 && len(m.taken) == 0 {
		match(allAddresses[0], allLabels[0])
	}
	return m
}

// addressKey is what an ADR and its LABEL have in common.
func addressKey(l *line.Line) string {
	all := types(l.Params)
	for i := range all {
		all[i] = strings.ToLower(all[i])
	}
	slices.Sort(all)
	return strings.ToLower(l.Group) + ":" + strings.Join(slices.Compact(all), ",")
}

// goneTypes are the types of addresses that 4.0 has no more (RFC 6350 Appendix A.2).
var goneTypes = []string{"dom", "intl", "postal", "parcel"}

// address4 takes the LABEL of an address in as its parameter (RFC 6350 §6.3.1).
func address4(v *conversion, e *edit) {
	all := types(e.params)
	rest := all
	for _, gone := range goneTypes {
		rest = without(rest, gone)
	}
	if len(rest) < len(all) {
		e.setTypes(rest)
	}
	label := v.labels.ofAddress[e.index]
	if label == nil {
		return
	}
	text, _ := labelText(label)
	e.drop("LABEL")
	e.add("LABEL", text)
}

// labelText returns what a LABEL says, if a parameter can say it.
func labelText(l *line.Line) (string, bool) {
	e := edit{line: l, params: l.Params, value: l.Value}
	unprint(&e)
	return line.Text(e.value), !hasControl(e.value)
}

// label4 leaves a LABEL out that address4 has taken in. One that belongs to no address stays as it is.
func label4(v *conversion, e *edit) {
	e.dropped = v.labels.taken[e.index]
}

// address3 writes the LABEL of an address as a line of its own behind it, of the same group and types.
func address3(_ *conversion, e *edit) {
	text, ok := e.param("LABEL")
	if !ok {
		return
	}
	name := "LABEL"
	if e.line.Group != "" {
		name = e.line.Group + "." + name
	}
	var params []line.Param
	if all := types(e.params); len(all) > 0 {
		params = []line.Param{{Name: "TYPE", Values: all}}
	}
	if !strings.Contains(text, "\n") {
		// RFC 6350 §6.3.1 shows line ends in the parameter as \n, RFC 6868 as ^n, which is read already.
		text = strings.NewReplacer(`\n`, "\n", `\N`, "\n").Replace(text)
	}
	after := line.Append(nil, name, params, []byte(line.Escape(text)))
	if len(after) == 0 {
		return
	}
	e.after = after
	e.drop("LABEL")
}
