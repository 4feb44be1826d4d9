package conformance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"daycairn/conformance/target"
)

// How much TestReplicas does: seeds stories, each with so many replicas and steps.
const (
	replicaSeeds   = 200
	replicaCount   = 8
	replicaSteps   = 60
	replicaWorkers = 8
)

// TestReplicas lets replicas edit at random and sync in between, in every order that the seeds give: in the end all are
// byte-equal with the server, and no replica was ever told that something is gone which is there.
func TestReplicas(t *testing.T) {
	srv := target.Start(t)
	seeds := make(chan uint64)
	var wg sync.WaitGroup
	for i := range replicaWorkers {
		s := login(t, srv, fmt.Sprintf("worker%d", i))
		wg.Go(func() {
			for seed := range seeds {
				if err := story(t.Context(), s, seed); err != nil {
					t.Errorf("seed %d: %v", seed, err)
				}
			}
		})
	}
	for seed := range uint64(replicaSeeds) {
		seeds <- seed
	}
	close(seeds)
	wg.Wait()
}

// A world is the truth of one story: what the server must hold, kept by who does all the writing.
type world struct {
	s     *session
	rand  *rand.Rand
	names []string                     // collections that may be there
	made  map[string]int               // incarnation of each, counted from 1; 0: not there
	count int                          // of incarnations and bodies
	items map[string]map[string]string // collection → name → body
}

// story plays one seed: steps of random replicas, then everybody syncs and is compared.
func story(ctx context.Context, s *session, seed uint64) error {
	w := &world{s: s, rand: rand.New(rand.NewPCG(seed, 7)), made: map[string]int{}, items: map[string]map[string]string{}}
	for _, n := range []string{"a", "b", "c"} {
		w.names = append(w.names, s.CalHome+fmt.Sprintf("s%d-%s/", seed, n))
	}
	for _, c := range w.names[:2] {
		if err := w.make(ctx, c); err != nil {
			return err
		}
	}
	replicas := make([]*replica, replicaCount)
	for i := range replicas {
		replicas[i] = newReplica(w, i)
	}
	for step := range replicaSteps {
		r := replicas[w.rand.IntN(len(replicas))]
		if err := w.step(ctx, r); err != nil {
			return fmt.Errorf("step %d, replica %d: %w", step, r.id, err)
		}
	}
	for _, r := range replicas {
		if err := r.sync(ctx); err != nil {
			return fmt.Errorf("last sync of replica %d: %w", r.id, err)
		}
		if err := r.compare(); err != nil {
			return fmt.Errorf("replica %d: %w", r.id, err)
		}
	}
	return w.close(ctx)
}

// step is one thing that somebody does. The weights make conflicts and re-creations frequent.
func (w *world) step(ctx context.Context, r *replica) error {
	switch n := w.rand.IntN(100); {
	case n < 30:
		return r.sync(ctx)
	case n < 60:
		return r.put(ctx)
	case n < 78:
		return r.remove(ctx)
	case n < 90:
		return r.move(ctx)
	case n < 94:
		return w.drop(ctx)
	default:
		for _, c := range w.names {
			if w.made[c] == 0 {
				return w.make(ctx, c)
			}
		}
		return r.sync(ctx)
	}
}

func (w *world) make(ctx context.Context, c string) error {
	if err := w.want(ctx, 201, "MKCALENDAR", c, ""); err != nil {
		return err
	}
	w.count++
	w.made[c], w.items[c] = w.count, map[string]string{}
	return nil
}

// drop deletes a whole collection, sometimes.
func (w *world) drop(ctx context.Context) error {
	c := w.names[w.rand.IntN(len(w.names))]
	if w.made[c] == 0 {
		return nil
	}
	w.made[c] = 0
	delete(w.items, c)
	return w.want(ctx, 204, "DELETE", c, "")
}

// close checks the truth against GET and takes everything away.
func (w *world) close(ctx context.Context) error {
	for c, items := range w.items {
		for name, body := range items {
			a, err := w.s.try(ctx, "GET", c+name, "")
			if err != nil {
				return err
			}
			if a.Status != 200 || string(a.Body) != body {
				return fmt.Errorf("GET %s: %d %q, want %q", c+name, a.Status, a.Body, body)
			}
		}
	}
	for c, n := range w.made {
		if n == 0 {
			continue
		}
		if err := w.want(ctx, 204, "DELETE", c, ""); err != nil {
			return err
		}
	}
	return nil
}

// want sends a request whose status is known beforehand.
func (w *world) want(ctx context.Context, status int, method, path, body string, headers ...string) error {
	a, err := w.s.try(ctx, method, path, body, headers...)
	if err != nil {
		return err
	}
	if a.Status != status {
		return fmt.Errorf("%s %s %v: status %d, want %d: %.300s", method, path, headers, a.Status, status, a.Body)
	}
	return nil
}

// there tells whether the truth has an item.
func (w *world) there(c, name string) bool {
	_, ok := w.items[c][name]
	return ok
}

// body makes bytes that were never there before, with the UID that goes with a name.
func (w *world) body(uid string) string {
	w.count++
	return event(uid, fmt.Sprintf("version %d", w.count))
}

func last(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
