package vcf

import "bytes"

// appendCRLF appends whole physical lines with their endings, whatever these are, made CRLF (RFC 6350 §3.2). Empty lines
// are left out, also where a line goes on behind them, but not behind a quoted-printable soft break, which
// they end.
func appendCRLF(dst, lines []byte) []byte {
	soft := false
	for len(lines) > 0 {
		end := bytes.IndexAny(lines, "\r\n")
		if end < 0 {
			end = len(lines)
		}
		if end > 0 || soft {
			dst = append(dst, lines[:end]...)
			dst = append(dst, "\r\n"...)
		}
		soft = end > 0 && lines[end-1] == '='
		next := end
		if next < len(lines) && lines[next] == '\r' {
			next++
		}
		if next < len(lines) && lines[next] == '\n' {
			next++
		}
		lines = lines[next:]
	}
	return dst
}
