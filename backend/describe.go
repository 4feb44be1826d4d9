package backend

import (
	"errors"

	"daycairn/backend/ics"
	"daycairn/backend/line"
	"daycairn/backend/vcf"
)

// Describe finds the facts of a body: a pure function of the kind and the bytes. The error is an *Invalid that names
// the precondition which the body does not meet (RFC 4791 §5.3.2.1, RFC 6352 §6.3.2.1).
func Describe(kind Kind, body []byte) (Facts, error) {
	switch kind {
	case Calendar:
		return describeCalendar(body)
	case AddressBook:
		return describeCard(body)
	}
	return Facts{}, &Invalid{Condition: "supported-collection", Detail: "no collection of kind " + string(kind)}
}

func describeCalendar(body []byte) (Facts, error) {
	c, err := ics.Parse(body)
	if err == nil {
		err = c.Check()
	}
	if err != nil {
		return Facts{}, invalid(err, ics.ValidData)
	}
	f := Facts{Version: FactsVersion, UID: factsUID(c.UID()), Component: c.Component(), Text: SearchText(c.Doc)}
	spans := c.Spans()
	f.Spans = make([]Span, len(spans))
	for i, s := range spans {
		f.Spans[i] = Span(s)
	}
	return f, nil
}

func describeCard(body []byte) (Facts, error) {
	c, err := vcf.Parse(body)
	if err == nil {
		err = c.Check()
	}
	if err != nil {
		return Facts{}, invalid(err, vcf.ValidAddressData)
	}
	text := SearchText(&line.Document{Components: []*line.Component{{Lines: c.Lines()}}})
	return Facts{Version: FactsVersion, UID: factsUID(c.UID()), Component: "VCARD", Text: text, V4: c.Version() == vcf.V4}, nil
}

// invalid gives a refusal of the packages below our type; another error counts as the given condition.
func invalid(err error, otherwise string) error {
	var calendar *ics.Invalid
	var card *vcf.Invalid
	switch {
	case errors.As(err, &calendar):
		return &Invalid{Condition: calendar.Condition, Detail: calendar.Detail}
	case errors.As(err, &card):
		return &Invalid{Condition: card.Condition, Detail: card.Detail}
	}
	return &Invalid{Condition: otherwise, Detail: err.Error()}
}
