package sqlite

import (
	"context"
	"testing"

	"daycairn/backend"
)

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s, err := Open(ctx, Options{Dir: dir, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	var col backend.Collection
	err = s.Update(ctx, backend.Server, func(w backend.Writer) error {
		p, err := w.CreatePrincipal(backend.NewPrincipal{Name: "Alice", Addresses: []string{"mailto:a@example.com"}})
		if err != nil {
			return err
		}
		col, err = w.CreateCollection(backend.NewCollection{Owner: p.ID, Kind: backend.Calendar, Slug: "work", Components: []string{"VEVENT"}})
		if err != nil {
			return err
		}
		it, created, err := w.PutItem(col.ID, "a.ics", []byte("hello"), backend.Facts{Version: 1, UID: "u", Component: "VEVENT"})
		t.Logf("%+v %v", it, created)
		if err != nil {
			return err
		}
		_, err = w.MoveItem(col.ID, "a.ics", col.ID, "b.ics")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(ctx, func(r backend.Reader) error {
		info, err := r.Info()
		t.Logf("%+v %v", info, err)
		for it, err := range r.Changes(col.ID, 0, 100) {
			t.Logf("%+v %v", it, err)
		}
		for v, err := range r.Versions(backend.VersionQuery{}) {
			t.Logf("%+v %v", v, err)
		}
		c, err := r.CollectionByID(col.ID)
		t.Logf("%+v %v", c, err)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err = Open(ctx, Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	head, err := s.Snapshot(ctx, dir+"/copy.db")
	t.Log(head, err)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
