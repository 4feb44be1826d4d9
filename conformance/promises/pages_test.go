package promises

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	pageReplicas = 8
	pageSteps    = 220
	pageWorkers  = 8
)

// TestPages lets eight replicas edit at random and read pages of random size in between, one request at a time in every
// order that the seeds give: pages of one replica lie before and after the writes of others. In the end all are equal
// with the server byte for byte, and nobody was told that something is gone which is there.
func TestPages(t *testing.T) {
	s := mustServe(t)
	seeds := make(chan uint64)
	var mu sync.Mutex
	var total stats
	var wg sync.WaitGroup
	for i := range pageWorkers {
		p := mustPerson(t, s, fmt.Sprint("worker", i), 1)
		clearHomes(t, p)
		wg.Go(func() {
			for seed := range seeds {
				if t.Failed() {
					continue // what a broken story leaves behind would break the next
				}
				st, err := playSeed(p, seed)
				if err != nil {
					t.Errorf("seed %d (go test -run TestPages -seed %d): %v", seed, seed, err)
				}
				mu.Lock()
				total.add(st)
				mu.Unlock()
			}
		})
	}
	last := uint64(size(*flagSeeds, 16))
	for seed := uint64(1); seed <= last && !t.Failed(); seed++ {
		if *flagSeed == 0 || *flagSeed == seed {
			seeds <- seed
		}
	}
	close(seeds)
	wg.Wait()
	checkLog(t, s)
	t.Logf("%+v", total)
	if *flagSeed == 0 && (total.cut == 0 || total.removals == 0 || total.restarts == 0 || total.refusals == 0) {
		t.Error("the seeds do not reach what they are there for")
	}
}

// clearHomes removes the collections that an account begins with.
func clearHomes(t *testing.T, p *person) {
	t.Helper()
	for _, at := range []string{p.Calendar, p.Tasks, p.Book} {
		p.mustDo(t, 204, "DELETE", at, nil)
	}
}

// playSeed is one story. It leaves an empty home to the next, which is full of tombstones.
func playSeed(p *person, seed uint64) (stats, error) {
	f := calendars
	if seed%4 == 0 {
		f = books
	}
	w := newWorld(p, f, seed)
	for w.living() == "" {
		if err := w.make(); err != nil {
			return w.stats, err
		}
	}
	all := make([]*replica, pageReplicas)
	for i := range all {
		all[i] = newReplica(w, i)
	}
	for step := range pageSteps {
		r := pick(w.rand, all)
		if err := w.step(r); err != nil {
			return w.stats, fmt.Errorf("step %d, replica %d: %w", step, r.id, err)
		}
	}
	if err := w.finish(all); err != nil {
		return w.stats, err
	}
	for _, slug := range slices.Sorted(maps.Keys(w.colls)) {
		if err := w.drop(slug); err != nil {
			return w.stats, err
		}
	}
	return w.stats, w.finish(all)
}

// step is one request or two. The weights make conflicts, re-creations and pages that are left open frequent.
func (w *world) step(r *replica) error {
	switch n := w.rand.IntN(100); {
	case n < 22:
		return r.homePage()
	case n < 50:
		if c, slug, _ := r.choose(); c != nil {
			return r.collPage(slug)
		}
		return r.homePage()
	case n < 72:
		return r.put()
	case n < 80:
		return r.remove()
	case n < 88:
		return r.transfer()
	case n < 92:
		return w.make()
	case n < 94:
		return w.drop(pick(w.rand, w.slugs))
	case n < 97:
		return w.rename()
	}
	return w.title()
}

// finish lets everybody read to the end, and compares all with each other and with what plain listings and GET show.
func (w *world) finish(all []*replica) error {
	for _, r := range all {
		if err := r.settle(); err != nil {
			return fmt.Errorf("last sync of replica %d: %w", r.id, err)
		}
		if err := r.compare(); err != nil {
			return fmt.Errorf("replica %d: %w", r.id, err)
		}
	}
	return w.checkServer()
}

// checkServer holds the server's listings against the truth.
func (w *world) checkServer() error {
	slugs, err := w.children(w.home())
	if err != nil {
		return err
	}
	if want := slices.Sorted(maps.Keys(w.colls)); !slices.Equal(slugs, want) {
		return fmt.Errorf("PROPFIND shows the collections %q, want %q", slugs, want)
	}
	for slug, c := range w.colls {
		names, err := w.children(w.coll(slug))
		if err != nil {
			return err
		}
		if want := slices.Sorted(maps.Keys(c.items)); !slices.Equal(names, want) {
			return fmt.Errorf("PROPFIND shows %s with %q, want %q", slug, names, want)
		}
		for name, body := range c.items {
			a, err := w.p.do("GET", w.item(slug, name), nil)
			if err != nil {
				return err
			}
			if a.Status != 200 || string(a.Body) != body {
				return fmt.Errorf("GET %s: %d, %s", w.item(slug, name), a.Status, difference(a.Body, []byte(body)))
			}
		}
	}
	return nil
}

// children lists the members of a collection or home by their last segments.
func (w *world) children(at string) ([]string, error) {
	m, err := w.p.multi("PROPFIND", at, "1", dav("D:propfind", "<D:prop><D:getetag/></D:prop>"))
	if err != nil {
		return nil, err
	}
	var list []string
	for _, r := range m.Responses {
		if r.Href != at {
			list = append(list, strings.TrimSuffix(strings.Trim(strings.TrimPrefix(r.Href, at), "/"), w.f.ext))
		}
	}
	slices.Sort(list)
	return list, nil
}
