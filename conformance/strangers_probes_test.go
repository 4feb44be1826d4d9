package conformance

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"daycairn/conformance/wire"
)

// encodings are the ways to write one path.
var encodings = []func(*rand.Rand, string) string{
	func(_ *rand.Rand, p string) string { return p },
	func(_ *rand.Rand, p string) string { return p },
	func(r *rand.Rand, p string) string { return escapeSome(r, p, "%%%02X") },
	func(r *rand.Rand, p string) string { return escapeSome(r, p, "%%%02x") },
	func(_ *rand.Rand, p string) string { return escapeAll(p) },
	func(_ *rand.Rand, p string) string { return strings.TrimSuffix(p, "/") },
	func(_ *rand.Rand, p string) string { return p + "/" },
	func(r *rand.Rand, p string) string { return atSlash(r, p, "//") },
	func(r *rand.Rand, p string) string { return atSlash(r, p, "/./") },
	func(r *rand.Rand, p string) string { return atSlash(r, p, "/%2e/") },
	func(r *rand.Rand, p string) string { return atSlash(r, p, "/x/../") },
	func(r *rand.Rand, p string) string { return atSlash(r, p, "/x/%2e%2e/") },
	func(r *rand.Rand, p string) string { return atSlash(r, p, "%2F") },
	func(r *rand.Rand, p string) string { return atSlash(r, p, "%5c") },
	func(_ *rand.Rand, p string) string {
		return strings.Replace(p, "/dav/", "/dav/calendars/stranger0/../../", 1)
	},
	func(_ *rand.Rand, p string) string {
		return strings.Replace(p, "/dav/", "/dav/calendars/stranger0/%2e%2e/%2e%2e/", 1)
	},
	func(_ *rand.Rand, p string) string { return strings.Replace(p, "/dav/", "/DAV/", 1) },
	func(_ *rand.Rand, p string) string {
		return strings.NewReplacer("victim", "Victim", "victin", "Victin").Replace(p)
	},
	func(_ *rand.Rand, p string) string { return p + "?x=/dav/" },
	func(_ *rand.Rand, p string) string { return p + ";v=1" },
	func(_ *rand.Rand, p string) string { return p + "%00" },
	func(_ *rand.Rand, p string) string { return strings.Replace(p, "a", "%c1%a1", 1) },
	func(_ *rand.Rand, p string) string { return strings.Replace(p, "i", "%25%36%39", 1) },
	func(_ *rand.Rand, p string) string { return p + "%20" },
}

func escapeSome(r *rand.Rand, p, format string) string {
	var b strings.Builder
	for i := range len(p) {
		if p[i] != '/' && r.IntN(4) == 0 {
			fmt.Fprintf(&b, format, p[i])
			continue
		}
		b.WriteByte(p[i])
	}
	return b.String()
}

func escapeAll(p string) string {
	var b strings.Builder
	for i := range len(p) {
		if p[i] == '/' {
			b.WriteByte('/')
			continue
		}
		fmt.Fprintf(&b, "%%%02x", p[i])
	}
	return b.String()
}

// atSlash replaces one inner slash.
func atSlash(r *rand.Rand, p, with string) string {
	parts := strings.Split(p, "/")
	at := 2 + r.IntN(len(parts)-2)
	return strings.Join(parts[:at], "/") + with + strings.Join(parts[at:], "/")
}

// probes are the requests in which a stranger can name a place.
var probes = []func(*prober, string, *rand.Rand) wire.Request{
	plain, plain, plain, destination, destination, hrefInside, ifTag, propfind, propfind, report,
}

var strangerMethods = []string{"OPTIONS", "GET", "HEAD", "PUT", "DELETE", "POST", "PROPFIND", "PROPPATCH", "REPORT", "MKCOL", "MKCALENDAR", "COPY", "MOVE", "LOCK", "UNLOCK", "ACL", "PATCH", "FROBNICATE"}

func plain(p *prober, path string, r *rand.Rand) wire.Request {
	req := wire.Request{Method: strangerMethods[r.IntN(len(strangerMethods))], Target: path}
	switch req.Method {
	case "PUT", "POST":
		body := event("planted", "planted")
		if strings.Contains(path, "addressbooks") {
			body = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:planted\r\nFN:x\r\nN:x;;;;\r\nEND:VCARD\r\n"
		}
		req.Body = []byte(body)
		req.Header = headers("Content-Type", mediaType(body))
		req.Header = append(req.Header, [][]wire.Header{nil, headers("If-None-Match", "*"), headers("If-Match", "*"), headers("If-Match", `"x"`)}[r.IntN(4)]...)
	case "COPY", "MOVE":
		req.Header = headers("Destination", p.s.Calendar+"taken.ics")
	case "PROPPATCH":
		req.Body = []byte(`<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:displayname>planted</D:displayname></D:prop></D:set></D:propertyupdate>`)
	case "DELETE":
		req.Header = [][]wire.Header{nil, headers("If-Match", "*"), headers("Depth", "infinity")}[r.IntN(3)]
	}
	return req
}

// destination copies or moves something of one's own onto the place.
func destination(p *prober, path string, r *rand.Rand) wire.Request {
	if r.IntN(3) == 0 {
		path = "https://elsewhere.example" + path
	}
	return wire.Request{Method: []string{"COPY", "MOVE"}[r.IntN(2)], Target: p.s.Calendar + "own.ics",
		Header: headers("Destination", path, "Overwrite", []string{"T", "F"}[r.IntN(2)])}
}

// hrefInside names the place in the body of a report of one's own collection.
func hrefInside(p *prober, path string, r *rand.Rand) wire.Request {
	href := `<D:href>` + strings.ReplaceAll(path, "&", "&amp;") + `</D:href>`
	bodies := []struct{ at, body string }{
		{p.s.Calendar, `<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop>` + href + `</C:calendar-multiget>`},
		{p.s.CalHome, `<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop>` + href + `</C:calendar-multiget>`},
		{p.s.Book, `<CR:addressbook-multiget xmlns:D="DAV:" xmlns:CR="urn:ietf:params:xml:ns:carddav"><D:prop><D:getetag/><CR:address-data/></D:prop>` + href + `</CR:addressbook-multiget>`},
	}
	b := bodies[r.IntN(len(bodies))]
	return wire.Request{Method: "REPORT", Target: b.at, Body: []byte(b.body), Header: headers("Content-Type", "application/xml")}
}

// ifTag makes a read of one's own depend on the state of the place.
func ifTag(p *prober, path string, r *rand.Rand) wire.Request {
	list := []string{`(["x"])`, `(Not ["x"])`, `(<` + p.secret[len(p.secret)-1] + `>)`, `([` + `"` + p.secret[1] + `"` + `])`}[r.IntN(4)]
	return wire.Request{Method: "GET", Target: p.s.Calendar + "own.ics", Header: headers("If", "<"+path+"> "+list)}
}

func propfind(_ *prober, path string, r *rand.Rand) wire.Request {
	body := []string{"", `<D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>`, `<D:propfind xmlns:D="DAV:"><D:propname/></D:propfind>`,
		`<D:propfind xmlns:D="DAV:"><D:prop><D:owner/><D:displayname/><D:sync-token/><D:getetag/><x xmlns="urn:x"/></D:prop></D:propfind>`}[r.IntN(4)]
	return wire.Request{Method: "PROPFIND", Target: path, Body: []byte(body), Header: headers("Depth", []string{"0", "1", "infinity"}[r.IntN(3)])}
}

// report runs any report on the place, one with the victim's own token.
func report(p *prober, path string, r *rand.Rand) wire.Request {
	const ns = ` xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav"`
	body := []string{
		syncBody("", 0), syncBody(p.secret[len(p.secret)-1], 0),
		`<C:calendar-query` + ns + `><D:prop><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>`,
		`<C:free-busy-query` + ns + `><C:time-range start="20260101T000000Z" end="20260201T000000Z"/></C:free-busy-query>`,
		`<CR:addressbook-query` + ns + `><D:prop><CR:address-data/></D:prop></CR:addressbook-query>`,
		`<D:expand-property` + ns + `><D:property name="owner"><D:property name="displayname"/></D:property></D:expand-property>`,
		`<D:principal-match` + ns + `><D:self/></D:principal-match>`,
		`<D:acl-principal-prop-set` + ns + `><D:prop><D:displayname/></D:prop></D:acl-principal-prop-set>`,
		`<D:principal-property-search` + ns + `><D:property-search><D:prop><D:displayname/></D:prop><D:match>i</D:match></D:property-search><D:prop><D:displayname/></D:prop></D:principal-property-search>`,
	}[r.IntN(9)]
	return wire.Request{Method: "REPORT", Target: path, Body: []byte(body), Header: headers("Content-Type", "application/xml", "Depth", []string{"0", "1"}[r.IntN(2)])}
}

func headers(nameValue ...string) []wire.Header {
	var h []wire.Header
	for i := 0; i+1 < len(nameValue); i += 2 {
		h = append(h, wire.Header{Name: nameValue[i], Value: nameValue[i+1]})
	}
	return h
}
