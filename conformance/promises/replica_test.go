package promises

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"daycairn/conformance/wire"
)

// A replica keeps a copy of a home and all that is in it. It knows only what sync-collection has told it and what its
// own writes were answered with, and it asks a collection only when the home says that it has changed.
type replica struct {
	w     *world
	id    int
	state listState        // of the home
	colls map[string]*copy // by slug
}

// A copy is what a replica has of one collection.
type copy struct {
	state listState
	told  string // the DAV:sync-token that the home named last
	name  string
	id    int // of the truth that the token was given for
	items map[string]local
}

type local struct{ etag, body string }

// A listState is where a listing is read: a client may be in the middle of its pages for long.
type listState struct {
	token string
	named map[string]bool // by the pages of a first sync so far; nil when none is under way
	more  bool
}

func newReplica(w *world, id int) *replica {
	return &replica{w: w, id: id, colls: map[string]*copy{}}
}

var errRefusedToken = errors.New("token refused")

// page asks for the next part of a listing, and hands each response to take. It tells the ends of a first sync: what
// was not named in it is gone.
func (r *replica) page(at string, st *listState, props string, take func(*wire.Response) error) (first map[string]bool, err error) {
	w := r.w
	limit := pick(w.rand, []int{0, 0, 1, 2, 3, 7})
	if st.token == "" {
		st.named = map[string]bool{}
	}
	w.stats.requests++
	w.stats.pages++
	a, err := listingOf(w.p, at, syncBody(st.token, limit, props))
	if err != nil {
		return nil, err
	}
	if a.Status == http.StatusForbidden && condition(a) == wire.Short(validToken) {
		return nil, errRefusedToken
	}
	m, err := a.Multistatus()
	if err != nil {
		return nil, fmt.Errorf("sync of %s with %q: %w", at, st.token, err)
	}
	st.more = false
	members := 0
	for _, resp := range m.Responses {
		if resp.Href == at {
			if resp.Status != http.StatusInsufficientStorage {
				return nil, fmt.Errorf("sync of %s: response for itself with %d", at, resp.Status)
			}
			st.more = true
			continue
		}
		members++
		if st.named != nil {
			st.named[resp.Href] = resp.Status == 0
		}
		if err := take(resp); err != nil {
			return nil, err
		}
	}
	switch {
	case m.SyncToken == "":
		return nil, fmt.Errorf("sync of %s: no token", at)
	case limit > 0 && members > limit, st.more && limit == 0:
		return nil, fmt.Errorf("sync of %s: %d members for limit %d, more %v", at, members, limit, st.more)
	case st.more && m.SyncToken == st.token:
		return nil, fmt.Errorf("sync of %s: a page that leads nowhere", at)
	}
	st.token = m.SyncToken
	if st.more {
		w.stats.cut++
		return nil, nil
	}
	first, st.named = st.named, nil
	return first, nil
}

func listingOf(p *person, at, body string) (*wire.Answer, error) {
	return p.do("REPORT", at, []byte(body), "Depth", "0", "Content-Type", xmlType)
}

// homePage reads one page of the home.
func (r *replica) homePage() error {
	home := r.w.home()
	first, err := r.page(home, &r.state, "<D:displayname/><D:sync-token/>", func(resp *wire.Response) error {
		slug := strings.Trim(strings.TrimPrefix(resp.Href, home), "/")
		if resp.Status == http.StatusNotFound {
			r.w.stats.removals++
			if r.w.colls[slug] != nil {
				return fmt.Errorf("FALSE DELETION of the collection %s", slug)
			}
			delete(r.colls, slug)
			return nil
		}
		c := r.colls[slug]
		if c == nil {
			c = &copy{items: map[string]local{}}
			r.colls[slug] = c
		}
		c.told, c.name = resp.Value(propToken), resp.Value(propName)
		return nil
	})
	if err != nil {
		return fmt.Errorf("home: %w", err)
	}
	for slug := range r.colls {
		if first != nil && !first[home+slug+"/"] {
			return fmt.Errorf("home: %s is not in a first sync, though the replica had nothing before it", slug)
		}
	}
	return nil
}

// collPage reads one page of a collection, if the home has said that there is something to read.
func (r *replica) collPage(slug string) error {
	c := r.colls[slug]
	if !c.behind() {
		return nil
	}
	now := r.w.colls[slug]
	if now == nil { // gone, and the home will say so
		_, err := r.w.send(404, "REPORT", r.w.coll(slug), syncBody(c.state.token, 0, "<D:getetag/>"), "Depth", "0", "Content-Type", xmlType)
		return err
	}
	known := c.id
	if c.state.token == "" {
		known = now.id
	}
	inline := r.w.rand.IntN(2) == 0
	props := "<D:getetag/>"
	if inline {
		props += r.w.f.dataProp
	}
	var fetch []string
	first, err := r.page(r.w.coll(slug), &c.state, props, func(resp *wire.Response) error {
		name, err := r.take(c, slug, resp, inline)
		if name != "" {
			fetch = append(fetch, name)
		}
		return err
	})
	if errors.Is(err, errRefusedToken) && known != now.id {
		r.w.stats.restarts++ // another collection under the old name: read it from the start, keep what it has
		c.state = listState{}
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", slug, err)
	}
	if known != now.id {
		return fmt.Errorf("%s: the token of a removed collection was taken", slug)
	}
	c.id = now.id
	if err := r.fetch(c, slug, fetch); err != nil {
		return err
	}
	return r.endFirst(c, slug, first)
}

// behind tells whether a collection has changed since it was read.
func (c *copy) behind() bool { return c.state.more || c.state.token == "" || c.state.token != c.told }

// take believes one response of a collection. It gives the name of an item whose body is to be fetched.
func (r *replica) take(c *copy, slug string, resp *wire.Response, inline bool) (string, error) {
	name := strings.TrimSuffix(strings.TrimPrefix(resp.Href, r.w.coll(slug)), r.w.f.ext)
	now, there := r.w.has(slug, name)
	if resp.Status == http.StatusNotFound {
		r.w.stats.removals++
		if there {
			return "", fmt.Errorf("FALSE DELETION of %s", resp.Href)
		}
		delete(c.items, name)
		return "", nil
	}
	etag := resp.Value(propETag)
	switch {
	case etag == "":
		return "", fmt.Errorf("%s: status %d, no ETag", resp.Href, resp.Status)
	case !there:
		return "", fmt.Errorf("%s is told, and is gone", resp.Href)
	case inline && resp.Value(r.w.f.data) != now:
		return "", fmt.Errorf("%s: %s", resp.Href, difference([]byte(resp.Value(r.w.f.data)), []byte(now)))
	case inline:
		c.items[name] = local{etag, now}
		return "", nil
	case c.items[name].etag == etag:
		return "", nil
	}
	return name, nil
}

// endFirst removes what a whole first sync has not named.
func (r *replica) endFirst(c *copy, slug string, first map[string]bool) error {
	if first == nil {
		return nil
	}
	for name := range c.items {
		if first[r.w.item(slug, name)] {
			continue
		}
		if _, there := r.w.has(slug, name); there {
			return fmt.Errorf("FALSE DELETION of %s: a first sync does not name it", r.w.item(slug, name))
		}
		delete(c.items, name)
	}
	return nil
}
