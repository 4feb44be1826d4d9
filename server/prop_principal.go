package server

import (
	"strings"

	"daycairn/server/davxml"
)

// Who one is and what one may: RFC 3744 §4 and §5, RFC 5397, and what CalDAV and CardDAV say of principals. Discovery
// asks for the homes wherever it happens to be (clients.md A1, A2), so every resource tells them.
func init() {
	self := func(n davxml.Name) getter { // of whoever asks: nobody sees another's resources
		return func(w *davxml.Writer, x *exchange, _ *resource) bool {
			w.Open(n)
			x.appendSelf(w)
			w.Close(n)
			return true
		}
	}
	register(
		property{name: dav("current-user-principal"), kinds: kindAny, fixed: true, get: self(dav("current-user-principal"))},
		property{name: dav("principal-URL"), kinds: kindAny, fixed: true, get: self(dav("principal-URL"))},
		property{name: dav("principal-collection-set"), kinds: kindAny, fixed: true, get: principalCollections},
		property{name: dav("owner"), kinds: kindAny &^ kindFolder, fixed: true, get: self(dav("owner"))},
		property{name: dav("group"), kinds: kindAny &^ kindFolder, fixed: true, get: empty(dav("group"))},
		property{name: dav("current-user-privilege-set"), kinds: kindAny, fixed: true, get: currentPrivileges},
		property{name: dav("supported-privilege-set"), kinds: kindAny, fixed: true, get: supportedPrivileges},
		property{name: dav("acl"), kinds: kindAny, fixed: true, get: acl},
		property{name: dav("acl-restrictions"), kinds: kindAny, fixed: true, get: aclRestrictions},
		property{name: dav("inherited-acl-set"), kinds: kindAny, fixed: true, get: empty(dav("inherited-acl-set"))},

		property{name: dav("alternate-URI-set"), kinds: kindPrincipal, fixed: true, get: empty(dav("alternate-URI-set"))},
		property{name: dav("group-member-set"), kinds: kindPrincipal, fixed: true, get: empty(dav("group-member-set"))},
		property{name: dav("group-membership"), kinds: kindPrincipal, fixed: true, get: empty(dav("group-membership"))},

		property{name: caldav("calendar-home-set"), kinds: kindAny, fixed: true, get: home(caldav("calendar-home-set"), &families[0])},
		property{name: carddav("addressbook-home-set"), kinds: kindAny, fixed: true, get: home(carddav("addressbook-home-set"), &families[1])},
		property{name: caldav("calendar-user-address-set"), kinds: kindPrincipal, always: true, needs: needAddresses, get: userAddresses},
		property{name: caldav("calendar-user-type"), kinds: kindPrincipal, fixed: true, get: userType},
		property{name: cs("email-address-set"), kinds: kindPrincipal, always: true, needs: needAddresses, get: emailAddresses},
		// Nobody stands in for anybody yet: nobody is in the lists.
		property{name: cs("calendar-proxy-read-for"), kinds: kindPrincipal, fixed: true, get: empty(cs("calendar-proxy-read-for"))},
		property{name: cs("calendar-proxy-write-for"), kinds: kindPrincipal, fixed: true, get: empty(cs("calendar-proxy-write-for"))},
	)
}

func cs(local string) davxml.Name { return davxml.Name{Space: davxml.CalendarServer, Local: local} }

func principalCollections(w *davxml.Writer, x *exchange, _ *resource) bool {
	w.Open(dav("principal-collection-set"))
	x.appendHref(w, target{kind: kindPrincipals})
	w.Close(dav("principal-collection-set"))
	return true
}

// aclRestrictions is RFC 3744 §5.6: what an ACL could not hold.
func aclRestrictions(w *davxml.Writer, _ *exchange, _ *resource) bool {
	w.Open(dav("acl-restrictions"))
	w.Empty(dav("grant-only"))
	w.Empty(dav("no-invert"))
	w.Close(dav("acl-restrictions"))
	return true
}

// home is a home set: one href.
func home(n davxml.Name, f *family) getter {
	return func(w *davxml.Writer, x *exchange, _ *resource) bool {
		w.Open(n)
		x.appendHref(w, homeTarget(f.kind, x.who.Principal.Slug))
		w.Close(n)
		return true
	}
}

// userAddresses is RFC 4791's and RFC 6638 §2.4.1's: mail addresses first, lower case, which Thunderbird and Outlook
// compare as text.
func userAddresses(w *davxml.Writer, x *exchange, res *resource) bool {
	w.Open(caldav("calendar-user-address-set"))
	for _, a := range res.addresses {
		w.Element(dav("href"), calendarAddress(a))
	}
	x.appendSelf(w)
	w.Element(dav("href"), "urn:uuid:"+x.who.Principal.UUID)
	w.Close(caldav("calendar-user-address-set"))
	return true
}

// calendarAddress makes a URI of an address that was given as bare mail address.
func calendarAddress(a string) string {
	if !strings.Contains(a, ":") {
		a = "mailto:" + a
	}
	if len(a) > 7 && strings.EqualFold(a[:7], "mailto:") {
		a = strings.ToLower(a)
	}
	return a
}

func userType(w *davxml.Writer, _ *exchange, _ *resource) bool {
	w.Element(caldav("calendar-user-type"), "INDIVIDUAL")
	return true
}

func emailAddresses(w *davxml.Writer, _ *exchange, res *resource) bool {
	w.Open(cs("email-address-set"))
	for _, a := range res.addresses {
		if mail, ok := strings.CutPrefix(calendarAddress(a), "mailto:"); ok {
			w.Element(cs("email-address"), mail)
		}
	}
	w.Close(cs("email-address-set"))
	return true
}
