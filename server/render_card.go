package server

import (
	"errors"
	"net/http"

	"daycairn/backend/vcf"
	"daycairn/server/davxml"
)

// An addressData is a compiled CARDDAV:address-data (RFC 6352 §10.4): in which version, and what of a stored card a
// report's answer shows. Nil shows the stored bytes.
type addressData struct {
	version string
	asked   bool       // the client named the version; else it is the default
	props   []vcf.Prop // none: all
}

// parseAddressData compiles address-data.
func parseAddressData(el *davxml.Element) (*addressData, error) {
	version, ok := mediaType(el, "text/vcard", vcf.V3, vcf.V4)
	if !ok {
		return nil, violated(http.StatusForbidden, carddav("supported-address-data"))
	}
	_, asked := el.Attr("version")
	d := &addressData{version: version, asked: asked}
	all := false
	for _, c := range el.Children {
		if c.Name.Space != davxml.CardDAV {
			continue
		}
		switch c.Name.Local {
		case "allprop":
			all = true
		case "prop":
			name, noValue, err := parseProp(c)
			if err != nil {
				return nil, err
			}
			if len(d.props) == maxSelected {
				return nil, errSelection
			}
			d.props = append(d.props, vcf.Prop{Name: name, NoValue: noValue})
		default:
			return nil, errSelection
		}
	}
	if all {
		d.props = nil
	}
	return d, nil
}

// render gives what the answer shows of a card. One that cannot be had in the version that the client named is a
// *vcf.Invalid with the condition supported-address-data-conversion, which the report tells for that card alone
// (§8.7.2). What nobody can read, or nobody asked to convert, is shown as it is: it exists all the same.
func (d *addressData) render(body []byte) ([]byte, error) {
	if d == nil {
		return body, nil
	}
	converted, err := vcf.Convert(body, d.version)
	var invalid *vcf.Invalid
	switch {
	case errors.As(err, &invalid) && (!d.asked || invalid.Err != nil):
		converted = body
	case err != nil:
		return nil, err
	}
	return vcf.Select(converted, d.props), nil
}
