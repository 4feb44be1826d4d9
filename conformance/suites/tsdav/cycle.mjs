// tsdav through its whole cycle: account, calendars, objects created, changed, deleted, synchronised, and an address book.
// Wants DAV_URL, DAV_USER, DAV_PASSWORD, DAV_CALENDAR and DAV_BOOK in the environment.
import assert from 'node:assert/strict';
import { createDAVClient } from 'tsdav';

const env = process.env;
const path = (url) => new URL(url, env.DAV_URL).pathname;
const connect = (defaultAccountType) =>
  createDAVClient({
    serverUrl: env.DAV_URL,
    credentials: { username: env.DAV_USER, password: env.DAV_PASSWORD },
    authMethod: 'Basic',
    defaultAccountType,
  });
const calendarBody = (uid, summary) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//tsdav//EN', 'BEGIN:VEVENT', `UID:${uid}`, 'DTSTAMP:20260101T000000Z',
    'DTSTART:20300105T100000Z', 'DTEND:20300105T110000Z', `SUMMARY:${summary}`, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
const cardBody = (uid, name) =>
  ['BEGIN:VCARD', 'VERSION:3.0', `UID:${uid}`, `FN:${name}`, `N:${name};;;;`, 'END:VCARD', ''].join('\r\n');
const ok = (response, what) => assert.ok(response.ok, `${what}: ${response.status} ${response.statusText}`);
const lines = (s) => s.replace(/\r\n/g, '\n').trim();

// Calendars.
const cal = await connect('caldav');
const calendar = (await cal.fetchCalendars()).find((c) => path(c.url) === env.DAV_CALENDAR);
assert.ok(calendar, 'the calendar is found');
assert.ok(calendar.displayName && calendar.components.includes('VEVENT') && calendar.ctag, JSON.stringify(calendar));
assert.ok(calendar.reports.includes('syncCollection'), `reports: ${calendar.reports}`);

ok(await cal.createCalendarObject({ calendar, filename: 'ts1.ics', iCalString: calendarBody('ts1', 'one') }), 'create');
ok(await cal.createCalendarObject({ calendar, filename: 'ts2.ics', iCalString: calendarBody('ts2', 'two') }), 'create');
const again = await cal.createCalendarObject({ calendar, filename: 'ts1.ics', iCalString: calendarBody('ts1', 'three') });
assert.equal(again.status, 412, 'created only where nothing is');

let objects = await cal.fetchCalendarObjects({ calendar });
assert.equal(objects.length, 2);
const one = objects.find((o) => o.url.endsWith('ts1.ics'));
assert.equal(lines(one.data), lines(calendarBody('ts1', 'one')));
assert.ok(one.etag, 'an etag');
const inRange = (start, end) => cal.fetchCalendarObjects({ calendar, timeRange: { start, end } });
assert.equal((await inRange('2030-01-05T00:00:00Z', '2030-01-06T00:00:00Z')).length, 2);
assert.equal((await inRange('2031-01-05T00:00:00Z', '2031-01-06T00:00:00Z')).length, 0);

// Sync: what has changed since.
const before = { ...calendar, objects, objectMultiGet: cal.calendarMultiGet };
ok(await cal.updateCalendarObject({ calendarObject: { ...one, data: calendarBody('ts1', 'changed') } }), 'update');
const stale = await cal.updateCalendarObject({ calendarObject: { ...one, data: calendarBody('ts1', 'stale') } });
assert.equal(stale.status, 412, 'an old etag overwrites nothing');
const two = objects.find((o) => o.url.endsWith('ts2.ics'));
ok(await cal.deleteCalendarObject({ calendarObject: two }), 'delete');
ok(await cal.createCalendarObject({ calendar, filename: 'ts3.ics', iCalString: calendarBody('ts3', 'three') }), 'create');
const dirty = await cal.isCollectionDirty({ collection: before });
assert.equal(dirty.isDirty, true, 'the ctag has moved');
const synced = await cal.smartCollectionSync({ collection: before, method: 'webdav', detailedResult: true });
const names = (list) => list.map((o) => path(o.url).split('/').pop()).sort();
assert.deepEqual(names(synced.objects.created), ['ts3.ics']);
assert.deepEqual(names(synced.objects.updated), ['ts1.ics']);
assert.deepEqual(names(synced.objects.deleted), ['ts2.ics']);
assert.ok(synced.syncToken && synced.syncToken !== calendar.syncToken, 'a new token');
objects = await cal.fetchCalendarObjects({ calendar });
assert.deepEqual(names(objects), ['ts1.ics', 'ts3.ics']);
assert.match(objects.find((o) => o.url.endsWith('ts1.ics')).data, /SUMMARY:changed/);

// A calendar of its own.
const made = `${env.DAV_CALENDAR.replace(/[^/]+\/$/, '')}tsdav-${Date.now()}/`;
await cal.makeCalendar({ url: new URL(made, env.DAV_URL).href, props: { 'd:displayname': 'Made by tsdav' } });
const mine = (await cal.fetchCalendars()).find((c) => path(c.url) === made);
assert.equal(mine?.displayName, 'Made by tsdav');
ok(await cal.deleteObject({ url: mine.url }), 'delete a calendar');
assert.ok(!(await cal.fetchCalendars()).some((c) => path(c.url) === made), 'it is gone');

// An address book.
const card = await connect('carddav');
const addressBook = (await card.fetchAddressBooks()).find((b) => path(b.url) === env.DAV_BOOK);
assert.ok(addressBook, 'the address book is found');
ok(await card.createVCard({ addressBook, filename: 'ts1.vcf', vCardString: cardBody('ts1', 'Ada') }), 'create a card');
ok(await card.createVCard({ addressBook, filename: 'ts2.vcf', vCardString: cardBody('ts2', 'Blaise') }), 'create a card');
let cards = await card.fetchVCards({ addressBook });
assert.deepEqual(names(cards), ['ts1.vcf', 'ts2.vcf']);
const ada = cards.find((c) => c.url.endsWith('ts1.vcf'));
assert.equal(lines(ada.data), lines(cardBody('ts1', 'Ada')));
ok(await card.updateVCard({ vCard: { ...ada, data: cardBody('ts1', 'Ada L.') } }), 'update a card');
ok(await card.deleteVCard({ vCard: cards.find((c) => c.url.endsWith('ts2.vcf')) }), 'delete a card');
cards = await card.fetchVCards({ addressBook });
assert.deepEqual(names(cards), ['ts1.vcf']);
assert.match(cards[0].data, /FN:Ada L\./);
console.log('ok');
