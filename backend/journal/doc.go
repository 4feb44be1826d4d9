// Package journal keeps frames in append-only files: the second copy of every write, outside the database.
//
// A directory holds segments NNNN.log. A segment is a header and frames, and each frame carries the hash of all that
// came before it:
//
//	segment: "daycairn journal\n" | version (1) | number (4) | chain of the segment before it (32) | CRC-32C (4)
//	frame:   "FRME" or "ABRT" | length of payload (4) | first (8) | last (8) | chain (32) |
//	         CRC-32C of payload (4) | CRC-32C of header (4) | payload
//
// Numbers are big-endian. The chain of a frame is SHA-256 over the chain before it and the frame's own header and
// payload. A frame that the end of the last segment cuts short is the trace of a crash in the middle of Append: it ends
// the journal, and the next writer cuts it off. Anything else that does not fit is damage and is reported as such.
package journal
