package server

import "daycairn/server/davxml"

// RFC 6352 §6.2 and §7.1, and Apple's own card.
func init() {
	register(
		property{name: carddav("addressbook-description"), kinds: kindBook, needs: needStored, get: stored(carddav("addressbook-description")), set: checkText},
		property{name: carddav("supported-address-data"), kinds: kindBook, always: true, get: supportedAddressData},
		property{name: carddav("supported-collation-set"), kinds: kindBook | kindCardHome, fixed: true, get: collations(carddav("supported-collation-set"), carddav("supported-collation"))},
		property{name: carddav("max-resource-size"), kinds: kindBook | kindCardHome, fixed: true, get: maxResource(carddav("max-resource-size"))},
		// An image is within its card.
		property{name: carddav("max-image-size"), kinds: kindBook | kindCardHome, fixed: true, get: maxResource(carddav("max-image-size"))},
		property{name: carddav("principal-address"), kinds: kindPrincipal, needs: needStored, get: stored(carddav("principal-address")), set: checkHref},
		property{name: carddav("address-data"), kinds: kindCard, needs: needBody, get: shown(carddav("address-data")), ask: askAddressData},
		property{name: cs("me-card"), kinds: kindCardHome, needs: needStored, get: stored(cs("me-card")), set: checkHref},
	)
}

// supportedAddressData offers version 4.0 only where it is used: DAVx5 and GNOME would rewrite 3.0 cards, and Apple's
// contacts read no others (design §5).
func supportedAddressData(w *davxml.Writer, _ *exchange, res *resource) bool {
	w.Open(carddav("supported-address-data"))
	w.Empty(carddav("address-data-type"), mediaVersion("text/vcard", "3.0")...)
	if res.coll.HasV4 {
		w.Empty(carddav("address-data-type"), mediaVersion("text/vcard", "4.0")...)
	}
	w.Close(carddav("supported-address-data"))
	return true
}
