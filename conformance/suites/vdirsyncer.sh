#!/bin/sh
# Two devices keep vdirs in step with one account: calendar, tasks and contacts, created, changed and deleted on either
# side; then khal, todoman and khard read what is there. Wants DAV_URL, DAV_USER, DAV_PASSWORD, DAV_CALENDAR, DAV_TASKS, DAV_BOOK.
set -eu
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
calendar="$(basename "$DAV_CALENDAR")" tasks="$(basename "$DAV_TASKS")" book="$(basename "$DAV_BOOK")"
export HOME="$work" LC_ALL=C.UTF-8 LANG=C.UTF-8
log="$work/log"

fail() {
	echo "vdirsyncer: $*" >&2
	tail -n 60 "$log" >&2
	exit 1
}

# device NAME: its configuration and its first sync, which makes the local collections.
device() {
	mkdir -p "$work/$1/cal" "$work/$1/card"
	cat >"$work/$1/config" <<END
[general]
status_path = "$work/$1/status/"
[pair cal]
a = "cal_here"
b = "cal_there"
collections = ["from a", "from b"]
metadata = ["displayname", "color"]
[storage cal_here]
type = "filesystem"
path = "$work/$1/cal/"
fileext = ".ics"
[storage cal_there]
type = "caldav"
url = "$DAV_URL"
username = "$DAV_USER"
password = "$DAV_PASSWORD"
[pair card]
a = "card_here"
b = "card_there"
collections = ["from a", "from b"]
[storage card_here]
type = "filesystem"
path = "$work/$1/card/"
fileext = ".vcf"
[storage card_there]
type = "carddav"
url = "$DAV_URL"
username = "$DAV_USER"
password = "$DAV_PASSWORD"
END
	discover "$1"
	sync "$1"
}
discover() { yes | vdirsyncer -c "$work/$1/config" discover >>"$log" 2>&1 || fail "discover on $1"; }
sync() { vdirsyncer -c "$work/$1/config" sync >>"$log" 2>&1 || fail "sync on $1"; }
both() { sync one; sync two; sync one; }
same() { diff -r "$work/one/cal" "$work/two/cal" >>"$log" && diff -r "$work/one/card" "$work/two/card" >>"$log" || fail "the devices differ $*"; }

event() { printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Vdir//EN\r\nBEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20300105T100000Z\r\nDTEND:20300105T110000Z\r\nSUMMARY:%s\r\nX-KEPT;X-P="a;b":as it was\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n' "$1" "$2"; }
todo() { printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Vdir//EN\r\nBEGIN:VTODO\r\nUID:%s\r\nDTSTAMP:20260101T000000Z\r\nDUE:20300106T100000Z\r\nSTATUS:NEEDS-ACTION\r\nSUMMARY:%s\r\nEND:VTODO\r\nEND:VCALENDAR\r\n' "$1" "$2"; }
card() { printf 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:%s\r\nFN:%s\r\nN:%s;;;;\r\nitem1.EMAIL:%s@example.com\r\nitem1.X-ABLabel:odd\r\nEND:VCARD\r\n' "$1" "$2" "$2" "$1"; }

device one
device two
a="$work/one" b="$work/two"
[ -d "$a/cal/$calendar" ] || fail "no $calendar found on the server"
[ -d "$a/card/$book" ] || fail "no $book found on the server"

event e1 Breakfast >"$a/cal/$calendar/e1.ics"
event e2 Lunch >"$b/cal/$calendar/e2.ics"
todo t1 "Buy bread" >"$a/cal/$tasks/t1.ics"
todo t2 "Call home" >"$b/cal/$tasks/t2.ics"
card c1 "Ada Lovelace" >"$a/card/$book/c1.vcf"
card c2 "Blaise Pascal" >"$b/card/$book/c2.vcf"
both
same "after creating"
[ "$(ls "$a/cal/$calendar" | grep -c '\.ics$')" = 2 ] || fail "not two events"
event e1 Breakfast | cmp -s - "$b/cal/$calendar/"*e1*.ics || fail "an event changed on its way"
card c1 "Ada Lovelace" | cmp -s - "$b/card/$book/"*c1*.vcf || fail "a card changed on its way"

event e1 Brunch >"$(ls "$b/cal/$calendar/"*e1*.ics)"
todo t2 "Call the office" >"$(ls "$a/cal/$tasks/"*t2*.ics)"
card c2 "Blaise P." >"$(ls "$a/card/$book/"*c2*.vcf)"
both
same "after changing"

rm "$a/cal/$calendar/"*e2*.ics "$b/cal/$tasks/"*t1*.ics "$a/card/$book/"*c1*.vcf
both
same "after deleting"
[ "$(ls "$b/cal/$calendar" | grep -c '\.ics$')" = 1 ] || fail "a deleted event is still there"

mkdir "$a/cal/made-by-vdirsyncer" "$a/card/made-by-vdirsyncer"
event e3 Elsewhere >"$a/cal/made-by-vdirsyncer/e3.ics"
card c3 "Carl Gauss" >"$a/card/made-by-vdirsyncer/c3.vcf"
discover one
sync one
discover two
both
same "after making collections"
[ -f "$b/cal/made-by-vdirsyncer/e3.ics" ] || fail "a new calendar did not arrive"

vdirsyncer -c "$a/config" metasync >>"$log" 2>&1 || fail "metasync"

mkdir -p "$work/.config/khal" "$work/.config/todoman" "$work/.config/khard"
printf '[calendars]\n[[all]]\npath = %s\n[[%s]]\npath = %s\n[locale]\ntimeformat = %%H:%%M\ndateformat = %%Y-%%m-%%d\nlongdateformat = %%Y-%%m-%%d\ndatetimeformat = %%Y-%%m-%%d %%H:%%M\nlongdatetimeformat = %%Y-%%m-%%d %%H:%%M\n[sqlite]\npath = %s/khal.db\n' \
	"$b/cal/$calendar" made "$b/cal/made-by-vdirsyncer" "$work" >"$work/.config/khal/config"
khal -c "$work/.config/khal/config" list 2030-01-01 30d >"$work/khal.out" 2>>"$log" || fail "khal"
grep -q Brunch "$work/khal.out" && grep -q Elsewhere "$work/khal.out" || fail "khal shows: $(cat "$work/khal.out")"
! grep -q Lunch "$work/khal.out" || fail "khal shows a deleted event"

printf 'path = "%s/*"\ndate_format = "%%Y-%%m-%%d"\ntime_format = "%%H:%%M"\ndefault_list = "%s"\ncache_path = "%s/todo.db"\n' "$b/cal" "$tasks" "$work" >"$work/.config/todoman/config.py"
todo="$(command -v todoman || command -v todo)" || fail "no todoman"
$todo --config "$work/.config/todoman/config.py" list >"$work/todo.out" 2>>"$log" || fail "todoman"
grep -q "Call the office" "$work/todo.out" || fail "todoman shows: $(cat "$work/todo.out")"
! grep -q "Buy bread" "$work/todo.out" || fail "todoman shows a deleted task"

printf '[addressbooks]\n[[all]]\npath = %s\n[general]\ndefault_action = list\n[contact table]\ndisplay = formatted_name\n' "$b/card/$book" >"$work/.config/khard/khard.conf"
khard -c "$work/.config/khard/khard.conf" list >"$work/khard.out" 2>>"$log" || fail "khard"
grep -q "Blaise P." "$work/khard.out" || fail "khard shows: $(cat "$work/khard.out")"
! grep -q Ada "$work/khard.out" || fail "khard shows a deleted card"
echo ok
