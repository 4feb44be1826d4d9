package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"daycairn/backend"
	"daycairn/backend/sqlite/db"
)

// Open opens the store in a directory. It looks at the files before SQLite does, and refuses what it may not believe:
// ErrMissing, ErrEmpty, ErrForeign, ErrNewer, ErrDiverged, ErrOpen. With Create it makes a new store where there is
// none, but never in place of one whose journal or log is still there.
//
// Versions that the journal holds above the head of the database are rolled forward first. A hold of an earlier run
// is still one: Open succeeds then, and every View and Update gets backend.ErrHold.
//
// The caller sees to it that no other process has the directory open.
func Open(ctx context.Context, o Options) (*Store, error) {
	o.setDefaults()
	if err := checkBuild(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	o.Dir = dir
	if !remember(dir) {
		return nil, fmt.Errorf("%w: %s", ErrOpen, dir)
	}
	s, err := open(ctx, o)
	if err != nil {
		forget(dir)
		return nil, fmt.Errorf("open store: %w", err)
	}
	return s, nil
}

func open(ctx context.Context, o Options) (*Store, error) {
	err := guardFile(databasePath(o.Dir))
	if errors.Is(err, ErrMissing) && o.Create {
		err = o.create()
	}
	if err != nil {
		return nil, err
	}
	s := &Store{
		o:       o,
		queue:   make(chan *request, maxBatch),
		kick:    make(chan struct{}, 1),
		closing: make(chan struct{}),
		stopped: make(chan struct{}),
	}
	if err := s.held.load(o.Dir); err != nil {
		return nil, err
	}
	if err := s.connect(); err != nil {
		return nil, err
	}
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	go s.write()
	s.workers.Go(func() { s.keep(background) })
	if !s.o.idle {
		s.workers.Go(func() { s.describeAgain(background) })
	}
	return s, nil
}

// connect makes an engine of the files: guard, migrations, roll-forward, then readers. The gate is not held by others.
func (s *Store) connect() error {
	path := databasePath(s.o.Dir)
	if err := guardFile(path); err != nil {
		return err
	}
	w, err := s.o.connect(roleWriter)
	if err != nil {
		if db.Is(err, db.NotADB) {
			return fmt.Errorf("%w: %w", ErrForeign, err)
		}
		return err
	}
	e := &engine{writer: w, readers: make(chan *db.Conn, s.o.Readers)}
	for range s.o.Readers {
		e.readers <- nil
	}
	if err := s.prepare(e, path); err != nil {
		return errors.Join(err, e.close())
	}
	s.engine.Store(e)
	return nil
}

func (s *Store) prepare(e *engine, path string) error {
	if err := guardIdentity(e.writer, path); err != nil {
		return err
	}
	if err := migrate(e.writer, migrations); err != nil {
		return err
	}
	id, err := readIdentity(e.writer)
	if err != nil {
		return err
	}
	s.identity.Store(id)
	if s.o.Journal != nil {
		if err := s.reconcile(e.writer); err != nil {
			return err
		}
	}
	e.keeper, err = s.o.connect(roleWriter)
	return err
}

// applier of a connection.
func (s *Store) applier(c *db.Conn) applier {
	return applier{
		c: c, store: s.identity.Load().uuid, describe: s.o.Describe,
		refused: refusedLimits{count: s.o.MaxRefused, bytes: s.o.MaxRefusedBytes},
	}
}

// The directories that this process has open: a second store on the same files would drop the locks of the first.
var (
	openMu   sync.Mutex
	openDirs = map[string]bool{}
)

func remember(dir string) bool {
	openMu.Lock()
	defer openMu.Unlock()
	if openDirs[dir] {
		return false
	}
	openDirs[dir] = true
	return true
}

func forget(dir string) {
	openMu.Lock()
	defer openMu.Unlock()
	delete(openDirs, dir)
}

// Exists tells whether a database file is in dir.
func Exists(dir string) bool {
	return !errors.Is(guardFile(databasePath(dir)), ErrMissing)
}

var _ backend.Writer = (*writer)(nil)
