package server

import (
	"net/http"
	"strconv"
	"time"

	"daycairn/backend"
)

// get serves GET and HEAD: the stored bytes of an item, a whole collection as one file, or a word to people who look
// at the rest with a browser.
func (x *exchange) get() error {
	switch {
	case kindItem.has(x.target.kind):
		return x.getItem()
	case kindCollection.has(x.target.kind):
		return x.export()
	}
	return x.page()
}

// getItem gives the bytes that were stored, never others (design law 2).
func (x *exchange) getItem() error {
	cond, err := x.conditions()
	if err != nil {
		return err
	}
	var (
		res    *resource
		failed string
		body   []byte
	)
	err = x.view(func(rd backend.Reader) error {
		var err error
		if res, err = x.load(rd, x.target, 0); err != nil {
			return err
		}
		if failed, err = cond.failed(x, rd, currentItem(res.item)); err != nil {
			return err
		}
		if failed == "" && x.r.Method != http.MethodHead && !cond.notModified("", currentItem(res.item)) {
			body, err = bodyOf(rd, res.item)
		}
		return err
	})
	if err != nil {
		return err
	}
	hd := x.w.Header()
	cur := currentItem(res.item)
	if cond.notModified(failed, cur) {
		hd.Set("ETag", cur.etag)
		hd.Set("Last-Modified", cur.modified.UTC().Format(http.TimeFormat))
		hd.Set("Vary", "Accept-Encoding") // RFC 9110 §15.4.5: as the 200 would have it
		x.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if failed != "" {
		return statusError(http.StatusPreconditionFailed)
	}
	hd.Set("ETag", cur.etag)
	hd.Set("Last-Modified", cur.modified.UTC().Format(http.TimeFormat))
	x.attach(res.item.Name, x.target.family.contentType())
	hd.Set("Content-Length", strconv.FormatInt(res.item.Size, 10))
	x.w.WriteHeader(http.StatusOK)
	_, err = x.w.Write(body)
	return err
}

// attach sets the headers of a file that browsers save and do not show.
func (x *exchange) attach(name, contentType string) {
	hd := x.w.Header()
	hd.Set("Content-Type", contentType)
	hd.Set("Content-Disposition", "attachment; filename*=UTF-8''"+string(appendSegment(nil, name)))
	hd.Set("X-Content-Type-Options", "nosniff")
	hd.Set("Cache-Control", "private, no-cache")
}

// folderPage is what a browser shows of what is no item. It says nothing of who looks.
const folderPage = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>daycairn</title>
<h1>daycairn</h1>
<p>Calendars and contacts live here. Give the address of this server, your user name and your password to the calendar
or contacts program that you use; it finds the rest by itself.</p>
</html>
`

// page answers GET where there is no document of the client's.
func (x *exchange) page() error {
	hd := x.w.Header()
	hd.Set("Content-Type", "text/html; charset=utf-8")
	hd.Set("Content-Security-Policy", "default-src 'none'")
	hd.Set("X-Content-Type-Options", "nosniff")
	hd.Set("Cache-Control", "private, max-age="+strconv.Itoa(int((time.Hour/time.Second))))
	x.w.WriteHeader(http.StatusOK)
	_, err := x.w.Write([]byte(folderPage))
	return err
}
