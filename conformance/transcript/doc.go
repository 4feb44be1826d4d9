// Package transcript reads and runs conformance transcripts: conversations with a DAV server, written beside the RFC's
// text. A file is a list of exchanges.
//
//	# RFC 4918 §9.7.1: PUT of a new name creates it.
//	> PUT {calendar}1.ics
//	> If-None-Match: *
//	> @body event uid=1
//	< 201
//	< ETag ~ ^"[^"]+"$
//	< ! Location
//
// Lines before the first exchange may hold directives: "only: daycairn" (not run against other servers) and
// "include: _file.http" (its exchanges come first). Every file cites its source in its first comment.
//
// The variables are those of the people on stage: {user} {principal} {calhome} {cardhome} {calendar} {tasks} {book}, the same
// with {other.…} for a second person, {base} and {host}, {uuid} which is new each time, and {new} and {newbook}, under
// which a transcript may make collections.
//
// A request is a line "> METHOD target", then "> Header: value" lines and "> @option value" lines, then the body up to the
// first line that begins with "< ". Options:
//
//	@as user|other|nobody|wrong    whose credentials go with it (default user)
//	@body NAME key=value …         the body is bodies/NAME.ics or .vcf, with its variables filled in; sets Content-Type
//	@text "…"                      the body is a Go string literal, for bytes that a text file cannot show
//	@eol lf|crlf                   line ends of the body (default: crlf for calendars and cards, lf for XML)
//	@gzip  @chunked                how the body travels
//	@keep NAME                     the body, as sent, becomes variable NAME
//	@times N                       sent N times, {n} being 1…N
//
// An expectation is a line "< …". The first one of each exchange is the status: "< 207", "< 200|204", "< 4xx".
//
//	Header: value · Header ~ pattern · Header has token · Header lacks token · ! Header
//	error C:name [href HREF]                  the body is D:error with exactly this condition
//	prop HREF NAME STATUS                     (HREF * means every response)
//	prop HREF NAME STATUS = text | ~ pattern | != text | is XML | has XML-or-name | lacks XML-or-name
//	prop HREF NAME absent                     in no propstat
//	props HREF STATUS NAME…                   exactly these in that status
//	status HREF STATUS                        response-level
//	fails HREF D:name                         the response's or its propstat's D:error holds this condition
//	responses HREF… | responses none          exactly these, in any order
//	has HREF… · lacks HREF… · count N
//	sync-token ~ pattern
//	data HREF == {kept} | has TEXT | lacks TEXT | count N TEXT     calendar-data or address-data; TEXT in unfolded lines
//	body == {kept} | has TEXT | lacks TEXT | ~ pattern | count N TEXT | empty
//	xml root NAME | has PATH | lacks PATH | count N PATH | PATH = text    PATH is D:a/D:b, a descendant chain
//	let NAME = header H | prop HREF P | data HREF | sync-token | body
//
// Every 207 is also held to wire.ReadMultistatus, every XML body must be well-formed, and no answer may be a 5xx that is
// not asked for. A variable that is captured must be used; an unknown word is an error, never skipped.
package transcript
