package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"daycairn/conformance/wire"
)

// A replica is a client that keeps everything: it believes what sync-collection tells it and nothing else.
type replica struct {
	w     *world
	id    int
	home  string // token of the home
	colls map[string]*copied
}

// A copied collection is what a replica has of one.
type copied struct {
	token string
	items map[string]held // by name
	born  int             // incarnation at the first sync
}

type held struct{ etag, body string }

func newReplica(w *world, id int) *replica {
	return &replica{w: w, id: id, colls: map[string]*copied{}}
}

var (
	getetag      = wire.MustName("D:getetag")
	calendarData = wire.MustName("C:calendar-data")
	validToken   = wire.MustName("D:valid-sync-token")
)

// sync asks the home which collections there are, and each of them what has changed, in pages of random size.
func (r *replica) sync(ctx context.Context) error {
	if err := r.syncHome(ctx); err != nil {
		return fmt.Errorf("home: %w", err)
	}
	for c := range r.colls {
		if err := r.syncCollection(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
	}
	return nil
}

func (r *replica) syncHome(ctx context.Context) error {
	return r.pages(ctx, r.w.s.CalHome, &r.home, func(resp *wire.Response) error {
		c := resp.Href
		if !slices.Contains(r.w.names, c) {
			return nil // the account's own, or of another story
		}
		if resp.Status == http.StatusNotFound {
			if r.w.made[c] != 0 {
				return fmt.Errorf("told that %s is gone, and it is there", c)
			}
			delete(r.colls, c)
			return nil
		}
		if r.w.made[c] == 0 {
			return fmt.Errorf("told of %s, which is gone", c)
		}
		if r.colls[c] == nil {
			r.colls[c] = &copied{items: map[string]held{}}
		}
		return nil
	})
}

func (r *replica) syncCollection(ctx context.Context, c string) error {
	cp := r.colls[c]
	if cp.token == "" {
		cp.born = r.w.made[c]
	}
	err := r.pages(ctx, c, &cp.token, func(resp *wire.Response) error { return r.apply(c, cp, resp) })
	if !errors.Is(err, errTokenRefused) {
		return err
	}
	if cp.born == r.w.made[c] {
		return errors.New("token refused though it is the same collection")
	}
	// Another collection under the old name: everything from the start, and what is not listed goes.
	fresh := &copied{items: map[string]held{}, born: r.w.made[c]}
	r.colls[c] = fresh
	return r.pages(ctx, c, &fresh.token, func(resp *wire.Response) error { return r.apply(c, fresh, resp) })
}

// apply believes one response. A removal of what is there is what must never happen.
func (r *replica) apply(c string, cp *copied, resp *wire.Response) error {
	name := last(resp.Href)
	if resp.Status == http.StatusNotFound {
		if r.w.there(c, name) {
			return fmt.Errorf("FALSE DELETION of %s", resp.Href)
		}
		delete(cp.items, name)
		return nil
	}
	got := held{etag: resp.Value(getetag), body: resp.Value(calendarData)}
	if got.etag == "" || got.body == "" {
		return fmt.Errorf("%s without getetag or calendar-data", resp.Href)
	}
	cp.items[name] = got
	return nil
}

var errTokenRefused = errors.New("token refused")

// pages runs sync-collection until nothing is cut off, and keeps the last token.
func (r *replica) pages(ctx context.Context, at string, token *string, each func(*wire.Response) error) error {
	limit := []int{0, 1, 2, 5}[r.w.rand.IntN(4)]
	for {
		a, err := r.w.s.try(ctx, "REPORT", at, syncBody(*token, limit), "Depth", "0")
		if err != nil {
			return err
		}
		if refused(a) {
			return errTokenRefused
		}
		m, err := a.Multistatus()
		if err != nil {
			return err
		}
		more, members := false, 0
		for _, resp := range m.Responses {
			if resp.Href == at {
				more = resp.Status == http.StatusInsufficientStorage
				continue
			}
			members++
			if err := each(resp); err != nil {
				return err
			}
		}
		if !m.HasToken || m.SyncToken == "" {
			return errors.New("no token in the answer")
		}
		if more && (m.SyncToken == *token || limit == 0) || limit > 0 && members > limit {
			return fmt.Errorf("%d members with limit %d, more: %v, token %s", members, limit, more, m.SyncToken)
		}
		*token = m.SyncToken
		if !more {
			return nil
		}
	}
}

// refused recognises a token that is not honoured.
func refused(a *wire.Answer) bool {
	if a.Status != http.StatusForbidden {
		return false
	}
	root, err := wire.ParseXML(a.Body)
	return err == nil && root.Child(validToken) != nil
}

// compare holds the replica against the truth.
func (r *replica) compare() error {
	for c, items := range r.w.items {
		cp := r.colls[c]
		if cp == nil {
			return fmt.Errorf("does not know %s", c)
		}
		for name, body := range items {
			if got := cp.items[name].body; got != body {
				return fmt.Errorf("%s%s is %q, want %q", c, name, got, body)
			}
		}
		for name := range cp.items {
			if _, ok := items[name]; !ok {
				return fmt.Errorf("keeps %s%s, which is gone", c, name)
			}
		}
	}
	for c := range r.colls {
		if r.w.made[c] == 0 {
			return fmt.Errorf("keeps %s, which is gone", c)
		}
	}
	return nil
}

// pick chooses one of the few names, so that people meet on them.
func (r *replica) pick() (c, name, uid string) {
	known := make([]string, 0, len(r.colls))
	for _, n := range r.w.names {
		if r.colls[n] != nil {
			known = append(known, n)
		}
	}
	if len(known) == 0 {
		return "", "", ""
	}
	uid = fmt.Sprintf("u%d", r.w.rand.IntN(6))
	return known[r.w.rand.IntN(len(known))], uid + ".ics", uid
}

// put creates what the replica does not have and changes what it has, with the condition that a careful client sends.
func (r *replica) put(ctx context.Context) error {
	c, name, uid := r.pick()
	if c == "" {
		return r.sync(ctx)
	}
	cp, body := r.colls[c], r.w.body(uid)
	mine, known := cp.items[name]
	header, value := "If-None-Match", "*"
	if known {
		header, value = "If-Match", mine.etag
	}
	want := r.expect(c, name, mine, known)
	a, err := r.w.s.try(ctx, "PUT", c+name, body, header, value)
	if err != nil {
		return err
	}
	if a.Status != want {
		return fmt.Errorf("PUT %s %s %s: status %d, want %d: %.300s", c+name, header, value, a.Status, want, a.Body)
	}
	if want >= 400 {
		return r.sync(ctx) // as clients do: the server's copy wins
	}
	r.w.items[c][name] = body
	cp.items[name] = held{etag: a.Header.Get("ETag"), body: body}
	return nil
}

// expect foretells the answer to a put: refused when the collection is gone, or what the replica has is not there.
func (r *replica) expect(c, name string, mine held, known bool) int {
	if r.w.made[c] == 0 {
		return http.StatusConflict
	}
	now, there := r.w.items[c][name]
	if known != there || known && now != mine.body {
		return http.StatusPreconditionFailed
	}
	if known {
		return http.StatusNoContent
	}
	return http.StatusCreated
}

func (r *replica) remove(ctx context.Context) error {
	c, name, _ := r.pick()
	if c == "" {
		return r.sync(ctx)
	}
	mine, known := r.colls[c].items[name]
	if !known {
		return nil
	}
	want := http.StatusNoContent
	now, there := r.w.items[c][name]
	switch {
	case !there:
		want = http.StatusNotFound
	case now != mine.body:
		want = http.StatusPreconditionFailed
	}
	a, err := r.w.s.try(ctx, "DELETE", c+name, "", "If-Match", mine.etag)
	if err != nil {
		return err
	}
	if a.Status != want && !(want == http.StatusNotFound && a.Status == http.StatusPreconditionFailed) {
		return fmt.Errorf("DELETE %s: status %d, want %d", c+name, a.Status, want)
	}
	if want != http.StatusNoContent {
		return r.sync(ctx)
	}
	delete(r.w.items[c], name)
	delete(r.colls[c].items, name)
	return nil
}

// move takes an item to another of the known collections, onto a free name.
func (r *replica) move(ctx context.Context) error {
	from, name, _ := r.pick()
	to, _, _ := r.pick()
	if from == "" || from == to {
		return r.sync(ctx)
	}
	if _, known := r.colls[from].items[name]; !known || !r.w.there(from, name) || r.w.made[to] == 0 || r.w.there(to, name) {
		return nil
	}
	if err := r.w.want(ctx, http.StatusCreated, "MOVE", from+name, "", "Destination", to+name, "Overwrite", "F"); err != nil {
		return err
	}
	r.w.items[to][name] = r.w.items[from][name]
	delete(r.w.items[from], name)
	if strings.HasPrefix(name, "u0") { // some clients believe their own move, the others ask
		return r.sync(ctx)
	}
	return nil
}
