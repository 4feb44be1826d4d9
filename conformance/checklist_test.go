package conformance

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

// How much a client needs something: must fails it, should costs it a feature, nice may be 404.
const (
	needed = "must"
	should = "should"
	nice   = "nice"
)

// A habit is how one client writes its requests: who it says it is, its media type, its headers, how it uses prefixes.
type habit struct {
	agent, media string
	headers      []string // name, value…
	prefixed     bool     // <A:prop xmlns:A="DAV:"> rather than a default namespace
}

// habits of the clients, by their short names.
var habits = map[string]habit{
	"Ap":  {"iOS/17.4 (21E219) dataaccessd/1.0", "text/xml", []string{"Brief", "t", "Prefer", "return=minimal", "Accept-Encoding", "gzip, deflate, br"}, true},
	"Dx":  {"DAVx5/4.4.9-ose (dav4jvm; okhttp) Android/15", "application/xml; charset=utf-8", []string{"Accept-Encoding", "gzip"}, false},
	"TB":  {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0", "application/xml; charset=utf-8", []string{"Accept", "text/xml", "Accept-Charset", "utf-8,*;q=0.1"}, true},
	"TBc": {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0", "text/xml", nil, false},
	"EDS": {"Evolution/3.54.1", "application/xml; charset=\"utf-8\"", []string{"Connection", "close", "Prefer", "return=minimal"}, true},
	"KDE": {"Mozilla/5.0 (X11; Linux x86_64) KDAV", "text/xml", []string{"Prefer", "return=minimal"}, false},
	"OL":  {"CalDavSynchronizer/4.5", "application/xml; charset=\"utf-8\"", nil, true},
	"VD":  {"vdirsyncer/0.19.3", "application/xml; charset=UTF-8", nil, false},
	"TS":  {"node", "text/xml;charset=UTF-8", []string{"Accept", "*/*"}, true},
	"PY":  {"Mozilla/5.0", "text/xml; charset=\"utf-8\"", []string{"Accept", "text/xml, text/calendar"}, true},
}

// A wanted property: where it is asked, what it must look like, who relies on it.
type wanted struct {
	level, name string
	on          string // places, space separated: principal calhome cardhome calendar tasks book event card root
	shape       func(*wire.Element) error
	clients     string
}

// TestChecklistProperties asks for each property as each client that relies on it does.
func TestChecklistProperties(t *testing.T) {
	s := login(t, target.Start(t), "checked")
	s.mustDo(t, []int{201}, "PUT", s.Calendar+"e.ics", event("e", "x"))
	s.mustDo(t, []int{201}, "PUT", s.Book+"c.vcf", "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c\r\nFN:x\r\nN:x;;;;\r\nEND:VCARD\r\n")
	for _, path := range []string{s.Calendar, s.Tasks} {
		s.mustList(t, "PROPPATCH", path, settings)
	}
	s.mustList(t, "PROPPATCH", s.CalHome, settings)
	s.mustList(t, "PROPPATCH", s.Book, `<D:propertyupdate xmlns:D="DAV:" xmlns:CR="urn:ietf:params:xml:ns:carddav"><D:set><D:prop><CR:addressbook-description>d</CR:addressbook-description></D:prop></D:set></D:propertyupdate>`)
	s.mustList(t, "PROPPATCH", s.CardHome, `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><me-card xmlns="http://calendarserver.org/ns/"><D:href>`+s.Book+`c.vcf</D:href></me-card></D:prop></D:set></D:propertyupdate>`)
	places := map[string]string{"root": "/dav/", "principal": s.Principal, "calhome": s.CalHome, "cardhome": s.CardHome,
		"calendar": s.Calendar, "tasks": s.Tasks, "book": s.Book, "event": s.Calendar + "e.ics", "card": s.Book + "c.vcf"}
	for _, w := range properties(s.User) {
		for _, client := range strings.Fields(w.clients) {
			for _, on := range strings.Fields(w.on) {
				t.Run(fmt.Sprintf("%s/%s/%s", w.name, client, on), func(t *testing.T) {
					if err := s.ask(t, habits[client], places[on], w); err != nil {
						t.Errorf("%s %s on %s, as %s asks: %v", w.level, w.name, on, client, err)
					}
				})
			}
		}
	}
}

// settings are what clients set themselves before they ask.
const settings = `<D:propertyupdate xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:I="http://apple.com/ns/ical/"><D:set><D:prop>` +
	`<I:calendar-color symbolic-color="custom">#FF2968FF</I:calendar-color><I:calendar-order>3</I:calendar-order>` +
	`<C:calendar-description>d</C:calendar-description><C:schedule-calendar-transp><C:opaque/></C:schedule-calendar-transp>` +
	`<C:default-alarm-vevent-date>BEGIN:VALARM&#13;
X-WR-ALARMUID:1&#13;
END:VALARM&#13;
</C:default-alarm-vevent-date><C:default-alarm-vevent-datetime/>` +
	`<C:calendar-timezone>BEGIN:VCALENDAR&#13;
VERSION:2.0&#13;
PRODID:x&#13;
BEGIN:VTIMEZONE&#13;
TZID:Europe/Berlin&#13;
BEGIN:STANDARD&#13;
DTSTART:19961027T030000&#13;
TZOFFSETFROM:+0200&#13;
TZOFFSETTO:+0100&#13;
END:STANDARD&#13;
END:VTIMEZONE&#13;
END:VCALENDAR&#13;
</C:calendar-timezone></D:prop></D:set></D:propertyupdate>`

func (s *session) ask(t *testing.T, h habit, path string, w wanted) error {
	n := wire.MustName(w.name)
	body := `<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><` + n.Local + ` xmlns="` + n.Space + `"/></prop></propfind>`
	if h.prefixed {
		body = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<A:propfind xmlns:A="DAV:"><A:prop><B:` + n.Local + ` xmlns:B="` + n.Space + `"/></A:prop></A:propfind>`
	}
	headers := append([]string{"User-Agent", h.agent, "Content-Type", h.media, "Depth", "0"}, h.headers...)
	m := s.mustList(t, "PROPFIND", path, body, headers...)
	r := m.At(path)
	if r == nil || len(m.Responses) != 1 {
		return fmt.Errorf("%d responses, none for %s", len(m.Responses), path)
	}
	p := r.Prop(n)
	if p == nil || p.Status != http.StatusOK {
		if w.level == nice && (p == nil || p.Status == http.StatusNotFound) {
			return nil
		}
		return fmt.Errorf("not there: %+v", r)
	}
	if err := w.shape(p.El); err != nil {
		return fmt.Errorf("%s: %w", p.El.Canon(), err)
	}
	return nil
}

// Shapes.

func text(pattern string) func(*wire.Element) error {
	re := regexp.MustCompile(pattern)
	return func(el *wire.Element) error {
		if !re.MatchString(el.Text) {
			return fmt.Errorf("text does not match %s", re)
		}
		return nil
	}
}

func href(want string) func(*wire.Element) error {
	return func(el *wire.Element) error {
		hs := el.All(wire.MustName("D:href"))
		if len(hs) != 1 || hs[0].Text != want {
			return fmt.Errorf("want one href %s", want)
		}
		return nil
	}
}

// holding wants every one of these elements somewhere inside.
func holding(names ...string) func(*wire.Element) error {
	return func(el *wire.Element) error {
		for _, s := range names {
			n := wire.MustName(s)
			if el.Find(func(e *wire.Element) bool { return e.Name == n }) == nil {
				return fmt.Errorf("no %s in it", s)
			}
		}
		return nil
	}
}

// exactly wants these children and no others, empty.
func exactly(names ...string) func(*wire.Element) error {
	return func(el *wire.Element) error {
		var got []string
		for _, c := range el.Children {
			got = append(got, wire.Short(c.Name))
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(names))
		if !slices.Equal(got, want) {
			return fmt.Errorf("children %v, want %v", got, want)
		}
		return nil
	}
}

func anything(*wire.Element) error { return nil }
