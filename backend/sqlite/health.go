package sqlite

import (
	"os"

	"daycairn/backend"
)

// Health tells whether the store may be believed, and how large its files are.
func (s *Store) Health() backend.Health {
	h := backend.Health{Reasons: s.held.list(), Full: s.space.isLow.Load()}
	h.Held = len(h.Reasons) > 0
	h.Database = fileSize(databasePath(s.o.Dir))
	h.WAL = fileSize(databasePath(s.o.Dir) + "-wal")
	if j, ok := s.o.Journal.(interface{ Size() int64 }); ok {
		h.Journal = j.Size()
	}
	return h
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
