package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"daycairn/backend"
	"daycairn/backend/journal"
	"daycairn/backend/sqlite"
)

// journalName is the directory of the second copy.
const journalName = "journal"

// dataNames are what shows that a directory has a store, or has lost one. A lock alone is left by a start that failed
// before there was any.
var dataNames = []string{"daycairn.db", journalName}

// journaled closes the journal after the store that writes it.
type journaled struct {
	*sqlite.Store
	journal *journal.Journal
}

func (s journaled) Close() error { return errors.Join(s.Store.Close(), s.journal.Close()) }

// openStore opens the store with its journal. The caller holds the lock of the directory.
func openStore(ctx context.Context, set *settings, log *slog.Logger, create bool) (backend.Store, error) {
	j, err := journal.Open(filepath.Join(set.Data, journalName), journal.Options{})
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	s, err := sqlite.Open(ctx, sqlite.Options{
		Dir: set.Data, Create: create, Journal: j, Log: log,
		MinFree: set.MinFree, MaxItems: set.MaxItems, MaxCollections: set.MaxCollections, HistoryBase: set.History,
	})
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	store := journaled{s, j}
	if d := j.Damage(); d != nil {
		if err := weigh(ctx, store, d, log); err != nil {
			return nil, errors.Join(err, store.Close())
		}
	}
	return store, nil
}

// weigh looks at what the journal had to set aside. Versions that the database has, too, are in the journal again; any
// that only the damaged part had may be lost, which a person has to know before clients do.
func weigh(ctx context.Context, s backend.Store, d *journal.Damage, log *slog.Logger) error {
	log.Error("journal was damaged and set aside", "err", d)
	var head int64
	err := s.View(ctx, func(r backend.Reader) error {
		info, err := r.Info()
		head = info.Head.Version
		return err
	})
	if errors.Is(err, backend.ErrHold) {
		return nil
	}
	if err != nil || d.Last <= head {
		return err
	}
	return s.Hold(fmt.Sprintf("versions %d to %d were in the damaged part of the journal only: %v", head+1, d.Last, d))
}

// waysOut are what a person can do about a store that cannot be opened.
var waysOut = []struct {
	is   error
	ways []string
}{
	{sqlite.ErrMissing, []string{
		"if the disk with the data is not mounted: mount it, then: daycairn hold off",
		"if the database was moved or deleted: put it back from a copy, then: daycairn hold off",
		"never start with an empty directory in place of a lost one: devices would take it for a deleted account",
	}},
	{sqlite.ErrEmpty, []string{
		"something has cut the file to nothing: put a copy of the database in its place, then: daycairn hold off",
	}},
	{sqlite.ErrForeign, []string{
		"the file belongs to another program or is damaged at its beginning: put a copy of the database in its place, then: daycairn hold off",
		"or name another data directory with --data",
	}},
	{sqlite.ErrNewer, []string{"install the version of daycairn that wrote it, or a newer one"}},
	{sqlite.ErrDiverged, []string{
		"database and journal come from different copies: put back the two that belong together, then: daycairn hold off",
	}},
	{backend.ErrHold, []string{"look at the reason, repair it, then: daycairn hold off"}},
}

// ways out of an error, one always.
func ways(err error) []string {
	for _, w := range waysOut {
		if errors.Is(err, w.is) {
			return w.ways
		}
	}
	return []string{"repair the cause, then: daycairn hold off"}
}
