// Package wire is the DAV client that the conformance tests share: requests sent exactly as written, answers read as
// strictly as the strictest client does. It knows HTTP and XML, and nothing about the server under test.
package wire
