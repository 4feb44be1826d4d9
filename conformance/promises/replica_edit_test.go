package promises

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// fetch reads bodies that a sync did not bring, by multiget or one by one.
func (r *replica) fetch(c *copy, slug string, names []string) error {
	if len(names) == 0 {
		return nil
	}
	if r.w.rand.IntN(2) == 0 {
		for _, name := range names {
			r.w.stats.requests++
			a, err := r.w.p.do("GET", r.w.item(slug, name), nil)
			if err != nil {
				return err
			}
			if a.Status != http.StatusOK {
				return fmt.Errorf("GET %s: %d", r.w.item(slug, name), a.Status)
			}
			c.items[name] = local{a.Header.Get("ETag"), string(a.Body)}
		}
		return nil
	}
	body := bytes.NewBufferString("<D:prop><D:getetag/>" + r.w.f.dataProp + "</D:prop>")
	for _, name := range names {
		fmt.Fprintf(body, "<D:href>%s</D:href>", r.w.item(slug, name))
	}
	r.w.stats.requests++
	m, err := r.w.p.multi("REPORT", r.w.coll(slug), "1", dav(r.w.f.multiget, body.String()))
	if err != nil {
		return err
	}
	for _, name := range names {
		resp := m.At(r.w.item(slug, name))
		if resp == nil || resp.Value(propETag) == "" {
			return fmt.Errorf("multiget does not give %s", r.w.item(slug, name))
		}
		c.items[name] = local{resp.Value(propETag), resp.Value(r.w.f.data)}
	}
	return nil
}

// choose draws a collection that the replica knows, and a name.
func (r *replica) choose() (c *copy, slug, name string) {
	if len(r.colls) == 0 {
		return nil, "", ""
	}
	slug = pick(r.w.rand, slices.Sorted(maps.Keys(r.colls)))
	return r.colls[slug], slug, pick(r.w.rand, r.w.names)
}

// put creates what the replica does not have and changes what it has, on the condition that this is so.
func (r *replica) put() error {
	c, slug, name := r.choose()
	if c == nil {
		return r.homePage()
	}
	w := r.w
	mine, known := c.items[name]
	now, there := w.has(slug, name)
	body := w.body(name)
	cond, value, want := "If-None-Match", "*", 201
	if known {
		cond, value, want = "If-Match", mine.etag, 204
	}
	switch {
	case w.colls[slug] == nil:
		want = 409
	case there != known, known && now != mine.body:
		want = 412
	}
	etag, err := w.send(want, "PUT", w.item(slug, name), body, cond, value, "Content-Type", w.f.mediaType)
	if err != nil || want >= 400 {
		return err
	}
	w.colls[slug].items[name] = body
	c.items[name] = local{etag, body}
	return nil
}

// remove deletes what the replica has.
func (r *replica) remove() error {
	c, slug, name := r.choose()
	if c == nil {
		return r.homePage()
	}
	mine, known := c.items[name]
	if !known {
		return nil
	}
	now, there := r.w.has(slug, name)
	want := 204
	switch {
	case !there:
		want = 404
	case now != mine.body:
		want = 412
	}
	if _, err := r.w.send(want, "DELETE", r.w.item(slug, name), "", "If-Match", mine.etag); err != nil || want != 204 {
		return err
	}
	delete(r.w.colls[slug].items, name)
	delete(c.items, name)
	return nil
}

// transfer copies or moves an item to another collection, over what is there or not.
func (r *replica) transfer() error {
	c, slug, name := r.choose()
	to := pick(r.w.rand, r.w.slugs)
	if c == nil || to == slug {
		return r.homePage()
	}
	w := r.w
	method := pick(w.rand, []string{"MOVE", "MOVE", "COPY"})
	overwrite := pick(w.rand, []string{"T", "F"})
	body, there := w.has(slug, name)
	_, taken := w.has(to, name)
	want := 201
	switch {
	case !there:
		want = 404
	case w.colls[to] == nil:
		want = 409
	case taken && overwrite == "F":
		want = 412
	case taken:
		want = 204
	}
	if _, err := w.send(want, method, w.item(slug, name), "", "Destination", w.item(to, name), "Overwrite", overwrite); err != nil || want >= 400 {
		return err
	}
	w.colls[to].items[name] = body
	if method == "MOVE" {
		delete(w.colls[slug].items, name)
		delete(c.items, name)
	}
	return nil
}

// settle reads all pages until nothing is left.
func (r *replica) settle() error {
	for ok := true; ok; ok = r.state.more {
		if err := r.homePage(); err != nil {
			return err
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(r.colls)) {
		for n := 0; r.colls[slug].behind(); n++ {
			if n > 1000 {
				return fmt.Errorf("%s: the token of its own sync is never the one that the home tells", slug)
			}
			if err := r.collPage(slug); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare wants the copy to be the truth, byte for byte.
func (r *replica) compare() error {
	for slug, now := range r.w.colls {
		c := r.colls[slug]
		if c == nil {
			return fmt.Errorf("does not know the collection %s", slug)
		}
		if c.name != now.name {
			return fmt.Errorf("%s is called %q, want %q", slug, c.name, now.name)
		}
		for name, body := range now.items {
			if got := c.items[name].body; got != body {
				return fmt.Errorf("%s/%s: %s", slug, name, difference([]byte(got), []byte(body)))
			}
		}
		for name := range c.items {
			if _, there := now.items[name]; !there {
				return fmt.Errorf("keeps %s/%s, which is gone", slug, name)
			}
		}
	}
	for slug := range r.colls {
		if r.w.colls[slug] == nil {
			return fmt.Errorf("keeps the collection %s, which is gone", slug)
		}
	}
	return nil
}
