// Package ics knows what an iCalendar object means (RFC 5545): which kind it is, when it happens,
// how often, and what a calendar report (RFC 4791) may say about it. It reads a parsed body and
// never changes one; what it is not sure about it takes for possible, since a client that is not
// shown an item forgets it.
package ics
