package server

import "daycairn/server/davxml"

// A privilege is a row of the tree of RFC 3744 §5.3, listed depth first. Nothing grants or takes one yet: whoever owns a
// resource has all that its kind knows.
type privilege struct {
	name   davxml.Name
	depth  int // under the rows before it
	kinds  kind
	writes bool // not a credential's that may only read
	text   string
}

// Kinds by what can be done to them. Folders are made by nobody.
const (
	kindWritable = kindHome | kindCollection | kindItem
	kindSettable = kindWritable | kindPrincipal // that have properties of clients
)

// privileges, all of them. Items and homes have the whole of write, too: clients look for it (clients.md B1).
var privileges = []privilege{
	{dav("all"), 0, kindWritable, true, "Everything"},
	{dav("read"), 1, kindAny, false, "Read"},
	{dav("read-acl"), 2, kindAny, false, "Read who may do what"},
	{dav("read-current-user-privilege-set"), 2, kindAny, false, "Read what oneself may do"},
	{caldav("read-free-busy"), 2, kindCalDAV, false, "Read when time is taken"},
	{dav("write"), 1, kindWritable, true, "Write"},
	{dav("write-properties"), 2, kindSettable, true, "Write properties"},
	{dav("write-content"), 2, kindWritable, true, "Write content"},
	{dav("bind"), 2, kindWritable, true, "Add members"},
	{dav("unbind"), 2, kindWritable, true, "Remove members"},
}

// currentPrivileges is DAV:current-user-privilege-set, aggregates and parts alike (RFC 3744 §5.4).
func currentPrivileges(w *davxml.Writer, x *exchange, res *resource) bool {
	w.Open(dav("current-user-privilege-set"))
	for i := range privileges {
		if p := &privileges[i]; p.kinds.has(res.kind) && !(p.writes && x.who.ReadOnly) {
			appendPrivilege(w, p.name)
		}
	}
	w.Close(dav("current-user-privilege-set"))
	return true
}

func appendPrivilege(w *davxml.Writer, n davxml.Name) {
	w.Open(dav("privilege"))
	w.Empty(n)
	w.Close(dav("privilege"))
}

// supportedPrivileges is DAV:supported-privilege-set: the tree, cut to what the kind has.
func supportedPrivileges(w *davxml.Writer, _ *exchange, res *resource) bool {
	w.Open(dav("supported-privilege-set"))
	var open []int // depths of the rows whose element is open
	for i := range privileges {
		p := &privileges[i]
		if !p.kinds.has(res.kind) {
			continue
		}
		for len(open) > 0 && open[len(open)-1] >= p.depth {
			w.Close(dav("supported-privilege"))
			open = open[:len(open)-1]
		}
		w.Open(dav("supported-privilege"))
		appendPrivilege(w, p.name)
		w.Open(dav("description"), english)
		w.Text(p.text)
		w.Close(dav("description"))
		open = append(open, p.depth)
	}
	for range open {
		w.Close(dav("supported-privilege"))
	}
	w.Close(dav("supported-privilege-set"))
	return true
}

// english is the language of what the server says to people.
var english = davxml.Attr{Name: davxml.Name{Space: davxml.XML, Local: "lang"}, Value: "en"}

// acl is DAV:acl (RFC 3744 §5.5): the owner has everything, and folders are read by whoever has logged in. Both are
// protected, since there is no ACL method.
func acl(w *davxml.Writer, x *exchange, res *resource) bool {
	w.Open(dav("acl"))
	w.Open(dav("ace"))
	w.Open(dav("principal"))
	if kindFolder.has(res.kind) {
		w.Empty(dav("authenticated"))
	} else {
		x.appendSelf(w)
	}
	w.Close(dav("principal"))
	w.Open(dav("grant"))
	for i := range privileges { // the largest that the kind has: their parts are in them
		if p := &privileges[i]; p.kinds.has(res.kind) && !partOfAnother(i, res.kind) {
			appendPrivilege(w, p.name)
		}
	}
	w.Close(dav("grant"))
	w.Empty(dav("protected"))
	w.Close(dav("ace"))
	w.Close(dav("acl"))
	return true
}

// partOfAnother tells whether a row is in an aggregate that the kind has.
func partOfAnother(i int, k kind) bool {
	depth := privileges[i].depth
	for i--; i >= 0 && depth > 0; i-- {
		if p := &privileges[i]; p.depth < depth {
			if p.kinds.has(k) {
				return true
			}
			depth = p.depth
		}
	}
	return false
}

// appendSelf writes the href of whoever asks.
func (x *exchange) appendSelf(w *davxml.Writer) {
	x.appendHref(w, principalTarget(x.who.Principal.Slug))
}

// appendHref writes a D:href.
func (x *exchange) appendHref(w *davxml.Writer, t target) {
	w.RawString("<D:href>")
	w.TextBytes(x.tree.appendHref(nil, t))
	w.RawString(hrefClose)
}
