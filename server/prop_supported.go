package server

import "daycairn/server/davxml"

// What RFC 3253 §3.1 lets a client ask of a resource's abilities, each computed from the table that does it.

func supportedReports(w *davxml.Writer, _ *exchange, res *resource) bool {
	w.Open(dav("supported-report-set"))
	for _, n := range reportsOf(res.kind) {
		w.Open(dav("supported-report"))
		w.Open(dav("report"))
		w.Empty(n)
		w.Close(dav("report"))
		w.Close(dav("supported-report"))
	}
	w.Close(dav("supported-report-set"))
	return true
}

func supportedMethods(w *davxml.Writer, _ *exchange, res *resource) bool {
	w.Open(dav("supported-method-set"))
	for i := range methods {
		if methods[i].kinds.has(res.kind) {
			w.Empty(dav("supported-method"), davxml.Attr{Name: davxml.Name{Local: "name"}, Value: methods[i].name})
		}
	}
	w.Close(dav("supported-method-set"))
	return true
}

func supportedProperties(w *davxml.Writer, _ *exchange, res *resource) bool {
	w.Open(dav("supported-live-property-set"))
	for _, row := range propertyRows {
		if !row.kinds.has(res.kind) || row.ask != nil {
			continue
		}
		w.Open(dav("supported-live-property"))
		w.Open(dav("prop"))
		w.Empty(row.name)
		w.Close(dav("prop"))
		w.Close(dav("supported-live-property"))
	}
	w.Close(dav("supported-live-property-set"))
	return true
}
