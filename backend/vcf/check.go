package vcf

import "fmt"

// The conditions of RFC 6352 that a card can fail.
const (
	ValidAddressData               = "valid-address-data"                // §6.3.2.1: not one good card
	SupportedAddressData           = "supported-address-data"            // §6.3.2.1: a version that we do not keep
	SupportedAddressDataConversion = "supported-address-data-conversion" // §5.1.1: no such version to be had
)

// Invalid says which condition a card fails, and how.
type Invalid struct {
	Condition string // an element in the CardDAV namespace
	Detail    string // for a person
	Err       error  // the cause, where there is one
}

func (e *Invalid) Error() string { return fmt.Sprintf("%s: %s", e.Condition, e.Detail) }
func (e *Invalid) Unwrap() error { return e.Err }

const maxQuoted = 40 // characters of the card that a detail quotes

// Check reports, as an *Invalid, why a book may not hold the card (RFC 6352 §5.1): it is not exactly one
// vCard, has no UID, or is of another version than 3.0 and 4.0. Nothing else is held against a card: clients
// drop what they cannot store, and every line comes back as it was sent.
func (c *Card) Check() error {
	switch {
	case c.cards == 0:
		return &Invalid{Condition: ValidAddressData, Detail: "there is no VCARD in it"}
	case c.cards > 1:
		return &Invalid{Condition: ValidAddressData, Detail: fmt.Sprintf("there are %d cards in it, not one", c.cards)}
	case c.others > 0:
		return &Invalid{Condition: ValidAddressData, Detail: "there is more than a VCARD in it"}
	}
	if v := c.Version(); v != V3 && v != V4 {
		return &Invalid{Condition: SupportedAddressData, Detail: fmt.Sprintf("version %.*q is neither 3.0 nor 4.0", maxQuoted, v)}
	}
	if c.UID() == "" {
		return &Invalid{Condition: ValidAddressData, Detail: "it has no UID"}
	}
	return nil
}
