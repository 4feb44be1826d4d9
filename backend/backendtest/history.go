package backendtest

import (
	"errors"
	"iter"

	"daycairn/backend"
)

var historyPromises = []promise{
	{"every write is a version", everyWrite},
	{"versions are narrowed", versionsNarrowed},
	{"a version has a mark", marked},
	{"a refused body is kept once", refusedKept},
}

func (f *fixture) versions(q backend.VersionQuery) []backend.Version {
	f.Helper()
	return all(f, func(r backend.Reader) iter.Seq2[backend.Version, error] { return r.Versions(q) })
}

func everyWrite(f *fixture) {
	before := f.versions(backend.VersionQuery{})
	it := f.put(f.work, "a.ics", "body")
	f.set(backend.Subject{Object: it.Object}, property("a", "<a/>"))
	f.set(backend.Subject{Principal: f.principal.ID}, property("a", "<a/>"))
	f.move(f.work, "a.ics", f.work, "b.ics")
	f.delete(f.work, "b.ics")
	f.update(func(w backend.Writer) error { return w.RenameCollection(f.work.ID, "job") })
	c := f.addCredential(backend.Credential{Kind: backend.LoginPassword, Secret: "s"})
	f.update(func(w backend.Writer) error { return w.RevokeCredential(c.ID) })
	f.update(func(w backend.Writer) error {
		return w.Refuse(backend.Refused{Principal: f.principal.ID, Name: "x", Condition: "If-Match", Body: []byte("x")})
	})
	f.deleteCollection(f.people)
	f.update(func(w backend.Writer) error { return w.SetAddresses(f.principal.ID, []string{"mailto:a@x"}) })
	f.update(func(w backend.Writer) error { return w.DeletePrincipal(f.principal.ID) })
	list := f.versions(backend.VersionQuery{})
	events := []backend.Event{
		backend.EventPut, backend.EventProperties, backend.EventProperties, backend.EventMove, backend.EventDelete,
		backend.EventChangeCollection, backend.EventAddCredential, backend.EventRevokeCredential, backend.EventRefuse,
		backend.EventDeleteCollection, backend.EventChangePrincipal, backend.EventDeletePrincipal,
	}
	if len(list) != len(before)+len(events) {
		f.Fatalf("%d versions, want %d and %d", len(list), len(before), len(events))
	}
	for i, v := range list[:len(before)] {
		want(f, "version that was there", v, before[i])
	}
	last, chains := before[len(before)-1], map[[32]byte]bool{}
	for i, v := range list[len(before):] {
		want(f, "event", v.Event, events[i])
		want(f, "actor", v.Actor, alice)
		want(f, "principal", v.Principal, f.principal.ID)
		if v.ID <= last.ID || v.Time.Before(last.Time) || v.Time.IsZero() || chains[v.Chain] {
			f.Errorf("after %+v came %+v", last, v)
		}
		chains[v.Chain], last = true, v
	}
	put := list[len(before)]
	want(f, "put", [5]any{put.Collection, put.Object, put.Name, put.Seq, put.Hash},
		[5]any{f.work.ID, it.Object, "a.ics", it.Seq, it.Hash})
	want(f, "body", put.Body, it.Body)
	f.view(func(r backend.Reader) error {
		info, err := r.Info()
		want(f, "head", info.Head.Version, last.ID)
		want(f, "epoch", info.Head.Epoch, info.Epochs[len(info.Epochs)-1].ID)
		return err
	})
}

func versionsNarrowed(f *fixture) {
	bob := f.principalNamed(backend.NewPrincipal{Name: "bob"})
	a, b := f.put(f.work, "a.ics", "1"), f.put(f.work, "b.ics", "1")
	f.put(f.work, "a.ics", "2")
	f.put(f.people, "c.vcf", "1")
	everything := f.versions(backend.VersionQuery{})
	for _, q := range []backend.VersionQuery{
		{}, {Principal: f.principal.ID}, {Principal: bob.ID}, {Principal: 1 << 40}, {Collection: f.work.ID},
		{Collection: f.people.ID}, {Object: a.Object}, {Object: b.Object}, {Object: a.Object, Collection: f.people.ID},
		{Object: a.Object, Principal: bob.ID}, {Collection: f.work.ID, Principal: f.principal.ID},
	} {
		for _, q.After = range []int64{0, everything[len(everything)-3].ID} {
			for _, q.Limit = range []int{0, 1, 2} {
				wanted := []int64{}
				for _, v := range everything {
					if v.ID > q.After && (q.Limit == 0 || len(wanted) < q.Limit) && (q.Principal == 0 || v.Principal == q.Principal) &&
						(q.Collection == 0 || v.Collection == q.Collection) && (q.Object == 0 || v.Object == q.Object) {
						wanted = append(wanted, v.ID)
					}
				}
				got := []int64{}
				for _, v := range f.versions(q) {
					got = append(got, v.ID)
				}
				if len(got) != len(wanted) || len(got) > 0 && (got[0] != wanted[0] || got[len(got)-1] != wanted[len(got)-1]) {
					f.Errorf("versions %+v: got %v, want %v", q, got, wanted)
				}
			}
		}
	}
}

// marked: every write marks what it changes with its version, and no two versions have one mark.
func marked(f *fixture) {
	other := f.calendar("other")
	f.put(f.work, "a.ics", "body")
	seen := map[backend.Mark]int64{}
	for what, fn := range map[string]func(){
		"put":      func() { f.put(f.work, "b.ics", "body") },
		"delete":   func() { f.put(f.work, "d.ics", "body"); f.delete(f.work, "d.ics") },
		"move":     func() { f.move(f.work, "a.ics", other, "a.ics") },
		"rename":   func() { f.update(func(w backend.Writer) error { return w.RenameCollection(f.work.ID, "job") }) },
		"create":   func() { f.calendar("new") },
		"removal":  func() { f.deleteCollection(f.calendar("gone")) },
		"property": func() { f.set(backend.Subject{Collection: f.work.ID}, property("a", "<a/>")) },
		"components": func() {
			f.update(func(w backend.Writer) error { return w.SetComponents(f.work.ID, []string{"VTODO"}) })
		},
	} {
		fn()
		f.view(func(r backend.Reader) error {
			state, mark, err := r.HomeState(f.principal.ID, backend.Calendar)
			if err != nil {
				return err
			}
			at, err := r.Mark(state)
			want(f, what+": mark of the home", mark, at)
			for c, err := range r.HomeChanges(f.principal.ID, backend.Calendar, 0) {
				if err != nil {
					return err
				}
				at, err := r.Mark(c.Changed)
				if err != nil || c.Mark != at || seen[at] != 0 && seen[at] != c.Changed {
					f.Errorf("%s: %+v, whose version has mark %x, %v", what, c, at, err)
				}
				seen[at] = c.Changed
			}
			return err
		})
	}
	f.update(func(w backend.Writer) error {
		p, err := w.CreatePrincipal(backend.NewPrincipal{Name: "empty"})
		if err != nil {
			return err
		}
		state, mark, err := w.HomeState(p.ID, backend.Calendar)
		if at, merr := w.Mark(state); err != nil || merr != nil || at != mark {
			f.Errorf("a new home is at version %d, mark %x, %v; the version has %x, %v", state, mark, err, at, merr)
		}
		if _, err := w.Mark(state + 1); !errors.Is(err, backend.ErrNotFound) {
			f.Errorf("mark above the head: %v", err)
		}
		return nil
	})
}

func refusedKept(f *fixture) {
	refuse := func(r backend.Refused) {
		f.Helper()
		r.Principal = f.principal.ID
		f.update(func(w backend.Writer) error { return w.Refuse(r) })
	}
	first := backend.Refused{Collection: f.work.ID, Name: "a.ics", Condition: "If-Match", Body: []byte("edit")}
	refuse(first)
	refuse(first)
	other := first
	other.Body = []byte{}
	refuse(other)
	list := all(f, func(r backend.Reader) iter.Seq2[backend.Refused, error] { return r.Refused(f.principal.ID) })
	if len(list) != 2 {
		f.Fatalf("refused %+v", list)
	}
	got := list[0]
	want(f, "refused", [4]any{got.Collection, got.Name, got.Condition, string(got.Body)},
		[4]any{f.work.ID, "a.ics", "If-Match", "edit"})
	want(f, "actor", got.Actor, alice)
	if got.Time.IsZero() || got.ID == 0 {
		f.Errorf("refused %+v", got)
	}
	f.noItem(f.work, "a.ics")
}
