#!/bin/sh
# cadaver, a general WebDAV client, goes through an address book home: ls, put, get, copy, move, delete, properties, mkcol.
# Wants DAV_URL, DAV_USER, DAV_PASSWORD, DAV_BOOK and DAV_CALENDAR.
set -eu
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export HOME="$work" LC_ALL=C.UTF-8 LANG=C.UTF-8
host="${DAV_URL#*://}" host="${host%%/*}"
printf 'machine %s\nlogin %s\npassword %s\n' "${host%%:*}" "$DAV_USER" "$DAV_PASSWORD" >"$work/.netrc"
chmod 600 "$work/.netrc"
base="${DAV_URL%%://*}://$host"
cd "$work"

fail() {
	echo "cadaver: $*" >&2
	cat "$work/out" >&2
	exit 1
}

# dav URL: runs the commands of its standard input there. cadaver says what went wrong only in words.
dav() {
	cadaver "$1" >"$work/out" 2>&1 || true
	! grep -Eiq 'failed|Could not|error' "$work/out" || fail "on $1"
}
says() { grep -q "$1" "$work/out" || fail "does not say: $1"; }

printf 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:cadaver-1\r\nFN:Ada Lovelace\r\nN:Lovelace;Ada;;;\r\nEND:VCARD\r\n' >1.vcf
printf 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:cadaver-2\r\nFN:Blaise Pascal\r\nN:Pascal;Blaise;;;\r\nEND:VCARD\r\n' >2.vcf

dav "$base$DAV_BOOK" <<'END'
put 1.vcf
put 2.vcf
ls
END
says '1\.vcf'
says '2\.vcf'
dav "$base$DAV_BOOK" <<'END'
get 1.vcf back.vcf
cat 2.vcf
END
cmp -s 1.vcf back.vcf || fail "other bytes came back"
says 'Blaise Pascal'
dav "$base$DAV_BOOK" <<'END'
move 1.vcf 3.vcf
ls
END
says '3\.vcf'
! grep -q '1\.vcf .*[0-9]$' "$work/out" || fail "1.vcf is still there"
dav "$base$DAV_BOOK" <<'END'
propset 3.vcf mark green
propget 3.vcf mark
propnames 3.vcf
END
says green
says getetag
dav "$base$DAV_BOOK" <<'END'
delete 2.vcf
ls
END
! grep -q '2\.vcf .*[0-9]$' "$work/out" || fail "2.vcf is still there"
dav "$base$(dirname "$DAV_BOOK")/" <<'END'
ls
END
says "$(basename "$DAV_BOOK")"
echo ok
