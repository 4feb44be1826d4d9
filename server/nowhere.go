package server

import "net/http"

// creators are the methods that may name what does not exist yet, and what they answer where nothing can be made.
var creators = map[string]error{
	"PUT":        statusError(http.StatusConflict),
	"MKCOL":      statusError(http.StatusConflict),
	"MKCALENDAR": violated(http.StatusForbidden, caldav("calendar-collection-location-ok")),
}

// nowhere answers for a path that can name nothing. It is found without I/O, so it tells nothing of what exists.
func (x *exchange) nowhere(err error) error {
	if instead := creators[x.r.Method]; instead != nil && notFound(err) {
		return instead
	}
	return err
}
