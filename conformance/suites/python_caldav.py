#!/usr/bin/env python3
"""python-caldav through its whole cycle. Wants DAV_URL, DAV_USER, DAV_PASSWORD and DAV_CALENDAR in the environment."""
import datetime
import os
import uuid

import caldav
from caldav.lib import error

UTC = datetime.timezone.utc


def body(kind, uid, *lines):
    inner = "\r\n".join(("BEGIN:" + kind, "UID:" + uid, "DTSTAMP:20260101T000000Z") + lines + ("END:" + kind,))
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Python//EN\r\n" + inner + "\r\nEND:VCALENDAR\r\n"


def summaries(objects):
    return sorted(str(o.icalendar_component["summary"]) for o in objects)


def equal(got, want, what):
    assert got == want, "%s: got %r, want %r" % (what, got, want)


def gone(load, what):
    try:
        load()
    except error.NotFoundError:
        return
    raise AssertionError(what + " is still there")


client = caldav.DAVClient(url=os.environ["DAV_URL"], username=os.environ["DAV_USER"], password=os.environ["DAV_PASSWORD"])
principal = client.principal()
paths = [c.url.path for c in principal.calendars()]
assert os.environ["DAV_CALENDAR"] in paths, (os.environ["DAV_CALENDAR"], paths)

# A calendar of our own, with a name that must be kept; then a list for to-dos and one for journals.
name = "python " + uuid.uuid4().hex
cal = principal.make_calendar(name=name, cal_id="py-" + uuid.uuid4().hex)
tasks = principal.make_calendar(name=name + " tasks", cal_id="py-" + uuid.uuid4().hex, supported_calendar_component_set=["VTODO"])
notes = principal.make_calendar(name=name + " notes", cal_id="py-" + uuid.uuid4().hex, supported_calendar_component_set=["VJOURNAL"])
try:
    equal(principal.calendar(name=name).url.path, cal.url.path, "calendar by name")
    equal(tasks.get_supported_components(), ["VTODO"], "components")
    cal.set_properties([caldav.elements.dav.DisplayName(name + " renamed")])
    equal(cal.get_properties([caldav.elements.dav.DisplayName()])["{DAV:}displayname"], name + " renamed", "renamed")

    # Events: create, read back, search, change, delete.
    one = cal.save_event(body("VEVENT", "py-1", "DTSTART:20300105T100000Z", "DTEND:20300105T110000Z", "SUMMARY:one"))
    cal.save_event(body("VEVENT", "py-2", "DTSTART:20300301T100000Z", "DTEND:20300301T110000Z", "RRULE:FREQ=MONTHLY", "SUMMARY:monthly"))
    cal.save_event(body("VEVENT", "py-3", "DTSTART;VALUE=DATE:20300110", "SUMMARY:all day", "LOCATION:Paris"))
    equal(summaries(cal.events()), ["all day", "monthly", "one"], "all events")
    equal(str(cal.event_by_uid("py-1").icalendar_component["summary"]), "one", "by uid")
    january = (datetime.datetime(2030, 1, 1, tzinfo=UTC), datetime.datetime(2030, 2, 1, tzinfo=UTC))
    equal(summaries(cal.date_search(*january, expand=False)), ["all day", "one"], "in January")
    later = cal.date_search(datetime.datetime(2040, 1, 1, tzinfo=UTC), datetime.datetime(2040, 3, 1, tzinfo=UTC), expand=True)
    equal([str(o.icalendar_component["dtstart"].dt.date()) for o in later][:1], ["2040-01-01"], "expanded, ten years on")
    equal(summaries(cal.search(event=True, summary="one")), ["one"], "by text")
    equal(summaries(cal.search(event=True, location="Paris")), ["all day"], "by place")

    token = cal.objects(load_objects=True)
    one.data = one.data.replace("SUMMARY:one", "SUMMARY:changed")
    one.save()
    equal(summaries([cal.event_by_uid("py-1")]), ["changed"], "changed")
    cal.event_by_uid("py-3").delete()
    updated, deleted = token.sync()
    equal((summaries(updated), len(deleted)), (["changed"], 1), "sync")
    gone(lambda: cal.event_by_uid("py-3"), "a deleted event")
    cal.save_event(body("VEVENT", "py-3", "DTSTART;VALUE=DATE:20300110", "SUMMARY:again"))
    equal(len(cal.events()), 3, "a deleted name can be used again")

    # To-dos and journals.
    tasks.save_todo(body("VTODO", "py-t1", "DUE:20300106T100000Z", "SUMMARY:pending", "STATUS:NEEDS-ACTION"))
    tasks.save_todo(body("VTODO", "py-t2", "COMPLETED:20300103T100000Z", "SUMMARY:done", "STATUS:COMPLETED"))
    equal(summaries(tasks.todos()), ["pending"], "pending to-dos")
    equal(summaries(tasks.todos(include_completed=True)), ["done", "pending"], "all to-dos")
    tasks.todo_by_uid("py-t1").complete()
    equal(summaries(tasks.todos()), [], "none pending")
    notes.save_journal(body("VJOURNAL", "py-j1", "DTSTART;VALUE=DATE:20300107", "SUMMARY:dear diary"))
    equal(summaries(notes.journals()), ["dear diary"], "journals")

    # Free-busy, and many in one request.
    busy = cal.freebusy_request(*january)
    assert "VFREEBUSY" in busy.data and "20300105T100000Z" in busy.data, busy.data
    got = cal.calendar_multiget([e.url for e in cal.events()])
    equal(len(list(got)), 3, "multiget")
finally:
    for c in (cal, tasks, notes):
        c.delete()
gone(cal.events, "a deleted calendar")
print("ok")
