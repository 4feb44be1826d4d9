package promises

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"daycairn/conformance/wire"
)

const (
	followWriters   = 6
	followFollowers = 6
	followColls     = 3
)

// TestFollowers reads pages while others write, all at the same time: no change falls between two tokens, none is told
// before what it replaced, and in the end every follower has what the server has.
func TestFollowers(t *testing.T) {
	s := mustServe(t)
	p := mustPerson(t, s, "followed", followWriters+followFollowers)
	var colls []string
	for i := range followColls {
		colls = append(colls, fmt.Sprintf("%sc%d/", p.CalHome, i))
		calendars.mustMake(t, p, colls[i], "x")
	}
	done := make(chan struct{})
	var writing, reading sync.WaitGroup
	for i := range followWriters {
		w := &follower{p: p, rand: rand.New(rand.NewPCG(uint64(i), 31)), colls: colls}
		writing.Go(func() {
			if err := w.write(i, size(400, 80)); err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	all := make([]*follower, followFollowers)
	for i := range all {
		f := &follower{p: p, rand: rand.New(rand.NewPCG(uint64(i), 32)), colls: colls, tokens: map[string]string{}, items: map[string]int{}}
		all[i] = f
		reading.Go(func() {
			if err := f.follow(done); err != nil {
				t.Errorf("follower %d: %v", i, err)
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	now := map[string]int{}
	for _, c := range colls {
		for name, body := range mustContents(t, p, c) {
			now[c+name] = numberOf(string(body))
		}
	}
	if len(now) == 0 {
		t.Fatal("nothing was left to compare")
	}
	pages, told := 0, 0
	for i, f := range all {
		pages, told = pages+f.pages, told+f.told
		if err := f.compare(now); err != nil {
			t.Errorf("follower %d: %v", i, err)
		}
	}
	t.Logf("%d items; %d pages told %d changes", len(now), pages, told)
	checkLog(t, s)
}

// A follower writes, or keeps the number of each item that it was told of.
type follower struct {
	p           *person
	rand        *rand.Rand
	colls       []string
	tokens      map[string]string
	items       map[string]int // by path
	pages, told int
}

// write changes, deletes, makes again and moves items that are this writer's alone; each body has a higher number.
func (f *follower) write(id, count int) error {
	at := map[string]string{} // name → collection
	for n := 1; n <= count; n++ {
		name := fmt.Sprintf("w%d-%d.ics", id, f.rand.IntN(12))
		coll, there := at[name]
		var a *wire.Answer
		var err error
		switch k := f.rand.IntN(10); {
		case !there:
			coll = pick(f.rand, f.colls)
			a, err = f.p.do("PUT", coll+name, event(name, strconv.Itoa(n)), "If-None-Match", "*")
			at[name] = coll
		case k < 6:
			a, err = f.p.do("PUT", coll+name, event(name, strconv.Itoa(n)), "If-Match", "*")
		case k < 8:
			a, err = f.p.do("DELETE", coll+name, nil)
			delete(at, name)
		default:
			to := pick(f.rand, f.colls)
			if to == coll {
				continue
			}
			a, err = f.p.do("MOVE", coll+name, nil, "Destination", to+name, "Overwrite", "F")
			at[name] = to
		}
		if err != nil {
			return err
		}
		if a.Status != http.StatusCreated && a.Status != http.StatusNoContent {
			return fmt.Errorf("%s: %d %.200s", name, a.Status, a.Body)
		}
	}
	return nil
}

// follow reads pages until the writers are done, and then to the end.
func (f *follower) follow(done <-chan struct{}) error {
	for {
		select {
		case <-done:
			for _, c := range f.colls {
				for more := true; more; {
					var err error
					if more, err = f.page(c); err != nil {
						return err
					}
				}
			}
			return nil
		default:
		}
		if _, err := f.page(pick(f.rand, f.colls)); err != nil {
			return err
		}
	}
}

func (f *follower) page(at string) (more bool, err error) {
	limit := pick(f.rand, []int{0, 1, 3, 10})
	a, err := listingOf(f.p, at, syncBody(f.tokens[at], limit, "<D:getetag/><C:calendar-data/>"))
	if err != nil {
		return false, err
	}
	m, err := a.Multistatus()
	if err != nil {
		return false, err
	}
	f.pages++
	for _, r := range m.Responses {
		switch {
		case r.Href == at:
			more = true
			continue
		case r.Status == http.StatusNotFound:
			delete(f.items, r.Href)
		default:
			n := numberOf(r.Value(propEvent))
			if n < f.items[r.Href] {
				return false, fmt.Errorf("%s goes back from %d to %d", r.Href, f.items[r.Href], n)
			}
			f.items[r.Href] = n
		}
		f.told++
	}
	if m.SyncToken == "" {
		return false, errors.New("a page without a token")
	}
	f.tokens[at] = m.SyncToken
	return more, nil
}

func (f *follower) compare(now map[string]int) error {
	for path, n := range now {
		if f.items[path] != n {
			return fmt.Errorf("%s is %d, want %d", path, f.items[path], n)
		}
	}
	for path := range f.items {
		if now[path] == 0 {
			return fmt.Errorf("keeps %s, which is gone", path)
		}
	}
	return nil
}

// numberOf reads the number in a body; 0 is none.
func numberOf(body string) int {
	_, rest, _ := strings.Cut(body, "SUMMARY:")
	text, _, _ := strings.Cut(rest, "\r\n")
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
