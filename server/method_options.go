package server

// options tells what can be done (RFC 9110 §9.3.7). 200 and not 204, which Thunderbird takes for a failure.
func (x *exchange) options() error {
	hd := x.w.Header()
	hd.Set("Allow", allow(x.target.kind))
	hd.Set("Content-Length", "0")
	x.w.WriteHeader(200)
	return nil
}
