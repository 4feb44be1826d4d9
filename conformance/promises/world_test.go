package promises

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// A world is the truth of one seed, as the acknowledged writes make it. One request runs at a time, so that the truth
// is known at every moment.
type world struct {
	p     *person
	f     *family
	rand  *rand.Rand
	count int               // of bodies and collections, none is used twice
	colls map[string]*truth // by slug
	slugs []string
	names []string
	stats stats
}

// A truth is one living collection.
type truth struct {
	id    int // another one under the same slug has another
	name  string
	items map[string]string // name → body
	had   map[string]bool   // the slugs that it once had
}

// stats show that a run was worth something.
type stats struct {
	requests, pages, cut, removals, restarts, refusals int
}

func (s *stats) add(o stats) {
	s.requests += o.requests
	s.pages += o.pages
	s.cut += o.cut
	s.removals += o.removals
	s.restarts += o.restarts
	s.refusals += o.refusals
}

func newWorld(p *person, f *family, seed uint64) *world {
	return &world{
		p: p, f: f, rand: rand.New(rand.NewPCG(seed, 21)), colls: map[string]*truth{},
		slugs: []string{"k0", "k1", "k2", "k3"}, names: []string{"a", "b", "c", "d", "e", "f", "g"},
	}
}

func (w *world) home() string            { return w.f.home(w.p.User) }
func (w *world) coll(slug string) string { return w.home() + slug + "/" }
func (w *world) item(slug, name string) string {
	return w.coll(slug) + name + w.f.ext
}

// body is new every time; the UID belongs to the name, in every collection.
func (w *world) body(name string) string {
	w.count++
	return string(w.f.object("uid-"+name, fmt.Sprintf("text %d %s", w.count, strings.Repeat("&<\t", w.rand.IntN(5)))))
}

// has gives what is under a name.
func (w *world) has(slug, name string) (string, bool) {
	c := w.colls[slug]
	if c == nil {
		return "", false
	}
	body, ok := c.items[name]
	return body, ok
}

// pick draws from a list that must not be empty.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// living draws a collection that is there, "" for none.
func (w *world) living() string {
	if len(w.colls) == 0 {
		return ""
	}
	return pick(w.rand, slices.Sorted(maps.Keys(w.colls)))
}

// send is a request whose status is known beforehand.
func (w *world) send(want int, method, at, body string, header ...string) (etag string, err error) {
	w.stats.requests++
	if want >= 400 {
		w.stats.refusals++
	}
	a, err := w.p.do(method, at, []byte(body), header...)
	if err != nil {
		return "", err
	}
	if a.Status != want {
		return "", fmt.Errorf("%s %s %v: %d %.300s, want %d", method, at, header, a.Status, a.Body, want)
	}
	return a.Header.Get("ETag"), nil
}

// make creates a collection, also where one is.
func (w *world) make() error {
	slug := pick(w.rand, w.slugs)
	w.count++
	name := fmt.Sprintf("name %d", w.count)
	want := 201
	if w.colls[slug] != nil {
		want = 405
	}
	if _, err := w.send(want, w.f.mkMethod, w.coll(slug), fmt.Sprintf(w.f.mkBody, name), "Content-Type", xmlType); err != nil {
		return err
	}
	if want == 201 {
		w.colls[slug] = &truth{id: w.count, name: name, items: map[string]string{}, had: map[string]bool{}}
	}
	return nil
}

// drop deletes a collection, also one that is not there.
func (w *world) drop(slug string) error {
	want := 204
	if w.colls[slug] == nil {
		want = 404
	}
	delete(w.colls, slug)
	_, err := w.send(want, "DELETE", w.coll(slug), "")
	return err
}

// rename gives a collection another slug, if that is free. It does not come back under one that it had: who wrote to
// another collection there meanwhile, without having looked at the home, could not know that this one is not it.
func (w *world) rename() error {
	from, to := w.living(), pick(w.rand, w.slugs)
	if from == "" || from == to || w.colls[from].had[to] {
		return nil
	}
	want := 201
	if w.colls[to] != nil {
		want = 412
	}
	if _, err := w.send(want, "MOVE", w.coll(from), "", "Destination", w.coll(to), "Overwrite", "F"); err != nil {
		return err
	}
	if want == 201 {
		w.colls[to] = w.colls[from]
		w.colls[to].had[from] = true
		delete(w.colls, from)
	}
	return nil
}

// title changes what the home shows of a collection.
func (w *world) title() error {
	slug := w.living()
	if slug == "" {
		return nil
	}
	w.count++
	c := w.colls[slug]
	c.name = fmt.Sprintf("name %d", w.count)
	_, err := w.send(207, "PROPPATCH", w.coll(slug), dav("D:propertyupdate",
		"<D:set><D:prop><D:displayname>"+c.name+"</D:displayname></D:prop></D:set>"), "Content-Type", xmlType)
	return err
}
