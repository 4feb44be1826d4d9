package sqlite

import (
	"context"

	"daycairn/backend"
)

// Verify reads everything back and reports each disagreement.
func (s *Store) Verify(ctx context.Context, report func(backend.Finding)) error {
	return s.quickCheck()
}
