package server

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"daycairn/server/davxml"
)

// What every resource has, and what RFC 4918 §15 says of items and collections.
func init() {
	register(
		property{name: dav("resourcetype"), kinds: kindAny, allprop: true, fixed: true, get: resourceType},
		property{name: dav("displayname"), kinds: kindAny &^ kindItem, allprop: true, always: true, needs: needStored, get: displayName, set: checkName},
		property{name: dav("creationdate"), kinds: kindCollection | kindItem | kindPrincipal | kindHome, allprop: true, always: true, get: creationDate},
		property{name: dav("getlastmodified"), kinds: kindCollection | kindItem, allprop: true, always: true, get: lastModified},
		property{name: dav("getcontentlength"), kinds: kindItem, allprop: true, always: true, get: contentLength},
		property{name: dav("getcontenttype"), kinds: kindItem, allprop: true, fixed: true, get: contentType},
		property{name: dav("getetag"), kinds: kindItem, allprop: true, always: true, get: entityTag},
		// Class 2 is not built: nothing is locked, and nothing can be.
		property{name: dav("lockdiscovery"), kinds: kindAny, allprop: true, fixed: true, get: empty(dav("lockdiscovery"))},
		property{name: dav("supportedlock"), kinds: kindAny, allprop: true, fixed: true, get: empty(dav("supportedlock"))},

		property{name: dav("resource-id"), kinds: kindCollection | kindItem | kindPrincipal, always: true, get: resourceID},
		property{name: dav("quota-available-bytes"), kinds: kindHome | kindCollection, needs: needUsage, get: quotaAvailable},
		property{name: dav("quota-used-bytes"), kinds: kindHome | kindCollection, always: true, needs: needUsage, get: quotaUsed},
		property{name: dav("sync-token"), kinds: kindHome | kindCollection, always: true, needs: needMembers, get: syncToken(dav("sync-token"))},
		property{name: dav("add-member"), kinds: kindCollection, always: true, get: addMember},

		property{name: dav("supported-report-set"), kinds: kindAny, fixed: true, get: supportedReports},
		property{name: dav("supported-method-set"), kinds: kindAny, fixed: true, get: supportedMethods},
		property{name: dav("supported-live-property-set"), kinds: kindAny, fixed: true, get: supportedProperties},
	)
}

func resourceType(w *davxml.Writer, _ *exchange, res *resource) bool {
	types := resourceTypes[res.kind]
	if len(types) == 0 {
		w.Empty(dav("resourcetype"))
		return true
	}
	w.Open(dav("resourcetype"))
	for _, n := range types {
		w.Empty(n)
	}
	w.Close(dav("resourcetype"))
	return true
}

// displayName is never absent where there is one (clients.md B1): without a name of the client's it is ours.
func displayName(w *davxml.Writer, x *exchange, res *resource) bool {
	xml := res.storedProperty(dav("displayname"))
	me := &x.who.Principal
	if res.kind == kindPrincipal {
		name := me.DisplayName
		if name == "" {
			name = me.Name
		}
		if xml != nil && elementText(xml) == name { // the client's own, with its language
			w.Raw(xml)
			return true
		}
		w.Element(dav("displayname"), name)
		return true
	}
	if xml != nil {
		w.Raw(xml)
		return true
	}
	name := folderNames[res.kind]
	if res.coll != nil {
		name = res.coll.Slug
	}
	w.Element(dav("displayname"), name)
	return true
}

// maxDisplayName bounds the name of an account, in bytes.
const maxDisplayName = 1 << 10

func checkName(x *exchange, res *resource, el *davxml.Element) error {
	if el != nil && res.kind == kindPrincipal && len(el.Text) > maxDisplayName {
		return errValue
	}
	return checkText(x, res, el)
}

// folderNames are the names of what clients see only in passing.
var folderNames = map[kind]string{
	kindApex: "daycairn", kindRoot: "daycairn", kindPrincipals: "Principals", kindHomes: "Homes",
	kindCalendarHome: "Calendars", kindCardHome: "Address books",
}

func creationDate(w *davxml.Writer, x *exchange, res *resource) bool {
	at := x.who.Principal.Created
	switch {
	case res.item != nil:
		at = res.item.Created
	case res.coll != nil:
		at = res.coll.Created
	}
	var b [32]byte
	w.RawString("<D:creationdate>")
	w.Raw(at.UTC().AppendFormat(b[:0], time.RFC3339))
	w.RawString("</D:creationdate>")
	return true
}

func lastModified(w *davxml.Writer, _ *exchange, res *resource) bool {
	at := res.coll.Modified
	if res.item != nil {
		at = res.item.Modified
	}
	var b [32]byte
	w.RawString("<D:getlastmodified>")
	w.Raw(at.UTC().AppendFormat(b[:0], http.TimeFormat))
	w.RawString("</D:getlastmodified>")
	return true
}

func contentLength(w *davxml.Writer, _ *exchange, res *resource) bool {
	appendNumber(w, dav("getcontentlength"), res.item.Size)
	return true
}

func contentType(w *davxml.Writer, _ *exchange, res *resource) bool {
	w.Element(dav("getcontenttype"), res.family.contentType())
	return true
}

// contentType is the Content-Type of items, which GET says, too.
func (f *family) contentType() string { return f.mediaType + "; charset=utf-8" }

// entityTag writes Item.ETag without a string for each item of a listing.
func entityTag(w *davxml.Writer, _ *exchange, res *resource) bool {
	var b [26]byte
	b[0], b[25] = '"', '"'
	base64.RawURLEncoding.Encode(b[1:25], res.item.Hash[:18])
	w.RawString("<D:getetag>")
	w.Raw(b[:])
	w.RawString("</D:getetag>")
	return true
}

// resourceID is RFC 5842 §3.1.
func resourceID(w *davxml.Writer, x *exchange, res *resource) bool {
	id := x.who.Principal.UUID
	switch {
	case res.item != nil:
		id = res.item.ObjectUUID
	case res.coll != nil:
		id = res.coll.PublicID
	}
	w.RawString("<D:resource-id><D:href>urn:uuid:")
	w.Text(id)
	w.RawString("</D:href></D:resource-id>")
	return true
}

// quotaAvailable is RFC 4331 §3: what the account's history may still grow by. Without a bound there is no number.
func quotaAvailable(w *davxml.Writer, _ *exchange, res *resource) bool {
	if res.usage == nil || res.usage.Allowed == 0 {
		return false
	}
	appendNumber(w, dav("quota-available-bytes"), max(0, res.usage.Allowed-res.usage.History))
	return true
}

func quotaUsed(w *davxml.Writer, _ *exchange, res *resource) bool {
	appendNumber(w, dav("quota-used-bytes"), res.usage.Bytes)
	return true
}

// syncToken gives the state of a listing under a name: DAV:sync-token, and CS:getctag for those who know no other.
func syncToken(n davxml.Name) getter {
	return func(w *davxml.Writer, x *exchange, res *resource) bool {
		w.Element(n, x.syncToken(res))
		return true
	}
}

// addMember is RFC 5995 §3.2: where POST makes a member.
func addMember(w *davxml.Writer, x *exchange, res *resource) bool {
	w.Open(dav("add-member"))
	x.appendHref(w, res.target)
	w.Close(dav("add-member"))
	return true
}

// empty is a property without a value.
func empty(n davxml.Name) getter {
	return func(w *davxml.Writer, _ *exchange, _ *resource) bool {
		w.Empty(n)
		return true
	}
}

func appendNumber(w *davxml.Writer, n davxml.Name, v int64) {
	var b [20]byte
	w.Open(n)
	w.Raw(appendInt(b[:0], v))
	w.Close(n)
}

func appendInt(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }
