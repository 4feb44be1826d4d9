package conformance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"daycairn/conformance/target"
	"daycairn/conformance/wire"
)

const (
	strangerPairs   = 10_000 // two requests each
	strangerWorkers = 8
)

// canary is in everything that the victim has and nobody else may see.
const canary = "Canary7QX"

// TestStrangers lets one person ask for what is another's, with all methods, Destinations and encodings: each request
// goes once to what exists and once to what does not, and the answers do not differ. The canary is never seen.
func TestStrangers(t *testing.T) {
	srv := target.Start(t)
	victim := login(t, srv, "victim00")
	secret := furnish(t, victim)
	before := state(t, victim)
	jobs := make(chan uint64)
	var wg sync.WaitGroup
	for i := range strangerWorkers {
		s := login(t, srv, fmt.Sprintf("stranger%d", i))
		s.client = s.User.Client(srv.URL, 1)
		s.mustDo(t, []int{201}, "PUT", s.Calendar+"own.ics", event("own", "own"))
		p := &prober{s: s, secret: secret}
		wg.Go(func() {
			for seed := range jobs {
				if err := p.pair(t.Context(), seed); err != nil {
					t.Errorf("pair %d: %v", seed, err)
				}
			}
		})
	}
	for seed := range uint64(strangerPairs) {
		if t.Failed() && seed > 200 {
			break
		}
		jobs <- seed
	}
	close(jobs)
	wg.Wait()
	if after := state(t, victim); after != before {
		t.Errorf("the victim's things have changed:\n%s\nbefore:\n%s", after, before)
	}
}

// furnish gives the victim things with the canary in them, and yields what a stranger may never learn.
func furnish(t *testing.T, v *session) []string {
	t.Helper()
	secret := []string{canary}
	a := v.mustDo(t, []int{201}, "PUT", v.Calendar+"item.ics", event(canary, canary))
	secret = append(secret, strings.Trim(a.Header.Get("ETag"), `"`))
	a = v.mustDo(t, []int{201}, "PUT", v.Book+"item.vcf", "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:"+canary+"\r\nFN:"+canary+"\r\nN:x;;;;\r\nEND:VCARD\r\n")
	secret = append(secret, strings.Trim(a.Header.Get("ETag"), `"`))
	for _, path := range []string{v.Calendar, v.Book, v.Calendar + "item.ics", v.CalHome} {
		v.mustList(t, "PROPPATCH", path, `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x xmlns="urn:x">`+canary+`</x></D:prop></D:set></D:propertyupdate>`)
	}
	m := v.mustList(t, "REPORT", v.Calendar, syncBody("", 0), "Depth", "0")
	return append(secret, m.SyncToken)
}

// state prints everything that the victim has.
func state(t *testing.T, v *session) string {
	t.Helper()
	var out []string
	for _, at := range []string{v.CalHome, v.CardHome, v.Calendar, v.Tasks, v.Book} {
		m := v.mustList(t, "PROPFIND", at, "", "Depth", "1")
		for _, r := range m.Responses {
			out = append(out, r.Href)
			for _, p := range r.Props {
				out = append(out, "  "+p.El.Canon())
			}
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "\n")
}

// A prober asks in pairs.
type prober struct {
	s      *session
	secret []string
}

// twins are places that exist and their equally long twins that do not.
var twins = [][2]string{
	{"/dav/calendars/victim00/calendar/item.ics", "/dav/calendars/victim00/calendar/itex.ics"},
	{"/dav/calendars/victim00/calendar/item.ics", "/dav/calendars/victin00/calendar/item.ics"},
	{"/dav/calendars/victim00/calendar/", "/dav/calendars/victim00/calendat/"},
	{"/dav/calendars/victim00/calendar/", "/dav/calendars/victin00/calendar/"},
	{"/dav/calendars/victim00/tasks/", "/dav/calendars/victim00/taskz/"},
	{"/dav/calendars/victim00/", "/dav/calendars/victin00/"},
	{"/dav/addressbooks/victim00/contacts/item.vcf", "/dav/addressbooks/victim00/contacts/itex.vcf"},
	{"/dav/addressbooks/victim00/contacts/", "/dav/addressbooks/victim00/contactz/"},
	{"/dav/addressbooks/victim00/", "/dav/addressbooks/victin00/"},
	{"/dav/principals/victim00/", "/dav/principals/victin00/"},
	{"/dav/calendars/victim00/calendar/item.ics/", "/dav/calendars/victim00/calendar/itex.ics/"},
	{"/dav/calendars/victim00/calendar/item.ics/x", "/dav/calendars/victim00/calendar/itex.ics/x"},
	{"/dav/calendars/victim00/new-one/", "/dav/calendars/victin00/new-one/"},
	{"/dav/calendars/victim00/calendar/new.ics", "/dav/calendars/victim00/calendat/new.ics"},
	{"/principals/victim00/", "/principals/victin00/"},
}

// pair sends the same request to a place and to its twin.
func (p *prober) pair(ctx context.Context, seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 5))
	twin := twins[r.IntN(len(twins))]
	encode := encodings[r.IntN(len(encodings))]
	form := probes[r.IntN(len(probes))]
	where := r.Uint64()
	var answers [2]string
	for i, path := range twin {
		// The same choices for both.
		named := encode(rand.New(rand.NewPCG(where, 1)), path)
		req := form(p, named, rand.New(rand.NewPCG(where, 2)))
		a, err := p.s.client.Do(ctx, req)
		if err != nil {
			return fmt.Errorf("%s %s: %w", req.Method, req.Target, err)
		}
		answers[i] = strings.ReplaceAll(p.print(a), named, "what was asked")
		for _, s := range p.secret {
			if strings.Contains(answers[i], s) {
				return fmt.Errorf("CANARY in the answer to %s %s\n%s", req.Method, req.Target, answers[i])
			}
		}
		if a.Status >= 500 && a.Status != http.StatusNotImplemented {
			return fmt.Errorf("%s %s %v: status %d", req.Method, req.Target, req.Header, a.Status)
		}
		if i == 1 && masked.Replace(answers[0]) != masked.Replace(answers[1]) {
			return fmt.Errorf("%s %s %v differs for what exists:\n%s\nand for what does not:\n%s", req.Method, req.Target, req.Header, answers[0], answers[1])
		}
	}
	return nil
}

// print writes an answer without what depends on the names that were asked, and without the time.
func (p *prober) print(a *wire.Answer) string {
	var b strings.Builder
	fmt.Fprintln(&b, a.Status)
	var names []string
	for n := range a.Header {
		if n != "Date" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		fmt.Fprintln(&b, n, a.Header[n])
	}
	b.Write(a.Body)
	return b.String()
}

// masked hides in which of two twins' names an answer speaks.
var masked = strings.NewReplacer("/victim00", "/________", "/victin00", "/________", "/calendar/", "/________/", "/calendat/", "/________/",
	"/tasks/", "/_____/", "/taskz/", "/_____/", "/contacts/", "/________/", "/contactz/", "/________/", "/item.", "/____.", "/itex.", "/____.")
